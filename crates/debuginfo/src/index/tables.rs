use super::abbreviation::Abbreviations;
use super::forms::Sizes;
use super::scan_unit::ScanUnit;
use crate::abbreviation_tables::MAX_TABLE_OF_UNIT;
use spelunk_base::Cursor;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many bytes of abbreviations may be read, and were. A table is read once per unit that has it,
/// or once for units in a row that share it; only a file made for the purpose needs more than this.
pub(super) struct Budget {
    limit: u64,
    spent: AtomicU64,
}

impl Budget {
    /// For sections of this size, all together, of which the tables have so much; all units may share
    /// one, which each part of them then reads.
    pub(super) fn new(size: usize, tables: usize, parts: usize) -> Self {
        let limit = size.saturating_mul(16);
        let limit = limit.saturating_add(tables.saturating_mul(parts));
        Self {
            limit: limit as u64,
            spent: AtomicU64::new(0),
        }
    }
}

/// The last table of abbreviations that was read: units in a row may share it.
#[derive(Default)]
pub(super) struct Tables {
    last: Option<(TableKey, Abbreviations)>,
}

/// Where in memory the section is, where in it the table, and what its forms depend on.
type TableKey = (usize, usize, Sizes);

impl Tables {
    /// The abbreviations of a unit; `None` if more were read than a sound file has, and more than the
    /// unit may need.
    pub(super) fn get(&mut self, budget: &Budget, unit: &ScanUnit<'_>) -> Option<&Abbreviations> {
        let key = (unit.abbrev.as_ptr().addr(), unit.abbreviations, unit.sizes);
        if self.last.as_ref().is_none_or(|(last, _)| *last != key) {
            let own = unit.size().saturating_mul(MAX_TABLE_OF_UNIT);
            let is_in_budget = budget.spent.load(Ordering::Relaxed) < budget.limit;
            let limit = if is_in_budget { usize::MAX } else { own };
            let end = unit.abbreviations.saturating_add(limit);
            let bytes = unit.abbrev.get(..end).unwrap_or(unit.abbrev);
            let mut cursor = Cursor::new(bytes, unit.order);
            cursor.seek(unit.abbreviations);
            let room = match self.last.take() {
                Some((_, table)) => table,
                None => Abbreviations::new(unit.sizes),
            };
            let table = room.parse(&mut cursor, unit.sizes);
            let read = cursor.position().saturating_sub(unit.abbreviations);
            if read > own {
                budget.spent.fetch_add(read as u64, Ordering::Relaxed);
            }
            let is_whole = is_in_budget || read < own;
            self.last = is_whole.then_some((key, table));
        }
        self.last.as_ref().map(|(_, table)| table)
    }
}
