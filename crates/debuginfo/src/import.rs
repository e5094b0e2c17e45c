use crate::unit::UnitIndex;
use crate::units::Units;
use gimli::constants as dw;
use hashbrown::HashMap;

impl Units<'_> {
    /// A unit that imports this one (`DW_TAG_imported_unit`), if any does.
    pub(crate) fn find_importer(&self, index: UnitIndex) -> Option<UnitIndex> {
        let importers = match self.importers.get() {
            Some(importers) => importers,
            None => {
                let found = find_importers(self);
                self.importers.get_or_init(|| found)
            }
        };
        importers.get(&index).copied()
    }
}

/// Which unit imports which (`DW_TAG_imported_unit`): by imported unit, the first that does, itself
/// or through others.
///
/// `dwz` moves entries that several units have in common into partial units, which do not say what
/// language they are in.
fn find_importers(units: &Units<'_>) -> HashMap<UnitIndex, UnitIndex, foldhash::fast::RandomState> {
    let mut importers = HashMap::default();
    for start in units.indices().filter(|index| says_language(units, *index)) {
        let mut wanted = vec![start];
        while let Some(unit) = wanted.pop() {
            for imported in imports(units, unit) {
                // A chain of imports ends where a unit is known already.
                if imported != start && !importers.contains_key(&imported) {
                    importers.insert(imported, start);
                    wanted.push(imported);
                }
            }
        }
    }
    importers
}

fn says_language(units: &Units<'_>, index: UnitIndex) -> bool {
    let unit = units.unit(index);
    let root = unit.and_then(|unit| units.die(unit.die_id(unit.header.root_offset())));
    root.is_ok_and(|root| root.attr(dw::DW_AT_language).is_some())
}

/// The units that a unit imports. They stand before everything else in it.
fn imports(units: &Units<'_>, index: UnitIndex) -> Vec<UnitIndex> {
    let mut found = Vec::new();
    let Ok(unit) = units.unit(index) else {
        return found;
    };
    let mut entries = unit.entries();
    if !matches!(entries.next_dfs(), Ok(Some(_))) {
        return found;
    }
    while let Ok(Some(entry)) = entries.next_dfs()
        && entry.tag() == dw::DW_TAG_imported_unit
    {
        let imported = units
            .die(unit.die_id(entry.offset()))
            .and_then(|die| die.reference(dw::DW_AT_import));
        if let Ok(Some(imported)) = imported {
            found.extend(units.find_unit(imported));
        }
    }
    found
}
