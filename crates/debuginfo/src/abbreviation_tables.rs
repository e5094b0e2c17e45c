use crate::dwarf::{Dwarf, UnitHeader};
use crate::parse_budget::ParseBudget;
use gimli::{Abbreviations, DwAt, DwForm, Section, constants as dw};
use hashbrown::HashMap;
use spelunk_base::{ByteOrder, Cursor, Truncated};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The tables of abbreviations of a file's units, each parsed once: after `dwz` or link-time
/// optimization, many units share one.
pub(crate) struct AbbreviationTables {
    tables: Mutex<HashMap<TableKey, Arc<Abbreviations>>>,
    /// For what is parsed beside tables that are no larger than their units may need.
    budget: ParseBudget,
}

/// Where the section is in memory, and the offset.
type TableKey = (usize, usize);

/// No sound file has its abbreviations parsed more often than this: once, or by several threads at once.
const MAX_TIMES: usize = 4;

/// Bytes of abbreviations that a byte of a unit may need: each is used by an entry at least.
pub(crate) const MAX_TABLE_OF_UNIT: usize = 32;

/// Why a unit has no abbreviations.
pub(crate) enum NoAbbreviations {
    Damaged(gimli::Error),
    TooMany,
}

impl fmt::Display for NoAbbreviations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(error) => error.fmt(f),
            Self::TooMany => f.write_str("tables overlap too often"),
        }
    }
}

impl AbbreviationTables {
    /// Those of sections with so many bytes of units and abbreviations.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            tables: Mutex::default(),
            budget: ParseBudget::new(size, MAX_TIMES),
        }
    }

    /// The abbreviations of a unit.
    pub(crate) fn get(
        &self,
        dwarf: &Dwarf<'_>,
        header: &UnitHeader<'_>,
    ) -> Result<Arc<Abbreviations>, NoAbbreviations> {
        let bytes = dwarf.debug_abbrev.reader().slice();
        let offset = header.debug_abbrev_offset();
        let key = (bytes.as_ptr() as usize, offset.0);
        let tables = || self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = tables().get(&key) {
            return Ok(Arc::clone(table));
        }
        let own = header
            .length_including_self()
            .saturating_mul(MAX_TABLE_OF_UNIT);
        let size = table_size(bytes, offset.0, self.budget.left().max(own));
        if size > own {
            self.budget.take(size).ok_or(NoAbbreviations::TooMany)?;
        }
        let table = dwarf.debug_abbrev.abbreviations(offset);
        let table = Arc::new(table.map_err(NoAbbreviations::Damaged)?);
        let mut tables = tables();
        Ok(Arc::clone(tables.entry(key).or_insert(table)))
    }
}

/// How many bytes there are of a table, up to its end or to where it is damaged; more than `limit`
/// if it is longer.
fn table_size(bytes: &[u8], offset: usize, limit: usize) -> usize {
    let mut cursor = Cursor::new(bytes.get(offset..).unwrap_or_default(), ByteOrder::Little);
    while cursor.position() <= limit && matches!(skip(&mut cursor), Ok(true)) {}
    cursor.position()
}

/// Passes over an abbreviation; false at the end of the table.
fn skip(cursor: &mut Cursor<'_>) -> Result<bool, Truncated> {
    if cursor.uleb128()? == 0 {
        return Ok(false);
    }
    let _tag = cursor.uleb128()?;
    let _has_children = cursor.u8()?;
    loop {
        let name = DwAt(u16::try_from(cursor.uleb128()?).unwrap_or(u16::MAX));
        let form = DwForm(u16::try_from(cursor.uleb128()?).unwrap_or(u16::MAX));
        if form == dw::DW_FORM_implicit_const {
            cursor.sleb128()?;
        }
        if name == DwAt(0) && form == DwForm(0) {
            return Ok(true);
        }
    }
}
