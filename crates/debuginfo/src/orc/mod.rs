//! ORC, the Linux kernel's own unwind tables on x86-64: for each address where something changes,
//! how to find the caller's stack pointer, and where the frame pointer or all registers are saved.
//!
//! Sources: Linux `Documentation/arch/x86/orc-unwinder.rst`, `arch/x86/include/asm/orc_types.h`,
//! `arch/x86/kernel/unwind_orc.c`. ORC knows no other register than these two (but where the kernel
//! was entered), and so cannot say where a caller's variables are.

mod entry;
mod guess;
mod table;
#[cfg(test)]
mod tests;
mod version;

pub use table::{OrcError, OrcTable};
pub use version::OrcVersion;
