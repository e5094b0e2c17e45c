//! z/Architecture, so far the registers' names. Source: s390x ELF Application Binary Interface,
//! section 1.2; Linux `arch/s390/include/uapi/asm/ptrace.h` (the program status word).

use super::RegisterInfo;

/// The registers.
pub(super) const REGISTERS: &[RegisterInfo] = &[
    RegisterInfo {
        names: &["r0"],
        size: 8,
    },
    RegisterInfo {
        names: &["r1"],
        size: 8,
    },
    RegisterInfo {
        names: &["r2"],
        size: 8,
    },
    RegisterInfo {
        names: &["r3"],
        size: 8,
    },
    RegisterInfo {
        names: &["r4"],
        size: 8,
    },
    RegisterInfo {
        names: &["r5"],
        size: 8,
    },
    RegisterInfo {
        names: &["r6"],
        size: 8,
    },
    RegisterInfo {
        names: &["r7"],
        size: 8,
    },
    RegisterInfo {
        names: &["r8"],
        size: 8,
    },
    RegisterInfo {
        names: &["r9"],
        size: 8,
    },
    RegisterInfo {
        names: &["r10"],
        size: 8,
    },
    RegisterInfo {
        names: &["r11"],
        size: 8,
    },
    RegisterInfo {
        names: &["r12"],
        size: 8,
    },
    RegisterInfo {
        names: &["r13"],
        size: 8,
    },
    RegisterInfo {
        names: &["r14"],
        size: 8,
    },
    RegisterInfo {
        names: &["r15"],
        size: 8,
    },
    RegisterInfo {
        names: &["a0"],
        size: 4,
    },
    RegisterInfo {
        names: &["a1"],
        size: 4,
    },
    RegisterInfo {
        names: &["a2"],
        size: 4,
    },
    RegisterInfo {
        names: &["a3"],
        size: 4,
    },
    RegisterInfo {
        names: &["a4"],
        size: 4,
    },
    RegisterInfo {
        names: &["a5"],
        size: 4,
    },
    RegisterInfo {
        names: &["a6"],
        size: 4,
    },
    RegisterInfo {
        names: &["a7"],
        size: 4,
    },
    RegisterInfo {
        names: &["a8"],
        size: 4,
    },
    RegisterInfo {
        names: &["a9"],
        size: 4,
    },
    RegisterInfo {
        names: &["a10"],
        size: 4,
    },
    RegisterInfo {
        names: &["a11"],
        size: 4,
    },
    RegisterInfo {
        names: &["a12"],
        size: 4,
    },
    RegisterInfo {
        names: &["a13"],
        size: 4,
    },
    RegisterInfo {
        names: &["a14"],
        size: 4,
    },
    RegisterInfo {
        names: &["a15"],
        size: 4,
    },
    RegisterInfo {
        names: &["pswm"],
        size: 8,
    },
    RegisterInfo {
        names: &["pswa"],
        size: 8,
    },
];
