//! System V ABI AMD64 supplement 1.0, table 4.9; Intel386 supplement 1.1, table 4.9.

use super::form::{Form, NONE, absolute, relative, thread_local};
use crate::constants::{self as elf, RelocationType};

pub(super) fn x86_64(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_X86_64_NONE => NONE,
        elf::R_X86_64_64 => absolute(8),
        elf::R_X86_64_32 | elf::R_X86_64_32S => absolute(4),
        elf::R_X86_64_16 => absolute(2),
        elf::R_X86_64_8 => absolute(1),
        elf::R_X86_64_PC64 => relative(8),
        // To a function through its procedure linkage table, which modules do not have.
        elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 => relative(4),
        elf::R_X86_64_PC16 => relative(2),
        elf::R_X86_64_PC8 => relative(1),
        elf::R_X86_64_DTPOFF64 => thread_local(8, 0),
        elf::R_X86_64_DTPOFF32 => thread_local(4, 0),
        _ => return None,
    })
}

pub(super) fn i386(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_386_NONE => NONE,
        elf::R_386_32 => absolute(4),
        elf::R_386_16 => absolute(2),
        elf::R_386_8 => absolute(1),
        elf::R_386_PC32 | elf::R_386_PLT32 => relative(4),
        elf::R_386_PC16 => relative(2),
        elf::R_386_PC8 => relative(1),
        elf::R_386_TLS_LDO_32 => thread_local(4, 0),
        _ => return None,
    })
}
