//! 64-bit PowerPC, so far the registers' names. Source: 64-Bit ELF V2 ABI Specification, section 2.2.1.

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
        names: &["r16"],
        size: 8,
    },
    RegisterInfo {
        names: &["r17"],
        size: 8,
    },
    RegisterInfo {
        names: &["r18"],
        size: 8,
    },
    RegisterInfo {
        names: &["r19"],
        size: 8,
    },
    RegisterInfo {
        names: &["r20"],
        size: 8,
    },
    RegisterInfo {
        names: &["r21"],
        size: 8,
    },
    RegisterInfo {
        names: &["r22"],
        size: 8,
    },
    RegisterInfo {
        names: &["r23"],
        size: 8,
    },
    RegisterInfo {
        names: &["r24"],
        size: 8,
    },
    RegisterInfo {
        names: &["r25"],
        size: 8,
    },
    RegisterInfo {
        names: &["r26"],
        size: 8,
    },
    RegisterInfo {
        names: &["r27"],
        size: 8,
    },
    RegisterInfo {
        names: &["r28"],
        size: 8,
    },
    RegisterInfo {
        names: &["r29"],
        size: 8,
    },
    RegisterInfo {
        names: &["r30"],
        size: 8,
    },
    RegisterInfo {
        names: &["r31"],
        size: 8,
    },
    RegisterInfo {
        names: &["lr"],
        size: 8,
    },
    RegisterInfo {
        names: &["cr0"],
        size: 8,
    },
    RegisterInfo {
        names: &["cr1"],
        size: 8,
    },
    RegisterInfo {
        names: &["cr2"],
        size: 8,
    },
    RegisterInfo {
        names: &["cr3"],
        size: 8,
    },
    RegisterInfo {
        names: &["cr4"],
        size: 8,
    },
    RegisterInfo {
        names: &["cr5"],
        size: 8,
    },
    RegisterInfo {
        names: &["cr6"],
        size: 8,
    },
    RegisterInfo {
        names: &["cr7"],
        size: 8,
    },
];
