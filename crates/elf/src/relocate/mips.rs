//! System V ABI MIPS RISC Processor supplement, table 4-9; MIPS 64-bit ELF object file
//! specification 2.4, section 2.9.

use super::form::{Form, NONE, absolute, relative, thread_local};
use crate::constants::{self as elf, RelocationType};

/// How far behind its start the pointer to a thread's block points.
const THREAD_BIAS: u64 = 0x8000;
/// A GNU extension, in binutils' `include/elf/mips.h`.
const R_MIPS_PC32: RelocationType = RelocationType(248);

pub(super) fn mips(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_MIPS_NONE => NONE,
        elf::R_MIPS_64 => absolute(8),
        elf::R_MIPS_32 => absolute(4),
        R_MIPS_PC32 => relative(4),
        elf::R_MIPS_TLS_DTPREL64 => thread_local(8, THREAD_BIAS),
        elf::R_MIPS_TLS_DTPREL32 => thread_local(4, THREAD_BIAS),
        _ => return None,
    })
}
