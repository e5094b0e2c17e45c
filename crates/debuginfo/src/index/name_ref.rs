use crate::sources::Sources;
use gimli::SectionId;

/// Where a name stands: which file's which section, and an offset, in one number.
///
/// Most names are in `.debug_str`, where the linker keeps each once; short ones are in the entry
/// itself. Names in namespaces (`A::B`) stand nowhere in the file; the index holds them itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct NameRef(u64);

/// The places of names. `.debug_str` is first, so that it sorts before the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Str,
    LineStr,
    /// A section of units, at an offset that is counted as entries are.
    Units,
    Index,
}

const PLACE_SHIFT: u32 = 60;
const SOURCE_SHIFT: u32 = 40;
/// Files that go with a file, at most.
pub(super) const MAX_SOURCES: u32 = 1 << (PLACE_SHIFT - SOURCE_SHIFT);

impl NameRef {
    /// A name in the file with this number.
    pub(super) fn new(place: Place, source: u32, offset: u64) -> Self {
        let source = u64::from(source % MAX_SOURCES) << SOURCE_SHIFT;
        Self(u64::from(place as u8) << PLACE_SHIFT | source | offset & ((1 << SOURCE_SHIFT) - 1))
    }

    pub(super) fn from_u64(number: u64) -> Self {
        Self(number)
    }

    pub(super) fn as_u64(self) -> u64 {
        self.0
    }

    pub(super) fn place(self) -> Option<Place> {
        Some(match self.0 >> PLACE_SHIFT {
            0 => Place::Str,
            1 => Place::LineStr,
            2 => Place::Units,
            3 => Place::Index,
            _ => return None,
        })
    }

    pub(super) fn source(self) -> usize {
        (self.0 >> SOURCE_SHIFT) as usize % MAX_SOURCES as usize
    }

    pub(super) fn offset(self) -> usize {
        usize::try_from(self.0 & ((1 << SOURCE_SHIFT) - 1)).unwrap_or(usize::MAX)
    }

    /// The bytes of the name, without NUL; `own` holds the index's own names.
    pub(super) fn bytes<'a>(self, sources: &'a Sources, own: &'a [u8]) -> Option<&'a [u8]> {
        let strings = |id| sources.file(self.source())?.strings(id);
        match self.place()? {
            Place::Str => c_str(strings(SectionId::DebugStr)?, self.offset()),
            Place::LineStr => c_str(strings(SectionId::DebugLineStr)?, self.offset()),
            Place::Units => c_str(sources.unit_bytes(self.offset() as u64)?, 0),
            Place::Index => c_str(own, self.offset()),
        }
    }
}

/// Names that are longer are left out: they would make indexing a damaged file endless.
const MAX_NAME: usize = 1 << 14;

/// The bytes from `offset` up to the next NUL, if it is not too far.
pub(super) fn c_str(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    let rest = rest.get(..MAX_NAME).unwrap_or(rest);
    let length = memchr::memchr(0, rest)?;
    rest.get(..length)
}
