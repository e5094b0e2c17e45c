use crate::dwarf::Slice;
use crate::unit::Unit;
use gimli::{Attribute, AttributeValue, constants as dw};
use std::ops::Range;

/// Ranges that a function with all that is in it has at most, or all functions of a unit. Entries of
/// a damaged file may all share one long list.
pub(crate) const MAX_RANGES: usize = 1 << 20;

/// Ranges of one entry.
const MAX_RANGES_OF_ENTRY: usize = 1 << 12;

/// The attributes that say which addresses an entry has, picked while its attributes are read
/// (DWARF 5, section 2.17).
#[derive(Default)]
pub(crate) struct RangeAttributes<'a> {
    low: Option<AttributeValue<Slice<'a>>>,
    high: Option<AttributeValue<Slice<'a>>>,
    ranges: Option<AttributeValue<Slice<'a>>>,
}

impl<'a> RangeAttributes<'a> {
    /// Keeps `attribute` if it is one of them.
    pub(crate) fn take(&mut self, attribute: &Attribute<Slice<'a>>) {
        let slot = match attribute.name() {
            dw::DW_AT_low_pc => &mut self.low,
            dw::DW_AT_high_pc => &mut self.high,
            dw::DW_AT_ranges => &mut self.ranges,
            _ => return,
        };
        *slot = Some(attribute.value());
    }

    /// Calls `each` with the ranges that are not empty. Damaged ones are left out.
    pub(crate) fn for_each(&self, unit: &Unit<'a>, each: impl FnMut(Range<u64>)) {
        self.for_first(MAX_RANGES_OF_ENTRY, unit, each);
    }

    /// As [`for_each`](Self::for_each), with at most `limit` ranges.
    pub(crate) fn for_first(
        &self,
        limit: usize,
        unit: &Unit<'a>,
        mut each: impl FnMut(Range<u64>),
    ) {
        let dwarf = unit.dwarf();
        if let Some(value) = &self.ranges {
            let Ok(Some(mut ranges)) = dwarf.attr_ranges(unit, *value) else {
                return;
            };
            for _ in 0..limit {
                let Ok(Some(range)) = ranges.next() else {
                    break;
                };
                if range.begin < range.end {
                    each(range.begin..range.end);
                }
            }
        } else if let Some(low) = &self.low
            && let Some(high) = &self.high
            && let Ok(Some(start)) = dwarf.attr_address(unit, *low)
        {
            let end = match high.udata_value() {
                Some(size) => start.checked_add(size),
                None => dwarf.attr_address(unit, *high).ok().flatten(),
            };
            if let Some(end) = end
                && start < end
            {
                each(start..end);
            }
        }
    }
}
