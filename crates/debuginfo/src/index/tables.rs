use super::abbreviation::{Abbreviations, Sizes};
use super::scan_unit::ScanUnit;
use spelunk_base::Cursor;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many bytes of abbreviations may be read, and were. A table is read once per unit that has it,
/// or once for units in a row that share it; only a file made for the purpose needs more than this.
pub(super) struct Budget {
    limit: u64,
    spent: AtomicU64,
}

impl Budget {
    /// For sections of this size, all together.
    pub(super) fn new(size: u64) -> Self {
        Self {
            limit: size.saturating_mul(16),
            spent: AtomicU64::new(0),
        }
    }
}

/// The last table of abbreviations that was read: units in a row may share it.
#[derive(Default)]
pub(super) struct Tables {
    last: Option<(TableKey, Abbreviations)>,
}

/// Where a table of abbreviations is, and what its forms depend on.
type TableKey = (*const u8, usize, Sizes);

impl Tables {
    /// The abbreviations of a unit; `None` if more were read than a sound file has.
    pub(super) fn get(&mut self, budget: &Budget, unit: &ScanUnit<'_>) -> Option<&Abbreviations> {
        let key = (unit.abbrev.as_ptr(), unit.abbreviations, unit.sizes);
        if self.last.as_ref().is_none_or(|(last, _)| *last != key) {
            let mut cursor = Cursor::new(unit.abbrev, unit.order);
            cursor.seek(unit.abbreviations);
            let table = Abbreviations::parse(&mut cursor, unit.sizes);
            let size = cursor.position().saturating_sub(unit.abbreviations) as u64;
            let spent = budget.spent.fetch_add(size, Ordering::Relaxed);
            self.last = (spent < budget.limit).then_some((key, table));
        }
        self.last.as_ref().map(|(_, table)| table)
    }
}
