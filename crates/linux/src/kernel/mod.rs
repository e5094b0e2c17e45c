//! The kernel as an operating system: how its memory becomes readable, and what it tells of its modules, threads and
//! registers.
//!
//! * [`Linux`] recognises a dump of it, and [`AddressTranslation`] makes its virtual memory readable, which is all that
//!   can be done without debugging information.
//! * `arch` is what differs between architectures.
//! * [`LinuxKernel`] is what the program asks from then on.

mod address_translation;
mod arch;
mod kallsyms;
mod linux_kernel;
mod modules;
mod orc;
mod page_table;
mod physical;
mod process;
mod registers;
mod roles;
mod special;
mod system_call;
mod threads;

pub use address_translation::AddressTranslation;
pub use kallsyms::{kernel_symbols, module_symbols};
pub use linux_kernel::{Linux, LinuxKernel};
