use super::cache::Cache;
use super::functions::{Nesting, UnitFunctions};
use crate::{DebugInfoError, DieId, NameIndex, UnitIndex, Units};
use gimli::UnitOffset;
use std::ops::Range;
use std::sync::OnceLock;

/// The functions of the units that were asked for.
#[derive(Default)]
pub(super) struct FunctionTables {
    indexed: OnceLock<IndexedFunctions>,
    listed: Cache<UnitIndex, UnitFunctions>,
    scanned: Cache<(UnitIndex, Nesting), UnitFunctions>,
}

impl FunctionTables {
    /// The function that has code at `pc`, which is the file's own, and its unit.
    ///
    /// With an index of names only the functions that are in it are looked at, unless `pc` is in none of them: of a unit
    /// of C, nearly all is types that it has from headers.
    pub(super) fn find(
        &self,
        units: &Units<'_>,
        index: Option<&NameIndex>,
        pc: u64,
    ) -> Result<Option<(UnitIndex, UnitOffset)>, DebugInfoError> {
        let Some(unit) = units.find_unit_by_address(pc) else {
            return Ok(None);
        };
        if let Some(index) = index {
            let indexed = self.indexed.get_or_init(|| IndexedFunctions::new(index));
            let places = indexed.within(&units.range(unit));
            let listed = self
                .listed
                .get(unit, || UnitFunctions::at(units, unit, places));
            if let Some(function) = listed?.find(pc) {
                return Ok(Some((unit, function)));
            }
        }
        for nesting in [Nesting::Outermost, Nesting::Any] {
            let make = || UnitFunctions::scan(units, unit, nesting);
            let scanned = self.scanned.get((unit, nesting), make)?;
            if let Some(function) = scanned.find(pc) {
                return Ok(Some((unit, function)));
            }
        }
        Ok(None)
    }
}

/// Where the functions of a file are that its index has: all at file scope that have code, in order.
struct IndexedFunctions(Vec<DieId>);

impl IndexedFunctions {
    fn new(index: &NameIndex) -> Self {
        let mut places: Vec<_> = index.functions().collect();
        places.sort_unstable();
        Self(places)
    }

    fn within(&self, range: &Range<DieId>) -> &[DieId] {
        let first = self.0.partition_point(|place| *place < range.start);
        let end = self.0.partition_point(|place| *place < range.end);
        self.0.get(first..end).unwrap_or_default()
    }
}
