//! Which entries of a file have a name: one parallel pass over all units, kept on disk.
//!
//! In the index are types, enumerators, variables and functions at file scope and in namespaces
//! (in C++ also in classes), definitions only. An index file is keyed by build ID and version,
//! mapped when it is read, and never trusted: everything in it is checked when it is used.

mod abbreviation;
mod build;
mod cache;
#[cfg(test)]
mod fingerprint_tests;
mod format;
mod kind;
mod name_ref;
mod raw;
mod scan;
mod scan_unit;
mod type_names;

pub(crate) use format::hash_bytes;
pub use kind::NameKind;

use crate::die::DieId;
use crate::error::DebugInfoError;
use crate::sources::Sources;
use build::Built;
use format::{ENTRY_SIZE, Header, NAME_SIZE};
use name_ref::NameRef;
use spelunk_base::{Cancel, Progress};
use spelunk_elf::{ElfFile, SectionData};
use std::ops::Range;
use std::sync::Arc;

/// An entry of the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IndexEntry {
    /// What it is.
    pub kind: NameKind,
    /// Where it is; for an enumerator, where its enumeration is.
    pub die: DieId,
    /// The same for all copies of a definition in a header; different, nearly always, for
    /// different definitions of the same name.
    pub mark: u16,
}

/// The names of a file.
pub struct NameIndex {
    bytes: SectionData,
    header: Header,
    /// Where the starts, the names, the entries and the own names begin, and where all ends.
    layout: [usize; 5],
    sources: Arc<Sources>,
}

impl NameIndex {
    /// The index of a file: the one on disk, else a new one, which is then kept on disk.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError::Cancelled`], or if the debug sections cannot be read.
    pub(crate) fn open(
        sources: &Arc<Sources>,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Self, DebugInfoError> {
        let elf = sources.main();
        let key = elf.build_id().zip(cache::folder());
        if let Some((build_id, folder)) = &key
            && let Some(bytes) = cache::load(folder, build_id)
            && let Some(index) = Self::parse(sources, bytes)
        {
            return Ok(index);
        }
        let Built { bytes, is_whole } = build::build(sources, progress, cancel)?;
        let index = Self::parse(sources, bytes.into()).ok_or_else(|| DebugInfoError::Missing {
            file: elf.name().to_owned(),
            what: "index",
        })?;
        if is_whole
            && index.header.names > 0
            && let Some((build_id, folder)) = &key
            && has_all_bytes(elf)
        {
            // A cache that cannot be written makes the next start slow, nothing else.
            let _ = cache::store(folder, build_id, &index.bytes);
        }
        Ok(index)
    }

    /// An index for the file in these bytes; `None` if they are none, or damaged.
    fn parse(sources: &Arc<Sources>, bytes: SectionData) -> Option<Self> {
        let (_, hash) = Header::parse(&bytes)?;
        let body = bytes.get(format::HEADER_SIZE..)?;
        let is_whole = format::hash_bytes(body) == hash;
        is_whole.then(|| Self::believe(sources, bytes)).flatten()
    }

    /// As `parse`, of bytes whose hash is right: whoever can write the file can make it so.
    pub(crate) fn believe(sources: &Arc<Sources>, bytes: SectionData) -> Option<Self> {
        let (header, _) = Header::parse(&bytes)?;
        let layout = header.layout()?;
        let [.., end] = layout;
        let good = header.sections == format::section_sizes(sources.main())
            && end == bytes.len()
            && sources.has_fingerprint(header.fingerprint);
        good.then_some(Self {
            bytes,
            header,
            layout,
            sources: Arc::clone(sources),
        })
    }

    /// The index as it stands in its file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the file refers to no others, be they there or missing.
    pub(crate) fn is_of_one_file(&self) -> bool {
        self.header.fingerprint == 0
    }

    /// How many names and entries there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.header.names as usize, self.header.entries as usize)
    }

    /// The entries called `name`, in the order of the file, types units last.
    pub fn find<'a>(&'a self, name: &'a str) -> impl Iterator<Item = IndexEntry> + 'a {
        let hash = format::hash(name.as_bytes());
        self.numbers(hash)
            .filter(move |number| {
                self.name(*number).is_some_and(|(found, _, place)| {
                    found == hash && self.bytes_of(place) == Some(name.as_bytes())
                })
            })
            .flat_map(|number| self.entries(number))
    }

