//! Which entries of a file have a name: one parallel pass over all units, kept on disk.
//!
//! In the index are types, enumerators, variables and functions, definitions only. What is at file
//! scope is in one index; what is in namespaces (in C++ also in classes) is in another one, which is
//! made when such a name is first looked up: a large program has far more of those, and takes far
//! longer to look through. Of the copies of a definition that every file has that includes the same
//! header, most are left out.
//!
//! An index file is keyed by build ID and version, mapped when it is read, and never trusted:
//! everything in it is checked when it is used.

mod abbreviation;
mod build;
mod cache;
mod declaration;
mod declaration_map;
mod definition;
mod entries;
#[cfg(test)]
mod fingerprint_tests;
mod format;
mod forms;
mod kind;
mod mention;
mod merge;
mod name_ref;
mod names;
mod raw;
mod scan;
mod scan_unit;
mod seen;
mod source_files;
mod tables;
mod type_names;

pub use kind::NameKind;
pub(crate) use names::NameKey;

use crate::die::DieId;
use crate::error::DebugInfoError;
use crate::sources::Sources;
use build::Built;
use format::Depth;
use names::Names;
use spelunk_base::{Cancel, NoProgress, Progress};
use spelunk_elf::{ElfFile, SectionData};
use std::sync::{Arc, OnceLock};

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
    file: Names,
    is_whole: bool,
    /// The names in namespaces and classes, once they were asked for.
    scopes: OnceLock<Option<Names>>,
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
        let (file, is_whole) = open(sources, Depth::File, progress, cancel)?;
        Ok(Self {
            file,
            is_whole,
            scopes: OnceLock::new(),
            sources: Arc::clone(sources),
        })
    }

    /// The index of the names at file scope in these bytes, whose hash is believed to be right:
    /// whoever can write the file can make it so. `None` if they are no index of the file.
    pub(crate) fn believe(sources: &Arc<Sources>, bytes: SectionData) -> Option<Self> {
        Some(Self {
            file: Names::believe(sources, Depth::File, bytes)?,
            is_whole: true,
            scopes: OnceLock::new(),
            sources: Arc::clone(sources),
        })
    }

    /// The index of the names at file scope, as it stands in its file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.file.as_bytes()
    }

    /// Whether all units could be read to their ends.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether the file refers to no others, be they there or missing.
    pub(crate) fn is_of_one_file(&self) -> bool {
        self.file.is_of_one_file()
    }

    /// How many names and entries there are at file scope.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        self.file.counts()
    }

    /// The entries called `name`, in the order of the file, types units last.
    pub fn find(&self, name: &str) -> impl Iterator<Item = IndexEntry> {
        let found: Vec<_> = self.find_key(&NameKey::new(name)).collect();
        found.into_iter()
    }

    /// As [`find`](Self::find).
    pub(crate) fn find_key(&self, key: &NameKey<'_>) -> impl Iterator<Item = IndexEntry> {
        let scopes = key.may_be_in_scope().then(|| self.scopes()).flatten();
        let names = std::iter::once(&self.file).chain(scopes);
        names.flat_map(|names| names.find(key))
    }

    /// The hashes of the names at file scope that start with these eight bits.
    pub(crate) fn hashes(&self, start: u8) -> impl Iterator<Item = u32> + '_ {
        self.file.hashes(start)
    }

    /// Whether there are names in namespaces and classes.
    pub(crate) fn has_scopes(&self) -> bool {
        self.file.has_scopes()
    }

    /// Whether the names in one of these namespaces are names at file scope, too.
    pub(crate) fn has_open_scopes(&self) -> bool {
        self.file.has_open_scopes()
    }

    /// Where all functions at file scope that have code are, in no order.
    pub(crate) fn functions(&self) -> impl Iterator<Item = DieId> + '_ {
        self.file.of_kind(NameKind::Function)
    }

    /// All names, in no order, with their entries.
    pub fn names(
        &self,
    ) -> impl Iterator<Item = (&[u8], impl Iterator<Item = IndexEntry> + '_)> + '_ {
        iterate(&self.file, self.scopes())
    }

    /// The same, but those in namespaces and classes only if `word` may be the name of any entry:
    /// whoever looks for one that is missing need not wait for their index.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError::Cancelled`], or if the debug sections cannot be read.
    pub(crate) fn names_if_mentioned(
        &self,
        word: &str,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<
        impl Iterator<Item = (&[u8], impl Iterator<Item = IndexEntry> + '_)> + '_,
        DebugInfoError,
    > {
        if self.wants_scopes() && mention::is_mentioned(&self.sources, word)? {
            self.prepare_scopes(progress, cancel)?;
        }
        Ok(iterate(
            &self.file,
            self.scopes.get().and_then(Option::as_ref),
        ))
    }

    /// Whether the names in namespaces and classes are still to be looked through, which takes
    /// seconds in a large program.
    pub(crate) fn wants_scopes(&self) -> bool {
        self.file.has_scopes() && self.scopes.get().is_none()
    }

    /// Looks through the names in namespaces and classes, for a user who waits and may lose patience.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError::Cancelled`]; then the next one who looks for such a name starts again.
    pub(crate) fn prepare_scopes(
        &self,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<(), DebugInfoError> {
        if self.wants_scopes() {
            let made = open(&self.sources, Depth::Scopes, progress, cancel);
            if let Err(DebugInfoError::Cancelled) = made {
                return Err(DebugInfoError::Cancelled);
            }
            // Another thread may have been faster.
            let _ = self.scopes.set(made.ok().map(|(names, _)| names));
        }
        Ok(())
    }

    /// The names in namespaces and classes, if there are such names and they can be read.
    fn scopes(&self) -> Option<&Names> {
        // Nobody cancels it.
        let _ = self.prepare_scopes(&NoProgress, &Cancel::default());
        self.scopes.get()?.as_ref()
    }
}

fn iterate<'n>(
    file: &'n Names,
    scopes: Option<&'n Names>,
) -> impl Iterator<Item = (&'n [u8], impl Iterator<Item = IndexEntry> + 'n)> + 'n {
    std::iter::once(file).chain(scopes).flat_map(Names::iter)
}

/// An index from disk, or made anew and then kept on disk, and whether it is of all units.
fn open(
    sources: &Arc<Sources>,
    depth: Depth,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<(Names, bool), DebugInfoError> {
    let elf = sources.main();
    let key = elf.build_id().zip(cache::folder());
    let load = || {
        let (build_id, folder) = key.as_ref()?;
        cache::load(folder, build_id, depth)
    };
    // One that is not whole is not kept.
    if let Some(names) = load().and_then(|bytes| Names::parse(sources, depth, bytes)) {
        return Ok((names, true));
    }
    let Built { bytes, is_whole } = build::build(sources, depth, progress, cancel)?;
    if let Some((build_id, folder)) = &key
        && is_whole
        && has_all_bytes(elf)
        && cache::store(folder, build_id, depth, &bytes).is_ok()
    {
        // What is mapped takes no memory of its own.
        if let Some(names) = load().and_then(|bytes| Names::believe(sources, depth, bytes)) {
            return Ok((names, is_whole));
        }
    }
    // A cache that cannot be written makes the next start slow, nothing else.
    let names = Names::parse(sources, depth, bytes.into());
    let names = names.ok_or_else(|| DebugInfoError::Missing {
        file: elf.name().to_owned(),
        what: "index",
    })?;
    Ok((names, is_whole))
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
    use spelunk_elf::{FileData, SectionAddresses};
    use std::path::Path;

    fn this_program() -> Arc<Sources> {
        let path = std::env::current_exe().unwrap();
        let elf = ElfFile::parse(FileData::open(Path::new(&path)).unwrap()).unwrap();
        Arc::new(Sources::new(elf, SectionAddresses::default(), None))
    }

    fn walk(index: &Names) {
        for (name, entries) in index.iter().take(100) {
            if let Ok(name) = std::str::from_utf8(name) {
                let _ = index.find(&NameKey::new(name)).count();
            }
            let _ = entries.count();
        }
    }

    #[test]
    fn a_damaged_index_file_is_refused_or_harmless() {
        let elf = this_program();
        let built = build::build(&elf, Depth::File, &NoProgress, &Cancel::default()).unwrap();
        assert!(built.is_whole);
        let bytes = built.bytes;
        let parse = |bytes: Vec<u8>| Names::parse(&elf, Depth::File, bytes.into());
        let index = parse(bytes.clone()).unwrap();
        assert!(index.counts().0 > 100, "this program has names");
        for (name, entries) in index.iter().take(100) {
            let name = std::str::from_utf8(name).unwrap();
            let entries: Vec<_> = entries.collect();
            assert_eq!(index.find(&NameKey::new(name)).collect::<Vec<_>>(), entries);
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
            assert!(parse(damaged.clone()).is_none());
            // Someone who can write the file can write the right hash, too.
            let body = format::hash_body(&damaged[format::HEADER_SIZE..]);
            damaged[format::HEADER_SIZE - 8..format::HEADER_SIZE]
                .copy_from_slice(&body.to_le_bytes());
            if let Some(index) = parse(damaged) {
                walk(&index);
            }
            let cut = bytes[..below(bytes.len())].to_vec();
            assert!(parse(cut).is_none());
        }
    }

    #[test]
    fn cancelled_work_stops() {
        let cancel = Cancel::default();
        cancel.cancel();
        let built = build::build(&this_program(), Depth::File, &NoProgress, &cancel);
        assert!(matches!(built, Err(DebugInfoError::Cancelled)));
    }
}
