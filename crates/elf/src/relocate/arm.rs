//! ELF for the Arm 64-bit Architecture (IHI 0056), section 5.7; ELF for the Arm Architecture
//! (IHI 0044), section 5.6.

use super::form::{Form, NONE, absolute, relative, thread_local};
use crate::constants::{self as elf, RelocationType};

pub(super) fn aarch64(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_AARCH64_NONE => NONE,
        elf::R_AARCH64_ABS64 => absolute(8),
        elf::R_AARCH64_ABS32 | elf::R_AARCH64_P32_ABS32 => absolute(4),
        elf::R_AARCH64_ABS16 => absolute(2),
        elf::R_AARCH64_PREL64 => relative(8),
        elf::R_AARCH64_PREL32 => relative(4),
        elf::R_AARCH64_PREL16 => relative(2),
        elf::R_AARCH64_TLS_DTPREL => thread_local(8, 0),
        _ => return None,
    })
}

pub(super) fn arm(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_ARM_NONE => NONE,
        elf::R_ARM_ABS32 => absolute(4),
        elf::R_ARM_ABS16 => absolute(2),
        elf::R_ARM_ABS8 => absolute(1),
        elf::R_ARM_REL32 => relative(4),
        elf::R_ARM_TLS_LDO32 => thread_local(4, 0),
        _ => return None,
    })
}
