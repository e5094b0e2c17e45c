//! AArch64, so far the registers' names. Source: Procedure Call Standard for the Arm 64-bit Architecture
//! (IHI 0055), section 6.1.

use super::RegisterInfo;

/// The registers.
pub(super) const REGISTERS: &[RegisterInfo] = &[
    RegisterInfo {
        names: &["x0"],
        size: 8,
    },
    RegisterInfo {
        names: &["x1"],
        size: 8,
    },
    RegisterInfo {
        names: &["x2"],
        size: 8,
    },
    RegisterInfo {
        names: &["x3"],
        size: 8,
    },
    RegisterInfo {
        names: &["x4"],
        size: 8,
    },
    RegisterInfo {
        names: &["x5"],
        size: 8,
    },
    RegisterInfo {
        names: &["x6"],
        size: 8,
    },
    RegisterInfo {
        names: &["x7"],
        size: 8,
    },
    RegisterInfo {
        names: &["x8"],
        size: 8,
    },
    RegisterInfo {
        names: &["x9"],
        size: 8,
    },
    RegisterInfo {
        names: &["x10"],
        size: 8,
    },
    RegisterInfo {
        names: &["x11"],
        size: 8,
    },
    RegisterInfo {
        names: &["x12"],
        size: 8,
    },
    RegisterInfo {
        names: &["x13"],
        size: 8,
    },
    RegisterInfo {
        names: &["x14"],
        size: 8,
    },
    RegisterInfo {
        names: &["x15"],
        size: 8,
    },
    RegisterInfo {
        names: &["x16"],
        size: 8,
    },
    RegisterInfo {
        names: &["x17"],
        size: 8,
    },
    RegisterInfo {
        names: &["x18"],
        size: 8,
    },
    RegisterInfo {
        names: &["x19"],
        size: 8,
    },
    RegisterInfo {
        names: &["x20"],
        size: 8,
    },
    RegisterInfo {
        names: &["x21"],
        size: 8,
    },
    RegisterInfo {
        names: &["x22"],
        size: 8,
    },
    RegisterInfo {
        names: &["x23"],
        size: 8,
    },
    RegisterInfo {
        names: &["x24"],
        size: 8,
    },
    RegisterInfo {
        names: &["x25"],
        size: 8,
    },
    RegisterInfo {
        names: &["x26"],
        size: 8,
    },
    RegisterInfo {
        names: &["x27"],
        size: 8,
    },
    RegisterInfo {
        names: &["x28"],
        size: 8,
    },
    RegisterInfo {
        names: &["x29", "fp"],
        size: 8,
    },
    RegisterInfo {
        names: &["x30", "lr"],
        size: 8,
    },
    RegisterInfo {
        names: &["sp"],
        size: 8,
    },
    RegisterInfo {
        names: &["pstate"],
        size: 8,
    },
];
