use super::format::{self, ENTRY_SIZE, Header, NAME_SIZE};
use super::name_ref::{NameRef, Place, c_str};
use super::raw::{RawName, RawNames};
use crate::die::DieId;
use crate::sources::SourceSections;
use gimli::SectionId;
use rayon::prelude::*;

/// Where the bytes of names are while an index is made.
pub(super) struct NameBytes<'a> {
    /// `.debug_str` and `.debug_line_str` of each file.
    strings: Vec<[&'a [u8]; 2]>,
    /// Where the sections of units start, as entries are counted.
    units: Vec<(DieId, &'a [u8])>,
}

impl<'a> NameBytes<'a> {
    pub(super) fn new(sources: &'a [SourceSections], units: Vec<(DieId, &'a [u8])>) -> Self {
        let ids = [SectionId::DebugStr, SectionId::DebugLineStr];
        let strings = |source: &'a SourceSections| ids.map(|id| source.get(id).slice());
        Self {
            strings: sources.iter().map(strings).collect(),
            units,
        }
    }

    /// The bytes that a name is at the start of; `own` holds those that stand nowhere in the file.
    fn find<'b>(&'b self, name: NameRef, own: &'b [u8]) -> Option<&'b [u8]> {
        let [str, line_str] = *self.strings.get(name.source())?;
        match name.place()? {
            Place::Str => str.get(name.offset()..),
            Place::LineStr => line_str.get(name.offset()..),
            Place::Units => {
                let offset = name.offset() as u64;
                let after = self
                    .units
                    .partition_point(|(base, _)| base.as_u64() <= offset);
                let (base, bytes) = self.units.get(after.checked_sub(1)?)?;
                let offset = offset.checked_sub(base.as_u64())?;
                bytes.get(usize::try_from(offset).ok()?..)
            }
            Place::Index => own.get(name.offset()..),
        }
    }

    /// The bytes of a name.
    fn get<'b>(&'b self, name: NameRef, own: &'b [u8]) -> Option<&'b [u8]> {
        c_str(self.find(name, own)?, 0)
    }
}

/// An index in its format; `None` if there are too many names.
pub(super) fn merge(
    strings: &NameBytes<'_>,
    parts: Vec<RawNames>,
    header: Header,
) -> Option<Vec<u8>> {
    let count: usize = parts.iter().map(|part| part.names.len()).sum();
    let split = Buckets::for_names(count);
    let parts: Vec<Part> = parts
        .into_par_iter()
        .map(|part| Part::new(strings, split, part))
        .collect();
    let all = AllNames {
        strings,
        parts: &parts,
    };
    let buckets: Vec<Bucket> = (0..split.count())
        .into_par_iter()
        .map(|bucket| Bucket::new(all, bucket))
        .collect();
    // Of the parts, nothing else is needed any more.
    let own: Vec<_> = parts.into_iter().map(|part| part.own).collect();
    write(&buckets, &own, header)
}

/// Names fall into buckets by the first bits of their hashes.
#[derive(Clone, Copy)]
struct Buckets {
    bits: u32,
}

impl Buckets {
    /// With so few names in each that what is done with them stays in the nearest cache.
    fn for_names(count: usize) -> Self {
        const SIZE: usize = 512;
        const MAX_BITS: u32 = 12;
        Self {
            bits: (count / SIZE).max(1).ilog2().min(MAX_BITS),
        }
    }

    fn count(self) -> usize {
        1 << self.bits
    }

    fn find(self, hash: u32) -> usize {
        // All bits of the hash cannot be shifted out at once.
        (u64::from(hash) << self.bits >> u32::BITS) as usize
    }

    /// Puts names in the order of their buckets, in no order within them. Returns where each ends.
    fn sort(self, names: &mut [RawName], hashes: &mut [u32]) -> Vec<usize> {
        let mut ends = vec![0; self.count()];
        for hash in &*hashes {
            if let Some(count) = ends.get_mut(self.find(*hash)) {
                *count += 1;
            }
        }
        let mut next = Vec::with_capacity(ends.len());
        let mut sum = 0;
        for end in &mut ends {
            next.push(sum);
            sum += *end;
            *end = sum;
        }
        for (bucket, end) in ends.iter().enumerate() {
            // Each name that is swapped away from here is at its place then.
            while let Some(here) = next.get(bucket).copied().filter(|here| here < end)
                && let Some(hash) = hashes.get(here).copied()
                && let Some(next) = next.get_mut(self.find(hash))
            {
                let there = *next;
                *next += 1;
                names.swap(here, there);
                hashes.swap(here, there);
            }
        }
        ends
    }
}

/// The names of some units by buckets.
struct Part {
    names: Vec<RawName>,
    hashes: Vec<u32>,
    /// Where each bucket ends.
    ends: Vec<usize>,
    /// The bytes of names that stand nowhere in the file.
    own: Vec<u8>,
}

/// The bytes of names are all over their section. To ask for those of so many names takes hardly more
/// time than for those of one, as long as nothing depends on what they are.
const READ_TOGETHER: usize = 32;

