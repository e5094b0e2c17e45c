use crate::dwarf::{Dwarf, Slice};
use crate::parse_budget::ParseBudget;
use gimli::{DebugLineOffset, IncompleteLineProgram, LineProgramHeader, Section};
use hashbrown::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The line tables of a file's units, the header of each parsed once: type units share that of the
/// unit that they were written with, and after link-time optimization many units may share one.
pub(crate) struct LineTables<'a> {
    tables: Mutex<HashMap<LineTableKey, Option<Arc<LineTable<'a>>>>>,
    /// For their headers.
    budget: ParseBudget,
}

/// Which line table: where the section is in memory, the offset, and where the name of the
/// directory is that the compiler ran in, which older tables do not have.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct LineTableKey {
    section: usize,
    offset: usize,
    directory: Option<usize>,
}

/// A line table, whose header is parsed.
pub(crate) struct LineTable<'a> {
    pub(crate) key: LineTableKey,
    pub(crate) program: IncompleteLineProgram<Slice<'a>>,
}

impl<'a> LineTable<'a> {
    pub(crate) fn header(&self) -> &LineProgramHeader<Slice<'a>> {
        self.program.header()
    }
}

/// The line table of a unit, of which nothing is read before it is asked for: most units are parsed for
/// their entries.
pub(crate) struct UnitLines<'a> {
    tables: Arc<LineTables<'a>>,
    offset: Option<DebugLineOffset>,
    table: OnceLock<Option<Arc<LineTable<'a>>>>,
}

impl<'a> UnitLines<'a> {
    /// The table at `offset`, if the unit has one.
    pub(crate) fn new(tables: &Arc<LineTables<'a>>, offset: Option<DebugLineOffset>) -> Self {
        Self {
            tables: Arc::clone(tables),
            offset,
            table: OnceLock::new(),
        }
    }

    /// The table, which is that of `unit`.
    pub(crate) fn get(
        &self,
        dwarf: &Dwarf<'a>,
        unit: &gimli::Unit<Slice<'a>>,
    ) -> Option<&Arc<LineTable<'a>>> {
        let read = || self.tables.get(dwarf, self.offset?, unit);
        self.table.get_or_init(read).as_ref()
    }

    /// Takes the table of a unit that this one belongs to.
    pub(crate) fn share(&mut self, table: Option<&Arc<LineTable<'a>>>) {
        self.table = OnceLock::from(table.cloned());
    }
}

/// No sound file has its headers parsed more often than this: once, once more for units that do not
/// say where they were compiled, or by several threads at once.
const MAX_TIMES: usize = 8;

impl<'a> LineTables<'a> {
    /// Those of sections that have so many bytes.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            tables: Mutex::default(),
            budget: ParseBudget::new(size, MAX_TIMES),
        }
    }

    /// The line table of a unit; `None` if its header is damaged.
    fn get(
        &self,
        dwarf: &Dwarf<'a>,
        offset: DebugLineOffset,
        unit: &gimli::Unit<Slice<'a>>,
    ) -> Option<Arc<LineTable<'a>>> {
        let bytes = dwarf.debug_line.reader().slice();
        let key = LineTableKey {
            section: bytes.as_ptr() as usize,
            offset: offset.0,
            directory: unit.comp_dir.map(|name| name.slice().as_ptr() as usize),
        };
        let tables = || self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = tables().get(&key) {
            return table.clone();
        }
        let parse = || {
            let address_size = unit.encoding().address_size;
            let lines = &dwarf.debug_line;
            let program = lines.program(offset, address_size, unit.comp_dir, unit.name);
            let program = program.ok()?;
            self.budget.take(program.header().header_length())?;
            Some(Arc::new(LineTable { key, program }))
        };
        // Parsed without the lock: the first one counts.
        let table = parse();
        tables().entry(key).or_insert(table).clone()
    }
}
