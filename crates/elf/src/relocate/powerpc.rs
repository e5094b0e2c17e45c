//! OpenPOWER ELF V2 ABI specification 1.4, section 3.5; Power Architecture 32-bit ABI supplement
//! 1.0, section 4.4.

use super::form::{Form, NONE, absolute, relative, thread_local};
use crate::constants::{self as elf, RelocationType};

/// How far behind its start the pointer to a thread's block points (section 3.7.2).
const THREAD_BIAS: u64 = 0x8000;

pub(super) fn ppc64(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_PPC64_NONE => NONE,
        elf::R_PPC64_ADDR64 | elf::R_PPC64_UADDR64 => absolute(8),
        elf::R_PPC64_ADDR32 | elf::R_PPC64_UADDR32 => absolute(4),
        elf::R_PPC64_ADDR16 | elf::R_PPC64_UADDR16 => absolute(2),
        elf::R_PPC64_REL64 => relative(8),
        elf::R_PPC64_REL32 => relative(4),
        elf::R_PPC64_DTPREL64 => thread_local(8, THREAD_BIAS),
        _ => return None,
    })
}

pub(super) fn ppc(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_PPC_NONE => NONE,
        elf::R_PPC_ADDR32 | elf::R_PPC_UADDR32 => absolute(4),
        elf::R_PPC_ADDR16 | elf::R_PPC_UADDR16 => absolute(2),
        elf::R_PPC_REL32 => relative(4),
        elf::R_PPC_DTPREL32 => thread_local(4, THREAD_BIAS),
        _ => return None,
    })
}
