use super::IndexEntry;
use super::format::{self, Depth, ENTRY_SIZE, Header, NAME_SIZE};
use super::kind::NameKind;
use super::name_ref::NameRef;
use crate::die::DieId;
use crate::sources::Sources;
use spelunk_elf::SectionData;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// A name that is looked for, in many files perhaps.
#[derive(Debug)]
pub(crate) struct NameKey<'a> {
    name: Cow<'a, str>,
    hash: u32,
}

impl<'a> NameKey<'a> {
    pub(crate) fn new(name: impl Into<Cow<'a, str>>) -> Self {
        let name = name.into();
        Self {
            hash: format::hash(name.as_bytes()),
            name,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn hash(&self) -> u32 {
        self.hash
    }

    /// Whether it may be the name of something in a namespace or a class. What is at file scope may be called so as well:
    /// `Box<A::B>`, and in Rust `dyn A::B`.
    pub(crate) fn may_be_in_scope(&self) -> bool {
        self.name.contains("::")
    }
}

/// Names in the index's format.
pub(super) struct Names {
    bytes: SectionData,
    header: Header,
    /// Where the starts, the names, the entries and the own names begin, and where all ends.
    layout: [usize; 5],
    sources: Arc<Sources>,
}

impl Names {
    /// An index for `sources` in these bytes; `None` if they are none, or damaged.
    pub(super) fn parse(sources: &Arc<Sources>, depth: Depth, bytes: SectionData) -> Option<Self> {
        let (_, hash) = Header::parse(&bytes)?;
        let body = bytes.get(format::HEADER_SIZE..)?;
        let is_whole = format::hash_body(body) == hash;
        is_whole
            .then(|| Self::believe(sources, depth, bytes))
            .flatten()
    }

    /// As `parse`, of bytes whose hash is right: whoever can write the file can make it so.
    pub(super) fn believe(
        sources: &Arc<Sources>,
        depth: Depth,
        bytes: SectionData,
    ) -> Option<Self> {
        let (header, _) = Header::parse(&bytes)?;
        let layout = header.layout()?;
        let [.., end] = layout;
        let good = header.depth == depth
            && header.sections == format::section_sizes(sources.main())
            && end == bytes.len()
            && sources.has_fingerprint(header.fingerprint);
        good.then_some(Self {
            bytes,
            header,
            layout,
            sources: Arc::clone(sources),
        })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn is_of_one_file(&self) -> bool {
        self.header.fingerprint == 0
    }

    /// Whether there are names in namespaces and classes.
    pub(super) fn has_scopes(&self) -> bool {
        self.header.has_scopes
    }

    /// Whether the names in one of these namespaces are names at file scope, too.
    pub(super) fn has_open_scopes(&self) -> bool {
        self.header.has_open_scopes
    }

    pub(super) fn counts(&self) -> (usize, usize) {
        (self.header.names as usize, self.header.entries as usize)
    }

    /// The entries called `name`, in the order of the file, types units last.
    pub(super) fn find(&self, key: &NameKey<'_>) -> impl Iterator<Item = IndexEntry> {
        self.numbers(key.hash)
            .filter(move |number| {
                self.name(*number).is_some_and(|(found, _, place)| {
                    found == key.hash && self.bytes_of(place) == Some(key.name.as_bytes())
                })
            })
            .flat_map(|number| self.entries(number))
    }

    /// The hashes of the names whose hashes start with these eight bits.
    pub(super) fn hashes(&self, start: u8) -> impl Iterator<Item = u32> + '_ {
        let lowest = u32::from(start) << 24;
        let (first, last) = (self.numbers(lowest), self.numbers(lowest | 0x00ff_ffff));
        (first.start..last.end)
            .filter_map(|number| Some(self.name(number)?.0))
            .filter(move |hash| hash >> 24 == u32::from(start))
    }

    /// All names, in no order, with their entries.
    pub(super) fn iter(
        &self,
    ) -> impl Iterator<Item = (&[u8], impl Iterator<Item = IndexEntry> + '_)> + '_ {
        (0..self.header.names as usize).filter_map(move |number| {
            let (.., place) = self.name(number)?;
            Some((self.bytes_of(place)?, self.entries(number)))
        })
    }

    /// Where all entries of a kind are, in no order.
    pub(super) fn of_kind(&self, kind: NameKind) -> impl Iterator<Item = DieId> + '_ {
        let [_, _, entries, own, _] = self.layout;
        self.unpack(entries..own)
            .filter(move |entry| entry.kind == kind)
            .map(|entry| entry.die)
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
        self.unpack(first_of(number)..first_of(number.saturating_add(1)))
    }

    /// The entries that stand in these bytes.
    fn unpack(&self, range: Range<usize>) -> impl Iterator<Item = IndexEntry> + '_ {
        let bytes = self.bytes.get(range).unwrap_or(&[]);
        bytes
            .as_chunks::<ENTRY_SIZE>()
            .0
            .iter()
            .filter_map(|entry| format::unpack_entry(u64::from_le_bytes(*entry)))
    }

    fn bytes_of(&self, place: NameRef) -> Option<&[u8]> {
        let [.., own, _] = self.layout;
        let own = self.bytes.get(own..).unwrap_or(&[]);
        place.bytes(&self.sources, own)
    }
}
