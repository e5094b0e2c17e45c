use crate::die::DieId;
use crate::dwarf::{Dwarf, Slice};
use crate::line_tables::{LineTable, UnitLines};
use gimli::UnitOffset;
use std::ops::Deref;
use std::sync::Arc;

/// A unit with its abbreviations, parsed, and the sections that it refers to.
pub struct Unit<'a> {
    pub(crate) unit: gimli::Unit<Slice<'a>>,
    pub(crate) dwarf: Arc<Dwarf<'a>>,
    /// The line table: of a split unit the skeleton's.
    pub(crate) lines: UnitLines<'a>,
    /// The sections that the line table refers to.
    pub(crate) line_dwarf: Arc<Dwarf<'a>>,
    /// Where its section starts.
    pub(crate) base: DieId,
}

impl<'a> Deref for Unit<'a> {
    type Target = gimli::Unit<Slice<'a>>;

    fn deref(&self) -> &Self::Target {
        &self.unit
    }
}

impl<'a> Unit<'a> {
    /// The sections that attributes of the unit refer to.
    #[must_use]
    pub fn dwarf(&self) -> &Dwarf<'a> {
        &self.dwarf
    }

    /// The line table, if the unit has one whose header is sound.
    pub(crate) fn lines(&self) -> Option<&Arc<LineTable<'a>>> {
        self.lines.get(&self.line_dwarf, &self.unit)
    }

    /// The sections that the unit's line table refers to.
    #[must_use]
    pub fn line_dwarf(&self) -> &Dwarf<'a> {
        &self.line_dwarf
    }

    /// The entry at an offset in the unit.
    #[must_use]
    pub fn die_id(&self, offset: UnitOffset) -> DieId {
        self.base
            .plus(offset.to_unit_section_offset(&self.unit.header).0)
    }

    /// The entry at an offset in the unit's section.
    pub(crate) fn die_in_section(&self, offset: usize) -> DieId {
        self.base.plus(offset)
    }

    /// Where an entry is in the unit, if it is in there.
    pub(crate) fn offset_of(&self, die: DieId) -> Option<UnitOffset> {
        let in_section = die.as_u64().checked_sub(self.base.as_u64())?;
        let in_section = usize::try_from(in_section).ok()?;
        gimli::UnitSectionOffset(in_section).to_unit_offset(&self.unit.header)
    }
}

/// Which unit of a file, in the order of [`DieId`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UnitIndex(pub(crate) u32);
