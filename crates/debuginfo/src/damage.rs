//! What of a file's debugging information cannot be read.

use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::unit::UnitIndex;
use crate::units::Units;
use rayon::prelude::*;

/// So many places are told of.
const MAX_DAMAGE: usize = 100;

impl DebugFile {
    /// Where entries are damaged, and how: the first hundred places. What stands behind one in the same
    /// unit is missing, everything else is there.
    ///
    /// It costs nothing if the index was made of the whole file.
    ///
    /// # Errors
    ///
    /// If the debug sections cannot be read.
    pub fn damage(&self) -> Result<Vec<DebugInfoError>, DebugInfoError> {
        if self.index()?.is_whole() {
            return Ok(Vec::new());
        }
        self.with_units(|units| {
            let mut damage = units.damage().to_vec();
            let indices: Vec<UnitIndex> = units.indices().collect();
            let of_units = indices
                .par_iter()
                .filter_map(|index| damage_in_unit(units, *index));
            let of_units: Vec<_> = of_units.collect();
            damage.extend(of_units);
            damage.truncate(MAX_DAMAGE);
            Ok(damage)
        })
    }
}

/// Where the entries of a unit stop being readable.
fn damage_in_unit(units: &Units<'_>, index: UnitIndex) -> Option<DebugInfoError> {
    let unit = match units.unit(index) {
        Ok(unit) => unit,
        Err(error) => return Some(error),
    };
    let mut at = unit.header.root_offset();
    let mut read = || -> gimli::Result<()> {
        let mut entries = unit.header.entries_raw(&unit.abbreviations, None)?;
        while !entries.is_empty() {
            at = entries.next_offset();
            if let Some(abbreviation) = entries.read_abbreviation()? {
                entries.skip_attributes(abbreviation.attributes())?;
            }
        }
        Ok(())
    };
    let error = read().err()?;
    Some(units.damaged(unit.die_id(at), format!("entries from here on: {error}")))
}
