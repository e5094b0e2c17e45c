use spelunk_base::BuildId;
use spelunk_elf::SectionAddresses;
use spelunk_object::Object;
use std::ops::Range;

/// The kinds of modules. With its name, the kind and what belongs to it is what a module is known by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ModuleKind {
    /// The kernel, or the executable. There is one.
    Main,
    /// A shared library.
    SharedLibrary {
        /// Where its dynamic section is in memory.
        dynamic_address: u64,
    },
    /// The shared object that the kernel puts into each process: vdso(7).
    Vdso {
        /// Where its dynamic section is in memory.
        dynamic_address: u64,
    },
    /// A relocatable file whose sections were placed one by one: a loadable kernel module.
    Relocatable {
        /// Its lowest address; for kernel modules that of the code.
        address: u64,
    },
    /// Debugging information that belongs to nothing that is loaded.
    Extra {
        /// A number of the user's choice.
        id: u64,
    },
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
    /// What is added to the addresses in the main module's files, modulo 2^64 (KASLR, PIE); `None`
    /// if only the file can tell, which is at the start of [`address_ranges`](Self::address_ranges).
    pub bias: Option<u64>,
    /// The system's object for it: a `struct module *` in the Linux kernel.
    pub object: Option<Object>,
}
