//! ELF for the LoongArch Architecture 2.30, section "Relocations".

use super::form::Field::{SixBits, Uleb128};
use super::form::{Form, NONE, Value, absolute, add, form, relative, subtract, thread_local};
use crate::constants::{self as elf, RelocationType};

pub(super) fn loongarch(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        // Code in loaded modules does not change any more.
        elf::R_LARCH_NONE | elf::R_LARCH_RELAX => NONE,
        elf::R_LARCH_64 => absolute(8),
        elf::R_LARCH_32 => absolute(4),
        elf::R_LARCH_64_PCREL => relative(8),
        elf::R_LARCH_32_PCREL => relative(4),
        elf::R_LARCH_ADD64 => add(8),
        elf::R_LARCH_ADD32 => add(4),
        elf::R_LARCH_ADD24 => add(3),
        elf::R_LARCH_ADD16 => add(2),
        elf::R_LARCH_ADD8 => add(1),
        elf::R_LARCH_ADD6 => form(SixBits, Value::Add),
        elf::R_LARCH_ADD_ULEB128 => form(Uleb128, Value::Add),
        elf::R_LARCH_SUB64 => subtract(8),
        elf::R_LARCH_SUB32 => subtract(4),
        elf::R_LARCH_SUB24 => subtract(3),
        elf::R_LARCH_SUB16 => subtract(2),
        elf::R_LARCH_SUB8 => subtract(1),
        elf::R_LARCH_SUB6 => form(SixBits, Value::Subtract),
        elf::R_LARCH_SUB_ULEB128 => form(Uleb128, Value::Subtract),
        elf::R_LARCH_TLS_DTPREL64 => thread_local(8, 0),
        elf::R_LARCH_TLS_DTPREL32 => thread_local(4, 0),
        _ => return None,
    })
}
