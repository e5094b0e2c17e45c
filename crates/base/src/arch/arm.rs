//! 32-bit Arm, so far the registers' names. Source: Procedure Call Standard for the Arm Architecture
//! (IHI 0042), section 6.1.1.

use super::RegisterInfo;

/// The registers.
pub(super) const REGISTERS: &[RegisterInfo] = &[
    RegisterInfo::new(&["r0", "a1"], 4),
    RegisterInfo::new(&["r1", "a2"], 4),
    RegisterInfo::new(&["r2", "a3"], 4),
    RegisterInfo::new(&["r3", "a4"], 4),
    RegisterInfo::new(&["r4", "v1"], 4),
    RegisterInfo::new(&["r5", "v2"], 4),
    RegisterInfo::new(&["r6", "v3"], 4),
    RegisterInfo::new(&["r7", "v4"], 4),
    RegisterInfo::new(&["r8", "v5"], 4),
    RegisterInfo::new(&["r9", "v6", "sb"], 4),
    RegisterInfo::new(&["r10", "v7", "sl"], 4),
    RegisterInfo::new(&["r11", "v8", "fp"], 4),
    RegisterInfo::new(&["r12", "ip"], 4),
    RegisterInfo::new(&["r13", "sp"], 4),
    RegisterInfo::new(&["r14", "lr"], 4),
    RegisterInfo::new(&["r15", "pc"], 4),
];
