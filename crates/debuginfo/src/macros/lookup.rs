use super::index::MacroIndex;
use super::table::{Definition, MacroTable};
use super::text;
use crate::dwarf::Slice;
use crate::filename;
use crate::pc::file_path;
use crate::unit::{Unit, UnitIndex};
use crate::units::Units;
use crate::{DebugFile, DebugInfoError};
use gimli::{DebugLineOffset, DwarfFileType, LineProgramHeader, SectionId};
use hashbrown::HashMap;
use spelunk_base::{Cancel, Language};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// Units whose macros are kept at a time.
const MAX_TABLES: usize = 64;
/// For one name so many entries of lists are read for each byte of them, on average; 1 would do if no
/// two units had lists in common.
const MAX_SHARED: u64 = 16;
/// Or so many where there are few bytes.
const MIN_ENTRIES: u64 = 1 << 25;

/// A macro's definition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Macro {
    /// Its name.
    pub name: Box<str>,
    /// The names of the parameters of a macro that is called, the last one of a variadic macro
    /// `...` or `name...`; `None` for one that is not called.
    pub parameters: Option<Box<[Box<str>]>>,
    /// What stands for it.
    pub body: Box<str>,
    /// The source file that defines it; `None` if the compiler or its command line does.
    pub filename: Option<Arc<str>>,
    /// The line that defines it, 0 if there is none.
    pub line: u32,
}

/// Where in a unit of a file a macro stands. Which other macros there are depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MacroPlace {
    unit: UnitIndex,
    position: u32,
    is_live: bool,
}

impl MacroPlace {
    /// Whether the macro is known where the unit ends, not undefined before.
    #[must_use]
    pub fn is_live(self) -> bool {
        self.is_live
    }
}

/// The macros of a file.
#[derive(Default)]
pub(crate) struct Macros<'a> {
    index: OnceLock<MacroIndex>,
    tables: RwLock<HashMap<UnitIndex, Arc<MacroTable<'a>>>>,
}

impl<'a> Macros<'a> {
    fn index(&self, units: &Units<'a>, file: &DebugFile) -> Result<&MacroIndex, DebugInfoError> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let index = file.result_of(|_, cancel| Ok(MacroIndex::new(units, cancel)?))?;
        Ok(self.index.get_or_init(|| index))
    }

    /// Whether the macros of all these units are at hand.
    fn has_tables(&self, units: &BTreeSet<UnitIndex>) -> bool {
        let known = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        units.iter().all(|unit| known.contains_key(unit))
    }

    fn table(&self, index: UnitIndex, unit: &Unit<'a>) -> Arc<MacroTable<'a>> {
        let known = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = known.get(&index) {
            return Arc::clone(table);
        }
        drop(known);
        let table = Arc::new(MacroTable::new(unit));
        let mut known = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_TABLES {
            known.clear();
        }
        Arc::clone(known.entry(index).or_insert(table))
    }
}

impl DebugFile {
    /// Whether the file, or one that goes with it, tells of macros. It costs nothing to ask again.
    #[must_use]
    pub fn has_macros(&self) -> bool {
        if let Some(known) = self.has_macros.get() {
            return *known;
        }
        let found = self.has_section(&[SectionId::DebugMacro, SectionId::DebugMacinfo]);
        *self.has_macros.get_or_init(|| found.unwrap_or(false))
    }

    /// Where `name` is defined as a macro, in units that may each define it otherwise: where the
    /// definition counts until the unit's end first. Of units that have it from the same header
    /// the first stands for all. `filename` says which file defines it, or which was compiled.
    ///
    /// # Errors
    ///
    /// If the debug sections cannot be read.
    pub fn macro_places(
        &self,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Vec<MacroPlace>, DebugInfoError> {
        if !self.has_macros() {
            return Ok(Vec::new());
        }
        self.with_units(|units| {
            let macros = units.macros();
            let index = macros.index(units, self)?;
            let first: BTreeSet<UnitIndex> = index
                .find(name)
                .filter_map(|mut users| users.next())
                .collect();
            let mut search = PlaceSearch {
                macros,
                units,
                name,
                left: MIN_ENTRIES.max(MAX_SHARED.saturating_mul(units.macro_bytes() as u64)),
                places: Vec::new(),
            };
            let matches = |definition: &Definition<'_>, files: &Files<'_, '_>| {
                filename.is_none_or(|wanted| files.matches(definition, wanted))
            };
            search.add_all(self, &first, matches)?;
            if let Some(wanted) = filename
                && search.places.is_empty()
            {
                let mut all: BTreeSet<UnitIndex> = index.find(name).flatten().collect();
                all.retain(|unit| {
                    let unit = units.unit(*unit);
                    unit.is_ok_and(|unit| filename::is_of_unit(unit, wanted))
                });
                search.add_all(self, &all, |_, _| true)?;
            }
            let mut places = search.places;
            places.sort_by_key(|place| !place.is_live);
            Ok(places)
        })
    }

