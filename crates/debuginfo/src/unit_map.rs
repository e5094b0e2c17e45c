use crate::die::DieId;
use crate::ranges::RangeAttributes;
use crate::sources::SourceKind;
use crate::unit::UnitIndex;
use crate::units::Units;

/// Ranges of all units. Those of a damaged file may all share one long list.
const MAX_RANGES: usize = 1 << 22;

/// Which unit has the code at an address.
///
/// From `.debug_aranges` for the units that have a set there, from `DW_AT_ranges` or
/// `DW_AT_low_pc` for the others (Clang writes no `.debug_aranges`).
pub(crate) struct UnitMap {
    /// By start. Ranges may overlap in odd files; then the one that starts last counts.
    ranges: Vec<UnitRange>,
}

struct UnitRange {
    start: u64,
    end: u64,
    /// The largest end of this and all earlier ranges.
    furthest: u64,
    unit: UnitIndex,
}

impl UnitMap {
    pub(crate) fn new(units: &Units<'_>) -> Self {
        let mut map = Self { ranges: Vec::new() };
        let mut covered = vec![false; units.indices().len()];
        let Some(dwarf) = units.main_dwarf() else {
            return map;
        };
        let mut sets = dwarf.debug_aranges.headers();
        while let Ok(Some(set)) = sets.next() {
            let unit = DieId::from_u64(set.debug_info_offset().0 as u64);
            let Some(unit) = units.find_unit(unit) else {
                continue;
            };
            let mut entries = set.entries();
            while let Ok(Some(entry)) = entries.next() {
                map.push(
                    unit,
                    entry.address(),
                    entry.address().checked_add(entry.length()),
                );
                if let Some(covered) = covered.get_mut(unit.0 as usize) {
                    *covered = true;
                }
            }
        }
        for (index, covered) in units.indices().zip(covered) {
            // Skeletons say where the code of split units is.
            if !covered && units.kind(index) == SourceKind::Main {
                map.add_unit(units, index);
            }
        }
        map.ranges.sort_by_key(|range| (range.start, range.end));
        let mut furthest = 0;
        for range in &mut map.ranges {
            furthest = range.end.max(furthest);
            range.furthest = furthest;
        }
        map
    }

    /// Adds the ranges that the unit's first entry tells. A damaged unit has none.
    fn add_unit(&mut self, units: &Units<'_>, index: UnitIndex) {
        let Ok(unit) = units.unit(index) else { return };
        let Ok(root) = unit.entry(unit.header.root_offset()) else {
            return;
        };
        let mut ranges = RangeAttributes::default();
        for attribute in root.attrs() {
            ranges.take(attribute);
        }
        let limit = MAX_RANGES.saturating_sub(self.ranges.len());
        ranges.for_first(limit, unit, |range| {
            self.push(index, range.start, Some(range.end));
        });
    }

    fn push(&mut self, unit: UnitIndex, start: u64, end: Option<u64>) {
        // Address 0 is where linkers put the ranges of sections that they dropped.
        if let Some(end) = end
            && start != 0
            && start < end
        {
            self.ranges.push(UnitRange {
                start,
                end,
                furthest: end,
                unit,
            });
        }
    }

    pub(crate) fn find(&self, address: u64) -> Option<UnitIndex> {
        let after = self.ranges.partition_point(|range| range.start <= address);
        self.ranges
            .get(..after)?
            .iter()
            .rev()
            .take_while(|range| address < range.furthest)
            .find(|range| address < range.end)
            .map(|range| range.unit)
    }
}