    /// All names, in no order, with their entries.
    pub fn names(
        &self,
    ) -> impl Iterator<Item = (&[u8], impl Iterator<Item = IndexEntry> + '_)> + '_ {
        (0..self.header.names as usize).filter_map(move |number| {
            let (.., place) = self.name(number)?;
            Some((self.bytes_of(place)?, self.entries(number)))
        })
    }

    /// The numbers of the names that start with the top bits of this hash.
    fn numbers(&self, hash: u32) -> Range<usize> {
        let [starts, ..] = self.layout;
        let start = |number: usize| {
            let at = starts.saturating_add(number.saturating_mul(4));
            let bytes = self.bytes.get(at..)?.first_chunk()?;
            Some((u32::from_le_bytes(*bytes)).min(self.header.names) as usize)
        };
        let number = self.header.start_of(hash);
        let first = start(number).unwrap_or(0);
        let end = start(number.saturating_add(1)).unwrap_or(first);
        first..end
    }

    /// The hash, the first entry and the place of a name.
    fn name(&self, number: usize) -> Option<(u32, u32, NameRef)> {
        let [_, names, ..] = self.layout;
        let at = names.checked_add(number.checked_mul(NAME_SIZE)?)?;
        Some(format::parse_name(self.bytes.get(at..)?.first_chunk()?))
    }

    fn entries(&self, number: usize) -> impl Iterator<Item = IndexEntry> + '_ {
        let [_, _, entries, own, _] = self.layout;
        let first_of = |number: usize| {
            let first = match number {
                number if number >= self.header.names as usize => self.header.entries,
                number => self.name(number).map_or(0, |(_, first, _)| first),
            };
            entries
                .saturating_add((first as usize).saturating_mul(ENTRY_SIZE))
                .min(own)
        };
        let range = first_of(number)..first_of(number.saturating_add(1));
        let bytes = self.bytes.get(range).unwrap_or(&[]);
        bytes
            .as_chunks::<ENTRY_SIZE>()
            .0
            .iter()
            .filter_map(|entry| {
                let (kind, die, mark) = format::unpack_entry(u64::from_le_bytes(*entry))?;
                Some(IndexEntry { kind, die, mark })
            })
    }

    fn bytes_of(&self, place: NameRef) -> Option<&[u8]> {
        let [.., own, _] = self.layout;
        let own = self.bytes.get(own..).unwrap_or(&[]);
        place.bytes(&self.sources, own)
    }
}

/// Whether the file has all its bytes: an index of a file that is cut off (or damaged, as far as that
/// is seen) must not be kept, since the same build ID stands for the whole file.
fn has_all_bytes(elf: &ElfFile) -> bool {
    let end = elf.data().len();
    elf.damage().is_empty()
        && elf.sections().iter().all(|section| {
            section.kind == spelunk_elf::constants::SHT_NOBITS
                || section
                    .offset
                    .checked_add(section.size)
                    .is_some_and(|section_end| section_end <= end)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use spelunk_base::NoProgress;
    use spelunk_elf::{FileData, SectionAddresses};
    use std::path::Path;

    fn this_program() -> Arc<Sources> {
        let path = std::env::current_exe().unwrap();
        let elf = ElfFile::parse(FileData::open(Path::new(&path)).unwrap()).unwrap();
        Arc::new(Sources::new(elf, SectionAddresses::default(), None))
    }

    fn walk(index: &NameIndex) {
        for (name, entries) in index.names().take(100) {
            if let Ok(name) = std::str::from_utf8(name) {
                let _ = index.find(name).count();
            }
            let _ = entries.count();
        }
    }

    #[test]
    fn a_damaged_index_file_is_refused_or_harmless() {
        let elf = this_program();
        let built = build::build(&elf, &NoProgress, &Cancel::default()).unwrap();
        assert!(built.is_whole);
        let bytes = built.bytes;
        let index = NameIndex::parse(&elf, bytes.clone().into()).unwrap();
        assert!(index.counts().0 > 100, "this program has names");
        for (name, entries) in index.names().take(100) {
            let name = std::str::from_utf8(name).unwrap();
            let entries: Vec<_> = entries.collect();
            assert_eq!(index.find(name).collect::<Vec<_>>(), entries);
        }

        let mut random = 7u64;
        let mut below = |limit: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(random >> 24).unwrap() % limit
        };
        for _ in 0..50 {
            let mut damaged = bytes.clone();
            for _ in 0..4 {
                let place = below(damaged.len());
                damaged[place] ^= 1 << below(8);
            }
            assert!(NameIndex::parse(&elf, damaged.clone().into()).is_none());
            // Someone who can write the file can write the right hash, too.
            let body = format::hash_bytes(&damaged[format::HEADER_SIZE..]);
            damaged[format::HEADER_SIZE - 8..format::HEADER_SIZE]
                .copy_from_slice(&body.to_le_bytes());
            if let Some(index) = NameIndex::parse(&elf, damaged.into()) {
                walk(&index);
            }
            let cut = bytes[..below(bytes.len())].to_vec();
            assert!(NameIndex::parse(&elf, cut.into()).is_none());
        }
    }

    #[test]
    fn cancelled_work_stops() {
        let cancel = Cancel::default();
        cancel.cancel();
        let built = build::build(&this_program(), &NoProgress, &cancel);
        assert!(matches!(built, Err(DebugInfoError::Cancelled)));
    }
}
