//! Versions of symbols: a library may have several functions of one name, of which programs that were
//! linked earlier get the older ones.

use spelunk_base::{Cursor, Platform};
use spelunk_elf::constants as elf;
use spelunk_elf::{ElfError, ElfFile, Section, SectionData};

/// The bit of an entry of `.gnu.version` that says that a name alone does not stand for the symbol
/// (`VERSYM_HIDDEN`).
const HIDDEN: u16 = 0x8000;

/// How well the name of a symbol fits the one that is asked for: the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fit {
    Exact,
    /// But for the version (`@@GLIBC_2.14`), which is the default.
    DefaultVersion,
    /// But for the version (`@GLIBC_2.2.5`), which is not.
    OldVersion,
}

/// Whether the symbol called `name` may be meant by `wanted`.
pub(super) fn fit(name: &[u8], wanted: &[u8]) -> Option<Fit> {
    match name.strip_prefix(wanted)? {
        [] => Some(Fit::Exact),
        [b'@', b'@', ..] => Some(Fit::DefaultVersion),
        [b'@', ..] => Some(Fit::OldVersion),
        _ => None,
    }
}

/// `memcpy` for `memcpy@@GLIBC_2.14`, which is how `.symtab` has it.
pub(super) fn without_version(name: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'@', name).filter(|end| *end > 0);
    name.get(..end.unwrap_or(name.len())).unwrap_or(name)
}

/// `SHT_GNU_versym`: the versions of the symbols of `.dynsym`, whose names are without.
pub(super) struct Versions {
    data: Option<SectionData>,
    platform: Platform,
}

impl Versions {
    pub(super) fn of(file: &ElfFile, table: &Section) -> Result<Self, ElfError> {
        let mut sections = file.sections().iter();
        let section = sections
            .find(|section| section.kind == elf::SHT_GNU_VERSYM && section.link == table.index);
        Ok(Self {
            data: section.map(|section| file.data_of(section)).transpose()?,
            platform: file.platform(),
        })
    }

    /// Whether the version of symbol `index` is not the default.
    pub(super) fn is_old(&self, index: usize) -> bool {
        let is_hidden = |data: &SectionData| {
            let mut cursor = Cursor::new(data, self.platform.byte_order);
            cursor.seek(index.checked_mul(2)?);
            Some(cursor.u16().ok()? & HIDDEN != 0)
        };
        self.data.as_ref().and_then(is_hidden).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_with_any_version() {
        let fit = |name: &str, wanted: &str| fit(name.as_bytes(), wanted.as_bytes());
        assert_eq!(fit("memcpy", "memcpy"), Some(Fit::Exact));
        assert_eq!(fit("memcpy@@V2", "memcpy@@V2"), Some(Fit::Exact));
        assert_eq!(fit("memcpy@@V2", "memcpy"), Some(Fit::DefaultVersion));
        assert_eq!(fit("memcpy@V1", "memcpy"), Some(Fit::OldVersion));
        for (name, wanted) in [
            ("memcpy", "mem"),
            ("mem", "memcpy"),
            ("memcpy", "memcpy@@V2"),
        ] {
            assert_eq!(fit(name, wanted), None, "{name} {wanted}");
        }
        assert_eq!(without_version(b"memcpy@@V2"), b"memcpy");
        assert_eq!(without_version(b"memcpy"), b"memcpy");
        assert_eq!(without_version(b"@plt"), b"@plt");
    }
}
