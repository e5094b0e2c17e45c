//! What differs between kernels of different architectures: a file for each, which fills in a [`KernelArch`].

mod aarch64;
mod i386;
mod x86;
mod x86_64;

use super::address_translation::DirectMap;
use super::page_table::PageTable;
use super::physical::PhysicalMemory;
use spelunk_base::arch::{Arch, Register};
use spelunk_base::{Architecture, Platform};
use spelunk_image::Vmcoreinfo;
use spelunk_object::Object;
use spelunk_program::{EntryFrame, Machine, Program, Result};
use spelunk_unwind::{Memory, Registers};
use std::ops::Range;

/// What is known of an architecture's kernel.
pub(super) struct KernelArch {
    /// Finds the kernel's own page table.
    pub(super) find_page_table: fn(&Known<'_>, &dyn Machine) -> Option<PageTable>,
    /// Where the kernel's image is, as far as that can be told without its page table.
    pub(super) image_map: fn(&Known<'_>, &dyn Machine) -> Option<ImageMap>,
    /// Where physical memory is mapped as a whole.
    pub(super) find_direct_map: fn(&Known<'_>, &PageTable) -> Option<DirectMap>,
    /// The addresses of the kernel's image.
    pub(super) image_range: fn(&Known<'_>, &PageTable) -> Option<Range<u64>>,
    /// By how much KASLR moved the kernel's image; `None` if only a comparison with vmlinux can tell.
    pub(super) kaslr_offset: fn(&Vmcoreinfo) -> Option<u64>,
    /// The registers that the scheduler saved of a task that does not run.
    pub(super) sleeping: fn(&Program, &'static Arch, &Object) -> Result<Sleeping>,
    /// Whether code of the kernel ran with these registers.
    pub(super) is_of_kernel: fn(&Registers) -> bool,
    /// What the kernel saved as it was entered, where that is the frame with these registers, in code that no
    /// unwinding information tells of.
    pub(super) entry_frame: fn(&Program, &Registers, &dyn Memory) -> Option<EntryFrame>,
    /// The stack pointer with which the stack that this one points to was entered, where that is kept on the stack.
    pub(super) previous_stack: fn(&Program, u64) -> Option<u64>,
    /// What is saved as user code enters the kernel.
    pub(super) user_entry: UserEntry,
    /// The address that a return address stands for which was found on a stack.
    pub(super) return_address: fn(&Vmcoreinfo, u64) -> u64,
}

/// What is saved as user code enters the kernel: a `struct pt_regs` at the beginning of the task's stack.
pub(super) struct UserEntry {
    /// What may be left free before it, in bytes.
    pub(super) padding: &'static [u64],
    /// Whether these registers are those of user code, of the kernel's own machine.
    pub(super) is_of_user: fn(&Registers) -> bool,
    /// Registers that are saved when the task leaves its CPU, and their members in `struct thread_struct`.
    pub(super) thread_registers: &'static [(Register, &'static str)],
    /// Processes of another machine that run on the kernel, too.
    pub(super) compat: Option<&'static Compat>,
}

/// Processes of a smaller machine than the kernel's.
pub(super) struct Compat {
    /// Their machine.
    pub(super) arch: &'static Arch,
    /// What they are.
    pub(super) architecture: Architecture,
    /// Whether a process is one, by its `struct mm_struct *`.
    pub(super) is_space: fn(&Program, &Object) -> Result<bool>,
    /// Whether these registers of the kernel's machine are those of such code.
    pub(super) is_of_user: fn(&Registers) -> bool,
    /// Their registers, and which of the kernel's machine these are.
    pub(super) registers: &'static [(Register, Register)],
}

impl Compat {
    /// What the process sees of the registers of the kernel's machine.
    pub(super) fn convert(&self, registers: &Registers) -> Registers {
        let mut own = Registers::new(self.arch);
        for (register, kernel) in self.registers {
            if let Some(value) = registers.get(*kernel) {
                own.set(*register, value & u64::from(u32::MAX));
            }
        }
        own
    }
}

/// What is known of a kernel before its debugging information.
pub(super) struct Known<'a> {
    pub(super) platform: Platform,
    pub(super) info: &'a Vmcoreinfo,
    pub(super) memory: &'a PhysicalMemory,
}

/// A part of the address space that lies in physical memory in one piece.
pub(super) struct ImageMap {
    pub(super) start: u64,
    pub(super) size: u64,
    pub(super) physical: u64,
}

/// The registers of a task that does not run.
pub(super) struct Sleeping {
    pub(super) registers: Registers,
    /// The address at which the scheduler goes on in the task, read from the task's own stack.
    pub(super) on_stack: Option<u64>,
}

/// What is known of kernels on `platform`.
pub(super) fn find(platform: Platform) -> Option<&'static KernelArch> {
    match platform.architecture {
        Architecture::X86_64 => Some(&x86_64::KERNEL),
        Architecture::I386 => Some(&i386::KERNEL),
        Architecture::Aarch64 => Some(&aarch64::KERNEL),
        _ => None,
    }
}
