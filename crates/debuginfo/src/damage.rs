//! What of a file's debugging information cannot be read.

use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::unit::UnitIndex;
use crate::units::Units;
use rayon::prelude::*;

/// So many places are told of.
const MAX_DAMAGE: usize = 100;
/// Units that are looked through at once: in a file of zeros each is damaged.
const ROUND: usize = 4096;

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
            for round in indices.chunks(ROUND) {
                if damage.len() >= MAX_DAMAGE {
                    break;
                }
                let of_units = round
                    .par_iter()
                    .filter_map(|index| damage_in_unit(units, *index));
                damage.par_extend(of_units);
            }
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
