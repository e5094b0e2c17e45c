use crate::dwarf::Slice;
use crate::ranges::{MAX_RANGES, RangeAttributes};
use crate::unit::Unit;
use crate::{DebugInfoError, DieId, UnitIndex, Units};
use gimli::{Abbreviation, AttributeValue, EntriesRaw, UnitOffset, constants as dw};

/// The functions of a unit that have code, by address.
pub(super) struct UnitFunctions {
    /// By start. They do not overlap in sound files.
    ranges: Vec<FunctionRange>,
}

/// Which functions of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Nesting {
    /// Those at file scope and in namespaces: nearly all, and what is in them can be skipped.
    Outermost,
    /// Those inside of others, too: GNU C nests them, and methods of local classes stand there.
    Any,
}

struct FunctionRange {
    start: u64,
    end: u64,
    offset: UnitOffset,
}

impl UnitFunctions {
    /// Those among the entries at these places, which stand in the unit.
    pub(super) fn at(
        units: &Units<'_>,
        index: UnitIndex,
        places: &[DieId],
    ) -> Result<Self, DebugInfoError> {
        let unit = units.unit(index)?;
        let mut functions = Self { ranges: Vec::new() };
        for offset in places.iter().filter_map(|die| unit.offset_of(*die)) {
            // What can be read of a damaged unit counts.
            let _ = functions.read(unit, offset);
        }
        Ok(functions.sorted())
    }

    /// Goes over the entries of a unit that may hold functions.
    pub(super) fn scan(
        units: &Units<'_>,
        index: UnitIndex,
        nesting: Nesting,
    ) -> Result<Self, DebugInfoError> {
        let unit = units.unit(index)?;
        let mut functions = Self { ranges: Vec::new() };
        let _ = functions.scan_unit(unit, nesting);
        Ok(functions.sorted())
    }

    fn sorted(mut self) -> Self {
        self.ranges.sort_by_key(|range| range.start);
        self
    }

    fn read(&mut self, unit: &Unit<'_>, offset: UnitOffset) -> Result<(), gimli::Error> {
        let mut entries = unit.entries_raw(Some(offset))?;
        if let Some(abbreviation) = entries.read_abbreviation()?
            && abbreviation.tag() == dw::DW_TAG_subprogram
        {
            let attributes = Attributes::read(&mut entries, abbreviation)?;
            self.add(unit, offset, &attributes.ranges);
        }
        Ok(())
    }

    fn scan_unit(&mut self, unit: &Unit<'_>, nesting: Nesting) -> Result<(), gimli::Error> {
        let mut entries = unit.entries_raw(None)?;
        while !entries.is_empty() && self.ranges.len() < MAX_RANGES {
            let offset = entries.next_offset();
            let Some(abbreviation) = entries.read_abbreviation()? else {
                continue;
            };
            let tag = abbreviation.tag();
            let attributes = Attributes::read(&mut entries, abbreviation)?;
            if tag == dw::DW_TAG_subprogram {
                self.add(unit, offset, &attributes.ranges);
            }
            if abbreviation.has_children()
                && !may_hold_functions(tag, nesting)
                && let Some(next) = attributes.sibling
                && next.0 > entries.next_offset().0
            {
                entries = unit.entries_raw(Some(next))?;
            }
        }
        Ok(())
    }

    fn add<'a>(&mut self, unit: &Unit<'a>, offset: UnitOffset, attributes: &RangeAttributes<'a>) {
        attributes.for_each(unit, |range| {
            // Address 0 is where linkers put what they dropped.
            if range.start != 0 && self.ranges.len() < MAX_RANGES {
                self.ranges.push(FunctionRange {
                    start: range.start,
                    end: range.end,
                    offset,
                });
            }
        });
    }

    /// The function that has code at `pc`.
    pub(super) fn find(&self, pc: u64) -> Option<UnitOffset> {
        let after = self.ranges.partition_point(|range| range.start <= pc);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        (pc < range.end).then_some(range.offset)
    }
}

/// What is looked at of an entry.
#[derive(Default)]
struct Attributes<'a> {
    ranges: RangeAttributes<'a>,
    sibling: Option<UnitOffset>,
}

impl<'a> Attributes<'a> {
    fn read(
        entries: &mut EntriesRaw<'_, Slice<'a>>,
        abbreviation: &Abbreviation,
    ) -> Result<Self, gimli::Error> {
        let mut attributes = Self::default();
        let is_function = abbreviation.tag() == dw::DW_TAG_subprogram;
        // Of large units most entries are types, and of these all attributes but one are passed over.
        let is_wanted = |name| match name {
            dw::DW_AT_sibling => abbreviation.has_children(),
            dw::DW_AT_low_pc | dw::DW_AT_high_pc | dw::DW_AT_ranges => is_function,
            _ => false,
        };
        let mut rest = abbreviation.attributes();
        while let Some(next) = rest.iter().position(|it| is_wanted(it.name())) {
            let (before, behind) = rest.split_at(next);
            entries.skip_attributes(before)?;
            let Some((wanted, behind)) = behind.split_first() else {
                break;
            };
            let attribute = entries.read_attribute(*wanted)?;
            match (attribute.name(), attribute.raw_value()) {
                (dw::DW_AT_sibling, AttributeValue::UnitRef(next)) => {
                    attributes.sibling = Some(next);
                }
                _ => attributes.ranges.take(&attribute),
            }
            rest = behind;
        }
        entries.skip_attributes(rest)?;
        Ok(attributes)
    }
}

fn may_hold_functions(tag: gimli::DwTag, nesting: Nesting) -> bool {
    match tag {
        dw::DW_TAG_compile_unit
        | dw::DW_TAG_partial_unit
        | dw::DW_TAG_type_unit
        | dw::DW_TAG_skeleton_unit
        | dw::DW_TAG_namespace
        | dw::DW_TAG_module => true,
        dw::DW_TAG_structure_type
        | dw::DW_TAG_class_type
        | dw::DW_TAG_union_type
        | dw::DW_TAG_subprogram
        | dw::DW_TAG_lexical_block => nesting == Nesting::Any,
        _ => false,
    }
}
