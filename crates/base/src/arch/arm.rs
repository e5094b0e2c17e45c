//! 32-bit Arm, so far the registers' names. Source: Procedure Call Standard for the Arm Architecture
//! (IHI 0042), section 6.1.1.

use super::RegisterInfo;

/// The registers.
pub(super) const REGISTERS: &[RegisterInfo] = &[
    RegisterInfo {
        names: &["r0", "a1"],
        size: 4,
    },
    RegisterInfo {
        names: &["r1", "a2"],
        size: 4,
    },
    RegisterInfo {
        names: &["r2", "a3"],
        size: 4,
    },
    RegisterInfo {
        names: &["r3", "a4"],
        size: 4,
    },
    RegisterInfo {
        names: &["r4", "v1"],
        size: 4,
    },
    RegisterInfo {
        names: &["r5", "v2"],
        size: 4,
    },
    RegisterInfo {
        names: &["r6", "v3"],
        size: 4,
    },
    RegisterInfo {
        names: &["r7", "v4"],
        size: 4,
    },
    RegisterInfo {
        names: &["r8", "v5"],
        size: 4,
    },
    RegisterInfo {
        names: &["r9", "v6", "sb"],
        size: 4,
    },
    RegisterInfo {
        names: &["r10", "v7", "sl"],
        size: 4,
    },
    RegisterInfo {
        names: &["r11", "v8", "fp"],
        size: 4,
    },
    RegisterInfo {
        names: &["r12", "ip"],
        size: 4,
    },
    RegisterInfo {
        names: &["r13", "sp"],
        size: 4,
    },
    RegisterInfo {
        names: &["r14", "lr"],
        size: 4,
    },
    RegisterInfo {
        names: &["r15", "pc"],
        size: 4,
    },
];