    /// The macro `name` as it is known where another one stands.
    ///
    /// # Errors
    ///
    /// If the debug sections cannot be read.
    pub fn find_macro(
        &self,
        name: &str,
        place: MacroPlace,
    ) -> Result<Option<Macro>, DebugInfoError> {
        self.with_units(|units| {
            let unit = units.unit(place.unit)?;
            let table = units.macros().table(place.unit, unit);
            let Some(definition) = table.find_at(name.as_bytes(), place.position) else {
                return Ok(None);
            };
            let behind = String::from_utf8_lossy(definition.behind);
            let (parameters, body) = text::parameters_and_body(&behind);
            let parameters = parameters.map(|names| names.into_iter().map(Into::into).collect());
            let filename = Files::new(unit, &table).name(definition);
            Ok(Some(Macro {
                name: name.into(),
                parameters,
                body: body.into(),
                line: filename.as_ref().map_or(0, |_| definition.line),
                filename,
            }))
        })
    }

    /// The language of the unit in which a macro stands.
    ///
    /// # Errors
    ///
    /// If the unit is damaged.
    pub fn macro_language(&self, place: MacroPlace) -> Result<Language, DebugInfoError> {
        self.with_units(|units| {
            let unit = units.unit(place.unit)?;
            Ok(units
                .die(unit.die_id(unit.header.root_offset()))?
                .language())
        })
    }

    /// The names that start with `prefix` of macros that stand for something and take no arguments,
    /// sorted, `limit` at most.
    ///
    /// # Errors
    ///
    /// If the debug sections cannot be read.
    pub fn macro_names(
        &self,
        prefix: &str,
        limit: usize,
    ) -> Result<BTreeSet<String>, DebugInfoError> {
        if !self.has_macros() {
            return Ok(BTreeSet::new());
        }
        self.with_units(|units| {
            let index = units.macros().index(units, self)?;
            self.result_of(|_, cancel| Ok(index.names(units, prefix, limit, cancel)?))
        })
    }
}

/// Where units know a name.
struct PlaceSearch<'s, 'a> {
    macros: &'s Macros<'a>,
    units: &'s Units<'a>,
    name: &'s str,
    /// How many more entries may be read: what lists that import one another hide behind that is
    /// left out.
    left: u64,
    places: Vec<MacroPlace>,
}

impl<'a> PlaceSearch<'_, 'a> {
    /// Adds where these units know the name last, by definitions that match.
    fn add_all(
        &mut self,
        file: &DebugFile,
        units: &BTreeSet<UnitIndex>,
        matches: impl Fn(&Definition<'_>, &Files<'_, 'a>) -> bool + Sync,
    ) -> Result<(), DebugInfoError> {
        let is_quick = self.macros.has_tables(units);
        let mut add_all = |cancel: &Cancel| {
            for unit in units {
                cancel.check()?;
                self.add(*unit, &matches)?;
            }
            Ok(())
        };
        match is_quick {
            true => add_all(&Cancel::default()),
            false => file.result_of(|_, cancel| add_all(cancel)),
        }
    }

    fn add(
        &mut self,
        index: UnitIndex,
        matches: impl Fn(&Definition<'_>, &Files<'_, 'a>) -> bool,
    ) -> Result<(), DebugInfoError> {
        if self.left == 0 {
            return Ok(());
        }
        let unit = self.units.unit(index)?;
        let table = self.macros.table(index, unit);
        self.left = self.left.saturating_sub(table.entries.into());
        let files = Files::new(unit, &table);
        let found = table.find(self.name.as_bytes()).iter().rev();
        let found = found.filter(|definition| matches(definition, &files));
        self.places.extend(found.map(|definition| MacroPlace {
            unit: index,
            position: definition.last_place(),
            is_live: definition.is_live(),
        }));
        Ok(())
    }
}

/// The files that a table counts.
struct Files<'u, 'a> {
    unit: &'u Unit<'a>,
    header: Option<LineProgramHeader<Slice<'a>>>,
}

impl<'u, 'a> Files<'u, 'a> {
    fn new(unit: &'u Unit<'a>, table: &MacroTable<'a>) -> Self {
        let dwarf = unit.dwarf();
        // Clang's split units do not say that `.debug_line.dwo` counts their files.
        let is_split = dwarf.file_type == DwarfFileType::Dwo;
        let offset = table.line_table.or(is_split.then_some(DebugLineOffset(0)));
        let own = offset.and_then(|offset| {
            let encoding = unit.encoding();
            let lines = &dwarf.debug_line;
            let program = lines.program(offset, encoding.address_size, unit.comp_dir, unit.name);
            program.ok()
        });
        let own = own.map(|program| program.header().clone());
        Self {
            unit,
            header: own.or_else(|| Some(unit.lines()?.header().clone())),
        }
    }

    fn name(&self, definition: &Definition<'_>) -> Option<Arc<str>> {
        let path = file_path(self.unit, self.header.as_ref()?, definition.file?);
        (!path.is_empty()).then(|| path.into())
    }

    fn matches(&self, definition: &Definition<'_>, wanted: &str) -> bool {
        match (definition.file, &self.header) {
            (Some(file), Some(header)) => {
                filename::file_matches(self.unit, header, file, wanted) == Some(true)
            }
            _ => false,
        }
    }
}
