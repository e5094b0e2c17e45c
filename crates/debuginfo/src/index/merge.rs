use super::format::{self, ENTRY_SIZE, Header, NAME_SIZE};
use super::name_ref::{NameRef, Place, c_str};
use super::raw::{RawName, RawNames};
use crate::die::DieId;
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

/// Names fall into this many buckets, by the first bits of their hashes: enough for an even load.
const BUCKETS: usize = 1 << BUCKET_BITS;
const BUCKET_BITS: u32 = 6;

/// An index in its format; `None` if there are too many names.
pub(super) fn merge(
    strings: &NameBytes<'_>,
    parts: Vec<RawNames>,
    header: Header,
) -> Option<Vec<u8>> {
    let parts: Vec<Part> = parts
        .into_par_iter()
        .enumerate()
        .map(|(number, part)| Part::new(strings, number, part))
        .collect();
    let all = Parts {
        strings,
        all: &parts,
    };
    let buckets: Vec<Bucket> = (0..BUCKETS)
        .into_par_iter()
        .map(|bucket| Bucket::new(all, bucket))
        .collect();
    // Of the parts, nothing else is needed any more.
    let own: Vec<_> = parts.into_iter().map(|part| part.own).collect();
    write(&buckets, &own, header)
}

/// The names of some units.
struct Part {
    /// Sorted by where they stand.
    names: Vec<RawName>,
    /// The bytes of those that stand nowhere in the file.
    own: Vec<u8>,
    /// Those that stand at one place, sorted by hash.
    groups: Vec<Group>,
}

/// Entries of a part that have their name at the same place.
#[derive(Clone, Copy)]
struct Group {
    hash: u32,
    /// The number of the part, where in it the first one is, and how many there are.
    part: u32,
    first: u32,
    count: u32,
}

impl Part {
    /// Names without bytes are left out.
    fn new(strings: &NameBytes<'_>, number: usize, part: RawNames) -> Self {
        let RawNames { mut names, own, .. } = part;
        let part = u32::try_from(number).unwrap_or(u32::MAX);
        // In the order in which they stand in the file, they are read faster.
        names.sort_unstable();
        let mut groups = Vec::with_capacity(names.len());
        let mut first = 0u32;
        for same in names.chunk_by(|a, b| a.name == b.name) {
            let count = u32::try_from(same.len()).unwrap_or(u32::MAX);
            let bytes = same.first().and_then(|raw| strings.get(raw.name, &own));
            if let Some(hash) = bytes.map(format::hash) {
                groups.push(Group {
                    hash,
                    part,
                    first,
                    count,
                });
            }
            first = first.saturating_add(count);
        }
        groups.sort_unstable_by_key(|group| (group.hash, group.first));
        Self { names, own, groups }
    }

    fn bucket(&self, bucket: usize) -> &[Group] {
        let from = |bucket: usize| {
            let bucket_of = |group: &Group| (group.hash >> (u32::BITS - BUCKET_BITS)) as usize;
            self.groups
                .partition_point(|group| bucket_of(group) < bucket)
        };
        let range = from(bucket)..from(bucket.saturating_add(1));
        self.groups.get(range).unwrap_or_default()
    }

    fn group(&self, group: &Group) -> &[RawName] {
        let first = group.first as usize;
        let end = first.saturating_add(group.count as usize);
        self.names.get(first..end).unwrap_or_default()
    }
}

/// Names whose hashes start with the same bits.
struct Bucket {
    names: Vec<Name>,
    entries: Vec<u64>,
    /// How many bytes the names have that stand nowhere in the file, each with a NUL.
    own: usize,
}

/// A name with so many entries.
struct Name {
    hash: u32,
    entries: u32,
    /// Of one that stands nowhere in the file: in which part, as if that were a file.
    name: NameRef,
}

/// What buckets are made of.
#[derive(Clone, Copy)]
struct Parts<'a> {
    strings: &'a NameBytes<'a>,
    all: &'a [Part],
}

impl<'a> Parts<'a> {
    fn entries(self, group: &Group) -> &'a [RawName] {
        let part = self.all.get(group.part as usize);
        part.map_or(&[], |part| part.group(group))
    }

    fn bytes(self, group: &Group) -> Option<&'a [u8]> {
        let name = self.entries(group).first()?.name;
        let own = self.all.get(group.part as usize)?;
        self.strings.get(name, &own.own)
    }

    fn name(self, group: &Group) -> Option<NameRef> {
        let name = self.entries(group).first()?.name;
        Some(match name.place() {
            Some(Place::Index) => NameRef::new(Place::Index, group.part, name.offset() as u64),
            _ => name,
        })
    }
}

impl Bucket {
    fn new(parts: Parts<'_>, bucket: usize) -> Self {
        let groups = parts.all.iter().map(|part| part.bucket(bucket));
        let mut groups: Vec<Group> = groups.collect::<Vec<_>>().concat();
        // Those of each part are sorted already.
        groups.sort_by_key(|group| group.hash);
        let entries = groups.iter().map(|group| group.count as usize).sum();
        let mut names = Self {
            names: Vec::with_capacity(groups.len()),
            entries: Vec::with_capacity(entries),
            own: 0,
        };
        for same_hash in groups.chunk_by_mut(|a, b| a.hash == b.hash) {
            names.add_hash(parts, same_hash);
        }
        names
    }

