//! System V ABI AMD64 supplement 1.0, table 4.9.

use super::Form;
use crate::constants::{self as elf, RelocationType};

const fn absolute(size: usize) -> Form {
    Form {
        size,
        relative: false,
    }
}

const fn relative(size: usize) -> Form {
    Form {
        size,
        relative: true,
    }
}

pub(super) fn form(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_X86_64_NONE => absolute(0),
        elf::R_X86_64_64 => absolute(8),
        elf::R_X86_64_32 | elf::R_X86_64_32S => absolute(4),
        elf::R_X86_64_16 => absolute(2),
        elf::R_X86_64_8 => absolute(1),
        elf::R_X86_64_PC64 => relative(8),
        // To a function through its procedure linkage table, which modules do not have.
        elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 => relative(4),
        elf::R_X86_64_PC16 => relative(2),
        elf::R_X86_64_PC8 => relative(1),
        // The offset of a variable from the start of its thread's block, in .debug_info.
        elf::R_X86_64_DTPOFF64 => absolute(8),
        elf::R_X86_64_DTPOFF32 => absolute(4),
        _ => return None,
    })
}
