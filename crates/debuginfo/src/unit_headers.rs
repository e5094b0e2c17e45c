use crate::dwarf::{Slice, UnitHeader};
use gimli::{Format, Reader, SectionId, UnitSectionOffset};

/// The headers of the units in a section, in order. What says how long it is can be passed over
/// though nothing else of it is understood: a unit of a later version, or of an unknown kind.
pub(crate) struct UnitHeaders<'a> {
    id: SectionId,
    bytes: Slice<'a>,
    offset: usize,
}

/// A unit whose header cannot be read.
pub(crate) struct UnreadableUnit {
    /// Where it starts in the section.
    pub(crate) offset: usize,
    pub(crate) error: gimli::Error,
}

impl<'a> UnitHeaders<'a> {
    /// Those of a section of compilation units, or of type units (`.debug_types`).
    pub(crate) fn new(id: SectionId, bytes: Slice<'a>) -> Self {
        Self {
            id,
            bytes,
            offset: 0,
        }
    }

    fn parse(&self, mut rest: Slice<'a>) -> gimli::Result<UnitHeader<'a>> {
        let parsed = match self.id {
            SectionId::DebugTypes => gimli::DebugTypes::from(rest).units().next(),
            _ => gimli::DebugInfo::from(rest).units().next(),
        };
        let header = parsed?.ok_or(gimli::Error::UnexpectedEof(rest.offset_id()))?;
        // It was parsed as if the section started with it.
        rest.skip(header.size_of_header())?;
        let size = header.length_including_self();
        let entries = rest.split(size.saturating_sub(header.size_of_header()))?;
        Ok(UnitHeader::new(
            header.encoding(),
            header.unit_length(),
            header.type_(),
            header.debug_abbrev_offset(),
            self.id,
            UnitSectionOffset(self.offset),
            entries,
        ))
    }
}

impl<'a> Iterator for UnitHeaders<'a> {
    type Item = Result<UnitHeader<'a>, UnreadableUnit>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.bytes;
        rest.skip(self.offset).ok()?;
        if rest.is_empty() {
            return None;
        }
        let offset = self.offset;
        let parsed = self.parse(rest);
        self.offset = match size(rest) {
            Some(size) => offset.saturating_add(size),
            None => self.bytes.len(),
        };
        Some(parsed.map_err(|error| UnreadableUnit { offset, error }))
    }
}

/// The size of the unit that starts here, if it says so and there are so many bytes.
fn size(unit: Slice<'_>) -> Option<usize> {
    let mut rest = unit;
    let (length, format) = rest.read_initial_length().ok()?;
    let prefix: usize = match format {
        Format::Dwarf32 => 4,
        Format::Dwarf64 => 12,
    };
    let size = prefix.checked_add(length)?;
    (size <= unit.len()).then_some(size)
}