impl Part {
    /// Names without bytes are left out.
    fn new(strings: &NameBytes<'_>, split: Buckets, part: RawNames) -> Self {
        let RawNames { mut names, own, .. } = part;
        let (mut hashes, mut nameless) = (Vec::with_capacity(names.len()), Vec::new());
        for names in names.chunks(READ_TOGETHER) {
            for raw in names {
                let bytes = strings.find(raw.name, &own);
                std::hint::black_box(bytes.and_then(<[u8]>::first).copied());
            }
            for raw in names {
                let bytes = strings.get(raw.name, &own);
                if bytes.is_none() {
                    nameless.push(hashes.len());
                }
                hashes.push(bytes.map_or(0, format::hash));
            }
        }
        for place in nameless.into_iter().rev() {
            names.swap_remove(place);
            hashes.swap_remove(place);
        }
        Self {
            ends: split.sort(&mut names, &mut hashes),
            names,
            hashes,
            own,
        }
    }

    /// The names of a bucket with their hashes.
    fn bucket(&self, bucket: usize) -> impl Iterator<Item = (u32, &RawName)> {
        let end = |bucket: usize| self.ends.get(bucket).copied().unwrap_or(0);
        let range = bucket.checked_sub(1).map_or(0, end)..end(bucket);
        let hashes = self.hashes.get(range.clone()).unwrap_or_default();
        let names = self.names.get(range).unwrap_or_default();
        hashes.iter().copied().zip(names)
    }
}

/// A name with its hash. Of one that stands nowhere in the file, `name` says in which part it is, as if
/// that were a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct HashedName {
    hash: u32,
    name: NameRef,
    entry: u64,
}

/// Where a name stands that stands nowhere in the file.
fn own_name(part: usize, offset: usize) -> NameRef {
    let part = u32::try_from(part).unwrap_or(u32::MAX);
    NameRef::new(Place::Index, part, offset as u64)
}

/// What buckets are made of.
#[derive(Clone, Copy)]
struct AllNames<'a> {
    strings: &'a NameBytes<'a>,
    parts: &'a [Part],
}

impl<'a> AllNames<'a> {
    fn bytes(self, name: NameRef) -> Option<&'a [u8]> {
        match name.place() {
            Some(Place::Index) => c_str(&self.parts.get(name.source())?.own, name.offset()),
            _ => self.strings.get(name, &[]),
        }
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
    name: NameRef,
}

impl Bucket {
    fn new(all: AllNames<'_>, bucket: usize) -> Self {
        let mut sorted: Vec<HashedName> = Vec::new();
        for (number, part) in all.parts.iter().enumerate() {
            sorted.extend(part.bucket(bucket).map(|(hash, raw)| HashedName {
                hash,
                name: match raw.name.place() {
                    Some(Place::Index) => own_name(number, raw.name.offset()),
                    _ => raw.name,
                },
                entry: raw.entry,
            }));
        }
        sorted.sort_unstable();
        let mut names = Self {
            names: Vec::with_capacity(sorted.len()),
            entries: Vec::with_capacity(sorted.len()),
            own: 0,
        };
        for same_hash in sorted.chunk_by_mut(|a, b| a.hash == b.hash) {
            names.add_hash(all, same_hash);
        }
        names
    }

    /// Adds names that have the same hash: nearly always they are one at one place.
    fn add_hash(&mut self, all: AllNames<'_>, names: &mut [HashedName]) {
        let mut places = names.iter().map(|other| other.name);
        let first = places.next();
        if places.all(|place| Some(place) == first) {
            return self.add(all, names);
        }
        names.sort_by_cached_key(|name| all.bytes(name.name));
        for same in names.chunk_by(|a, b| all.bytes(a.name) == all.bytes(b.name)) {
            self.add(all, same);
        }
    }

    fn add(&mut self, all: AllNames<'_>, same: &[HashedName]) {
        let Some(first) = same.first() else {
            return;
        };
        if first.name.place() == Some(Place::Index) {
            let size = all.bytes(first.name).map_or(0, <[u8]>::len);
            self.own = self.own.saturating_add(size).saturating_add(1);
        }
        let start = self.entries.len();
        self.entries.extend(same.iter().map(|name| name.entry));
        let entries = self.entries.get_mut(start..).unwrap_or_default();
        entries.sort_unstable();
        self.names.push(Name {
            hash: first.hash,
            entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
            name: first.name,
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
    let mut places = Vec::with_capacity(buckets.len());
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
    let mut starts = out.as_chunks_mut().0.iter_mut();
    let (mut written, mut number) = (0, 0u32);
    for name in buckets.iter().flat_map(|bucket| &bucket.names) {
        let through = header.start_of(name.hash).saturating_add(1);
        for start in starts.by_ref().take(through.saturating_sub(written)) {
            *start = number.to_le_bytes();
        }
        written = through;
        number = number.saturating_add(1);
    }
    for start in starts {
        *start = number.to_le_bytes();
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
        let place = own_name(0, self.first_own);
        self.first_own = self.first_own.saturating_add(size);
        place
    }
}