    /// Adds names that have the same hash: nearly always they are one at one place.
    fn add_hash(&mut self, parts: Parts<'_>, groups: &mut [Group]) {
        let mut names = groups.iter().map(|group| parts.name(group));
        let first = names.next();
        if names.all(|name| Some(name) == first) {
            return self.add(parts, groups);
        }
        groups.sort_by_cached_key(|group| parts.bytes(group));
        for same_name in groups.chunk_by(|a, b| parts.bytes(a) == parts.bytes(b)) {
            self.add(parts, same_name);
        }
    }

    fn add(&mut self, parts: Parts<'_>, groups: &[Group]) {
        let Some((first, name)) = groups
            .first()
            .and_then(|first| Some((first, parts.name(first)?)))
        else {
            return;
        };
        if name.place() == Some(Place::Index) {
            let size = parts.bytes(first).map_or(0, <[u8]>::len);
            self.own = self.own.saturating_add(size).saturating_add(1);
        }
        let start = self.entries.len();
        for group in groups {
            let entries = parts.entries(group).iter();
            self.entries.extend(entries.map(|raw| raw.entry));
        }
        let entries = self.entries.get_mut(start..).unwrap_or_default();
        entries.sort_unstable();
        self.names.push(Name {
            hash: first.hash,
            entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
            name,
        });
    }
}

/// Puts the names of all buckets one behind the other. Those that stand nowhere in the file are in
/// `parts`.
fn write(buckets: &[Bucket], parts: &[Vec<u8>], header: Header) -> Option<Vec<u8>> {
    let sum = |size: fn(&Bucket) -> usize| {
        let sum: usize = buckets.iter().map(size).sum();
        u32::try_from(sum).ok()
    };
    let header = Header {
        names: sum(|bucket| bucket.names.len())?,
        entries: sum(|bucket| bucket.entries.len())?,
        own: sum(|bucket| bucket.own)?,
        ..header
    };
    let [_, names, entries, own, end] = header.layout()?;
    let mut bytes = vec![0; end];
    let (head, mut own) = bytes.split_at_mut_checked(own)?;
    let (head, mut entries) = head.split_at_mut_checked(entries)?;
    let (head, mut names) = head.split_at_mut_checked(names)?;
    write_starts(buckets, &header, head.get_mut(format::HEADER_SIZE..)?);
    let mut places = Vec::new();
    let (mut first_entry, mut first_own) = (0, 0);
    for bucket in buckets {
        places.push(BucketPlace {
            bucket,
            parts,
            first_entry,
            first_own,
            names: names.split_off_mut(..bucket.names.len().checked_mul(NAME_SIZE)?)?,
            entries: entries.split_off_mut(..bucket.entries.len().checked_mul(ENTRY_SIZE)?)?,
            own: own.split_off_mut(..bucket.own)?,
        });
        first_entry += bucket.entries.len();
        first_own += bucket.own;
    }
    places.into_par_iter().for_each(BucketPlace::write);
    let body = format::hash_body(bytes.get(format::HEADER_SIZE..)?);
    let head = bytes.get_mut(..format::HEADER_SIZE)?;
    head.copy_from_slice(&header.write(body));
    Some(bytes)
}

/// Writes for each value of the hash's first bits how many names have a smaller one.
fn write_starts(buckets: &[Bucket], header: &Header, out: &mut [u8]) {
    let mut counts = vec![0u32; header.starts().saturating_add(1)];
    for name in buckets.iter().flat_map(|bucket| &bucket.names) {
        if let Some(count) = counts.get_mut(header.start_of(name.hash)) {
            *count = count.saturating_add(1);
        }
    }
    let mut sum = 0u32;
    for (count, out) in counts.into_iter().zip(out.as_chunks_mut().0) {
        *out = sum.to_le_bytes();
        sum = sum.saturating_add(count);
    }
}

/// Where a bucket is written.
struct BucketPlace<'b> {
    bucket: &'b Bucket,
    parts: &'b [Vec<u8>],
    /// How many entries, and how many bytes of names, are in front of it.
    first_entry: usize,
    first_own: usize,
    names: &'b mut [u8],
    entries: &'b mut [u8],
    own: &'b mut [u8],
}

impl BucketPlace<'_> {
    fn write(mut self) {
        for (entry, out) in self
            .bucket
            .entries
            .iter()
            .zip(self.entries.as_chunks_mut().0)
        {
            *out = entry.to_le_bytes();
        }
        let names = std::mem::take(&mut self.names);
        let names = names.as_chunks_mut::<NAME_SIZE>().0;
        for (name, out) in self.bucket.names.iter().zip(names) {
            let place = match name.name.place() {
                Some(Place::Index) => self.write_own(name.name),
                _ => name.name,
            };
            let first_entry = u32::try_from(self.first_entry).unwrap_or(u32::MAX);
            *out = format::pack_name(name.hash, first_entry, place);
            self.first_entry = self.first_entry.saturating_add(name.entries as usize);
        }
    }

    /// Writes the bytes of a name that stands nowhere in the file. Returns where it is now.
    fn write_own(&mut self, name: NameRef) -> NameRef {
        let part = self.parts.get(name.source()).map_or(&[][..], Vec::as_slice);
        let bytes = c_str(part, name.offset()).unwrap_or_default();
        let size = bytes.len().saturating_add(1);
        if let Some(own) = self.own.split_off_mut(..size)
            && let Some((_nul, own)) = own.split_last_mut()
        {
            own.copy_from_slice(bytes);
        }
        let place = NameRef::new(Place::Index, 0, self.first_own as u64);
        self.first_own = self.first_own.saturating_add(size);
        place
    }
}
