//! Architectures as data: one file each, the same form in every one.
//!
//! What needs behaviour (say, the signed return addresses of AArch64) is a small file in the
//! layer that needs it, not a function pointer here.

mod aarch64;
mod arm;
pub mod i386;
mod page_table;
mod ppc64;
mod register;
mod s390x;
pub mod x86_64;

pub use page_table::{Level, PageTableGeometry};
pub use register::{Register, RegisterInfo, RegisterLayout};

use crate::Architecture;

/// Everything that differs between architectures and can be said as data.
#[derive(Debug)]
pub struct Arch {
    /// The registers, in the order that [`Register`] indexes.
    pub registers: &'static [RegisterInfo],
    /// The register for the program counter. Unwinding recovers it as the return address.
    pub program_counter: Register,
    /// The stack pointer: the CFA in the frame of the caller.
    pub stack_pointer: Register,
    /// The frame pointer, where code is compiled to keep one.
    pub frame_pointer: Option<Register>,
    /// The registers of DWARF, by DWARF's number.
    pub dwarf_registers: &'static [Option<Register>],
    /// Registers that a called function must leave as they were, by the C calling convention.
    pub callee_saved: &'static [Register],
    /// Where the registers stand in the `pr_reg` of an `NT_PRSTATUS` note.
    pub prstatus: RegisterLayout,
    /// Where the registers stand in the kernel's `struct pt_regs`.
    pub pt_regs: RegisterLayout,
    /// Page tables, from the one with the fewest levels up.
    pub page_tables: &'static [&'static PageTableGeometry],
    /// Size of the kernel's pages, if it does not say otherwise: `1 << page_shift` bytes.
    pub page_shift: u32,
}

/// What is known of `architecture`.
#[must_use]
pub fn find(architecture: Architecture) -> Option<&'static Arch> {
    match architecture {
        Architecture::X86_64 => Some(&x86_64::ARCH),
        Architecture::I386 => Some(&i386::ARCH),
        _ => None,
    }
}

/// The registers of `architecture`, as far as they are known.
#[must_use]
pub fn registers(architecture: Architecture) -> &'static [RegisterInfo] {
    match architecture {
        Architecture::Aarch64 => aarch64::REGISTERS,
        Architecture::Arm => arm::REGISTERS,
        Architecture::Ppc64 => ppc64::REGISTERS,
        Architecture::S390x => s390x::REGISTERS,
        other => find(other).map_or(&[], |arch| arch.registers),
    }
}
