//! Modules: the kernel or executable, and all that is loaded beside it, with the files that tell
//! of them.

mod file;
mod list;

pub use file::{ModuleFile, ModuleFileStatus};
pub use list::Module;
pub(crate) use list::Modules;

use spelunk_base::BuildId;
use spelunk_elf::SectionAddresses;
use spelunk_object::Object;
use std::ops::Range;

/// The kinds of modules.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ModuleKind {
    /// The kernel, or the executable.
    Main,
    /// A loadable kernel module: a relocatable file whose sections were placed one by one.
    Relocatable,
    /// Debugging information that belongs to nothing that is loaded.
    Extra,
}

/// What the operating system says of a module.
#[derive(Clone, Debug)]
pub struct ModuleInfo {
    /// Its kind.
    pub kind: ModuleKind,
    /// Its name: `kernel`, `kyber_iosched`.
    pub name: String,
    /// The build ID of its files, where it is known.
    pub build_id: Option<BuildId>,
    /// Where it is in memory, in no order.
    pub address_ranges: Vec<Range<u64>>,
    /// Where its sections are, for relocatable modules.
    pub section_addresses: SectionAddresses,
    /// What is added to the addresses in its file, modulo 2^64 (KASLR). 0 for relocatable ones.
    pub bias: u64,
    /// The system's object for it: a `struct module *` in the Linux kernel.
    pub object: Option<Object>,
}
