//! RISC-V ELF psABI specification 1.0, section 8.5.

use super::form::Field::{SixBits, Uleb128};
use super::form::{Form, NONE, Value, absolute, add, form, relative, subtract, thread_local};
use crate::constants::{self as elf, RelocationType};

/// How far behind its start the pointer to a thread's block points (section 8.8).
const THREAD_BIAS: u64 = 0x800;

pub(super) fn riscv(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        // Code in loaded modules does not change any more.
        elf::R_RISCV_NONE | elf::R_RISCV_RELAX => NONE,
        elf::R_RISCV_64 => absolute(8),
        elf::R_RISCV_32 | elf::R_RISCV_SET32 => absolute(4),
        elf::R_RISCV_SET16 => absolute(2),
        elf::R_RISCV_SET8 => absolute(1),
        elf::R_RISCV_SET6 => form(SixBits, Value::Absolute),
        elf::R_RISCV_SET_ULEB128 => form(Uleb128, Value::Absolute),
        elf::R_RISCV_32_PCREL | elf::R_RISCV_PLT32 => relative(4),
        elf::R_RISCV_ADD64 => add(8),
        elf::R_RISCV_ADD32 => add(4),
        elf::R_RISCV_ADD16 => add(2),
        elf::R_RISCV_ADD8 => add(1),
        elf::R_RISCV_SUB64 => subtract(8),
        elf::R_RISCV_SUB32 => subtract(4),
        elf::R_RISCV_SUB16 => subtract(2),
        elf::R_RISCV_SUB8 => subtract(1),
        elf::R_RISCV_SUB6 => form(SixBits, Value::Subtract),
        elf::R_RISCV_SUB_ULEB128 => form(Uleb128, Value::Subtract),
        elf::R_RISCV_TLS_DTPREL64 => thread_local(8, THREAD_BIAS),
        elf::R_RISCV_TLS_DTPREL32 => thread_local(4, THREAD_BIAS),
        _ => return None,
    })
}
