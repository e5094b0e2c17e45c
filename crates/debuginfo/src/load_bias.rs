//! Where what a file says of addresses is in the target.

use spelunk_elf::constants as elf;
use spelunk_elf::{ElfFile, Section};

/// What moves a file's addresses to the target's.
///
/// Situation: the kernel's per-CPU section is linked at address 0, until Linux 6.15; what DWARF and
/// symbols call the addresses of its variables are offsets into each CPU's area. Evidence: KASLR
/// moves the image by `KERNELOFFSET`, and `__per_cpu_offset` leads to the variables without it.
/// Remedy: what is in a loaded section at 0 stays where it is.
///
/// Situation: vmlinux's `.modinfo` is linked behind `_end` since Linux 6.18, and then removed. Evidence:
/// DWARF has variables there, where no section is. Remedy: what is behind all loaded sections is not
/// in the target; it stays, too, as in drgn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoadBias {
    bias: u64,
    /// Addresses below stay.
    fixed_end: u64,
    /// Addresses above stay: the end of the last loaded section.
    loaded_end: u64,
    /// Whether 0 is the address of nothing in the file.
    nothing_at_0: bool,
}

impl LoadBias {
    /// The bias of `elf`, which is loaded `bias` (two's complement) bytes from where it was linked
    /// for.
    pub(crate) fn new(elf: &ElfFile, bias: u64) -> Self {
        let fixed = elf.sections().iter().filter(|section| is_fixed(section));
        let fixed_end = match elf.is_relocatable() {
            true => 0,
            false => fixed.map(|section| section.size).max().unwrap_or(0),
        };
        let loaded = elf.sections().iter();
        let loaded = loaded.filter(|section| section.flags.contains(elf::SHF_ALLOC));
        let loaded_end = loaded
            .map(|section| section.address.saturating_add(section.size))
            .max();
        Self {
            bias,
            fixed_end,
            loaded_end: match elf.is_relocatable() {
                true => u64::MAX,
                false => loaded_end.unwrap_or(u64::MAX),
            },
            nothing_at_0: fixed_end == 0 && !elf.is_relocatable(),
        }
    }

    /// The target's address of what is at `address` in the file.
    pub(crate) fn relocate(self, address: u64) -> u64 {
        if address < self.fixed_end || address > self.loaded_end {
            address
        } else {
            address.wrapping_add(self.bias)
        }
    }

    /// Whether nothing is at `address` in the target, as the file tells.
    ///
    /// Situation: linkers leave out functions and variables that nobody uses (`--gc-sections`) or
    /// that several objects have, but not what DWARF says of them. Evidence: their addresses there
    /// are 0, or all ones with `-z dead-reloc-in-nonalloc`. Remedy: these are no addresses, unless
    /// the file has a section at 0.
    pub(crate) fn is_left_out(self, address: u64, mask: u64) -> bool {
        let is = |in_file: u64| address & mask == self.relocate(in_file) & mask;
        is(u64::MAX) || (self.nothing_at_0 && is(0))
    }
}

/// Whether `section` is loaded, but stays where it was linked for. See [`LoadBias`].
pub(crate) fn is_fixed(section: &Section) -> bool {
    section.flags.contains(elf::SHF_ALLOC) && section.address == 0
}
