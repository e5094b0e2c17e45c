use super::format::{self, Header};
use super::name_ref::{NameRef, Place, c_str};
use super::raw::{RawName, RawNames};
use crate::die::DieId;
use crate::hash::hash_bytes;
use crate::sources::SourceSections;
use gimli::SectionId;
use rayon::prelude::*;

/// Where the bytes of names are while an index is made.
pub(super) struct NameBytes<'a> {
    pub(super) sources: &'a [SourceSections],
    /// Where the sections of units start, as entries are counted.
    pub(super) bases: Vec<(DieId, &'a [u8])>,
}

impl NameBytes<'_> {
    /// The bytes of a name; `own` holds those that stand nowhere in the file.
    fn get<'b>(&'b self, name: NameRef, own: &'b [u8]) -> Option<&'b [u8]> {
        let strings = |id| {
            let source = self.sources.get(name.source());
            source.map(|source| source.get(id).slice())
        };
        match name.place()? {
            Place::Str => c_str(strings(SectionId::DebugStr)?, name.offset()),
            Place::LineStr => c_str(strings(SectionId::DebugLineStr)?, name.offset()),
            Place::Units => {
                let offset = name.offset() as u64;
                let after = self
                    .bases
                    .partition_point(|(base, _)| base.as_u64() <= offset);
                let (base, bytes) = self.bases.get(after.checked_sub(1)?)?;
                let offset = offset.checked_sub(base.as_u64())?;
                c_str(bytes, usize::try_from(offset).ok()?)
            }
            Place::Index => c_str(own, name.offset()),
        }
    }
}

/// A name with some of its entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    hash: u32,
    /// Its first entry among all, and how many there are.
    first: u32,
    count: u32,
}

/// An index in its format; `None` if there are too many names.
pub(super) fn merge(
    strings: &NameBytes<'_>,
    parts: Vec<RawNames>,
    header: Header,
) -> Option<Vec<u8>> {
    let (all, own) = join(parts);
    let name_of = |group: &Group| all.get(group.first as usize).map(|raw| raw.name);
    let bytes_of = |group: &Group| strings.get(name_of(group)?, &own);
    let mut groups = group(&all, |name| strings.get(name, &own))?;
    let mut names = Names::default();
    for same_hash in groups.chunk_by_mut(|a, b| a.hash == b.hash) {
        // A name that stands at several places is still one name.
        if same_hash.len() > 1 {
            same_hash.sort_by_cached_key(|group| (bytes_of(group), group.first));
        }
        for same_name in same_hash.chunk_by(|a, b| bytes_of(a) == bytes_of(b)) {
            let first = same_name.first()?;
            let entries = same_name.iter().filter_map(|group| {
                let first = group.first as usize;
                all.get(first..first.saturating_add(group.count as usize))
            });
            let entries = entries.flatten().map(|raw| raw.entry);
            let name = name_of(first)?;
            let own = match name.place() {
                Some(Place::Index) => Some(bytes_of(first)?),
                _ => None,
            };
            names.add(first.hash, name, own, entries);
        }
    }
    drop((all, own, groups));
    names.write(header)
}

/// The names of all parts, by place, and the bytes of those that stand nowhere in the file.
fn join(parts: Vec<RawNames>) -> (Vec<RawName>, Vec<u8>) {
    let mut own = Vec::new();
    let mut all = Vec::with_capacity(parts.iter().map(|part| part.names.len()).sum());
    for part in parts {
        let base = own.len() as u64;
        own.extend(part.own);
        all.extend(part.names.into_iter().map(|raw| RawName {
            name: match raw.name.place() {
                Some(Place::Index) => {
                    let offset = base.saturating_add(raw.name.offset() as u64);
                    NameRef::new(Place::Index, 0, offset)
                }
                _ => raw.name,
            },
            ..raw
        }));
    }
    all.par_sort_unstable();
    (all, own)
}

/// The entries that have their names at the same place, by the hashes of their names. What has no
/// bytes is left out.
fn group<'a>(
    all: &[RawName],
    bytes_of: impl Fn(NameRef) -> Option<&'a [u8]> + Sync,
) -> Option<Vec<Group>> {
    u32::try_from(all.len()).ok()?;
    let mut first = 0u32;
    let mut groups = Vec::new();
    for same in all.chunk_by(|a, b| a.name == b.name) {
        let count = u32::try_from(same.len()).ok()?;
        groups.push(Group {
            hash: 0,
            first,
            count,
        });
        first = first.checked_add(count)?;
    }
    groups.par_iter_mut().for_each(|group| {
        let bytes = all.get(group.first as usize);
        match bytes.and_then(|raw| bytes_of(raw.name)) {
            Some(bytes) => group.hash = format::hash(bytes),
            None => group.count = 0,
        }
    });
    groups.retain(|group| group.count > 0);
    groups.par_sort_unstable_by_key(|group| u64::from(group.hash) << 32 | u64::from(group.first));
    Some(groups)
}

/// The parts of an index.
#[derive(Default)]
struct Names {
    /// The hash, the first entry and the place of each.
    names: Vec<(u32, u32, NameRef)>,
    entries: Vec<u64>,
    own: Vec<u8>,
}

impl Names {
    fn add(
        &mut self,
        hash: u32,
        name: NameRef,
        own: Option<&[u8]>,
        entries: impl Iterator<Item = u64>,
    ) {
        let start = self.entries.len();
        self.entries.extend(entries);
        if let Some(new) = self.entries.get_mut(start..) {
            new.sort_unstable();
        }
        let place = match own {
            Some(bytes) => {
                let offset = self.own.len() as u64;
                self.own.extend_from_slice(bytes);
                self.own.push(0);
                NameRef::new(Place::Index, 0, offset)
            }
            None => name,
        };
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        self.names.push((hash, start, place));
    }

    fn write(self, header: Header) -> Option<Vec<u8>> {
        let header = Header {
            names: u32::try_from(self.names.len()).ok()?,
            entries: u32::try_from(self.entries.len()).ok()?,
            own: u32::try_from(self.own.len()).ok()?,
            ..header
        };
        let [.., size] = header.layout()?;
        let mut bytes = Vec::with_capacity(size);
        bytes.extend(header.write(0));
        let mut starts = vec![0u32; header.starts() + 1];
        for (hash, ..) in &self.names {
            if let Some(after) = starts.get_mut(header.start_of(*hash) + 1) {
                *after = after.saturating_add(1);
            }
        }
        let mut sum = 0u32;
        for start in starts {
            sum = sum.saturating_add(start);
            bytes.extend(sum.to_le_bytes());
        }
        for (hash, first, name) in &self.names {
            bytes.extend(hash.to_le_bytes());
            bytes.extend(first.to_le_bytes());
            bytes.extend(name.as_u64().to_le_bytes());
        }
        for entry in self.entries {
            bytes.extend(entry.to_le_bytes());
        }
        bytes.extend(self.own);
        let hash = hash_bytes(bytes.get(format::HEADER_SIZE..)?);
        bytes.splice(..format::HEADER_SIZE, header.write(hash));
        Some(bytes)
    }
}
