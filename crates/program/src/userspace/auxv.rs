//! The auxiliary vector: what the kernel told the program when it started it. getauxval(3),
//! `include/uapi/linux/auxvec.h`.

use spelunk_base::{Cursor, Platform};

/// An entry's type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct AuxType(u64);

/// The address of the executable's program headers.
pub(super) const AT_PHDR: AuxType = AuxType(3);
/// The size of one of them.
pub(super) const AT_PHENT: AuxType = AuxType(4);
/// How many there are.
pub(super) const AT_PHNUM: AuxType = AuxType(5);
/// The size of a page.
pub(super) const AT_PAGESZ: AuxType = AuxType(6);
/// The address of the dynamic linker.
pub(super) const AT_BASE: AuxType = AuxType(7);
/// The address of the executable's path, as it was executed.
pub(super) const AT_EXECFN: AuxType = AuxType(31);
/// The address of the vdso.
pub(super) const AT_SYSINFO_EHDR: AuxType = AuxType(33);

/// Kernels have about 20.
const MAX_ENTRIES: usize = 1024;

/// What the kernel told a program.
#[derive(Clone, Default, Debug)]
pub(super) struct AuxVector(Vec<(u64, u64)>);

impl AuxVector {
    /// The entries in `bytes`, up to the one that ends them or the end of the bytes.
    pub(super) fn parse(bytes: &[u8], platform: Platform) -> Self {
        let word = usize::from(platform.address_size());
        let mut cursor = Cursor::new(bytes, platform.byte_order);
        let entry = || Some((cursor.uint(word).ok()?, cursor.uint(word).ok()?));
        let entries = std::iter::from_fn(entry);
        let entries = entries.take(MAX_ENTRIES).take_while(|(kind, _)| *kind != 0);
        Self(entries.collect())
    }

    /// The value of the first entry of this type; 0 stands for none.
    pub(super) fn find(&self, kind: AuxType) -> Option<u64> {
        let (_, value) = self.0.iter().find(|(found, _)| *found == kind.0)?;
        (*value != 0).then_some(*value)
    }

    pub(super) fn page_size(&self) -> u64 {
        let size = self.find(AT_PAGESZ);
        size.filter(|size| size.is_power_of_two()).unwrap_or(4096)
    }
}
