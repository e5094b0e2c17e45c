use super::cache::Cache;
use super::line_program::{LineMachine, LineRow, Step};
use crate::dwarf::Slice;
use crate::line_tables::{LineTable, LineTableKey};
use crate::unit::Unit;
use crate::{DebugFile, DebugInfoError, UnitIndex, Units};
use gimli::{AttributeValue, LineProgramHeader};
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

/// A place in a source file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SourceLine {
    /// The file: as the line table has it, with the directory that the compiler ran in before names
    /// of files right there; empty if it is not known.
    pub file: Arc<str>,
    /// The line, from 1; 0 for code that belongs to no line.
    pub line: u32,
    /// The column, from 1; 0 if it is not known.
    pub column: u32,
}

impl SourceLine {
    /// Whether anything is known of it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.file.is_empty()
    }

    fn unknown() -> Self {
        Self {
            file: "".into(),
            line: 0,
            column: 0,
        }
    }
}

/// The line tables of the units that were asked for.
#[derive(Default)]
pub(super) struct Lines {
    decoded: Cache<LineTableKey, DecodedLines>,
    files: Cache<LineTableKey, FileNames>,
}

/// The names of a line table's files, put together when they are first wanted.
struct FileNames {
    names: Vec<OnceLock<Arc<str>>>,
    /// The version says whether the first is file 0 or file 1.
    first: usize,
}

/// A line table, decoded (DWARF 5, section 6.2).
pub(super) struct DecodedLines {
    /// By start. Those of odd files overlap; then the one that starts last counts.
    sequences: Vec<Sequence>,
    /// The rows of all sequences, each sequence's by address.
    rows: Vec<LineRow>,
}

/// A run of instructions: what follows its end belongs to no line.
struct Sequence {
    start: u64,
    end: u64,
    /// The largest end of this and all earlier sequences.
    furthest: u64,
    rows: std::ops::Range<usize>,
}

impl DebugFile {
    /// The line that the code at `pc` was compiled from: `None` if no unit has code there, the
    /// [unknown](SourceLine::is_known) line if one has, but from no line.
    ///
    /// # Errors
    ///
    /// If the line table is damaged.
    pub fn find_line(&self, pc: u64) -> Result<Option<SourceLine>, DebugInfoError> {
        let pc = pc.wrapping_sub(self.bias());
        self.with_units(|units| {
            let Some(index) = units.find_unit_by_address(pc) else {
                return Ok(None);
            };
            let unit = units.unit(index)?;
            let lines = unit.lines().map(|table| self.decoded_lines(table));
            let Some(row) = lines.as_ref().and_then(|lines| lines.find(pc)) else {
                return Ok(Some(SourceLine::unknown()));
            };
            Ok(Some(SourceLine {
                file: self.file_name(units, index, row.file.into())?,
                line: row.line,
                column: row.column,
            }))
        })
    }

    /// The name of file number `file` of a unit, as line tables and `DW_AT_call_file` count them.
    pub(super) fn file_name(
        &self,
        units: &Units<'_>,
        unit: UnitIndex,
        file: u64,
    ) -> Result<Arc<str>, DebugInfoError> {
        let unit = units.unit(unit)?;
        let Some(table) = unit.lines() else {
            return Ok("".into());
        };
        let header = table.header();
        let names = || Ok::<_, Infallible>(FileNames::new(header));
        Ok(match self.pc_tables.lines.files.get(table.key, names) {
            Ok(names) => names.get(unit, header, file),
            Err(never) => match never {},
        })
    }

    fn decoded_lines(&self, table: &LineTable<'_>) -> Arc<DecodedLines> {
        let decode = || Ok::<_, Infallible>(DecodedLines::new(table.header()));
        match self.pc_tables.lines.decoded.get(table.key, decode) {
            Ok(lines) => lines,
            Err(never) => match never {},
        }
    }
}

impl FileNames {
    fn new(header: &LineProgramHeader<Slice<'_>>) -> Self {
        let mut names = Vec::new();
        names.resize_with(header.file_names().len(), OnceLock::new);
        Self {
            names,
            first: usize::from(header.version() <= 4),
        }
    }

    fn get(&self, unit: &Unit<'_>, header: &LineProgramHeader<Slice<'_>>, file: u64) -> Arc<str> {
        let slot = usize::try_from(file)
            .ok()
            .and_then(|file| self.names.get(file.checked_sub(self.first)?));
        let Some(slot) = slot else {
            return "".into();
        };
        if let Some(name) = slot.get() {
            return Arc::clone(name);
        }
        let name = file_path(unit, header, file).into();
        Arc::clone(slot.get_or_init(|| name))
    }
}

impl DecodedLines {
    /// Decodes the table, up to where it is damaged.
    fn new(header: &LineProgramHeader<Slice<'_>>) -> Self {
        let mut lines = Self {
            sequences: Vec::new(),
            rows: Vec::new(),
        };
        let mut start = 0;
        let mut machine = LineMachine::new(header);
        let mut instructions = header.instructions();
        while let Ok(Some(instruction)) = instructions.next_instruction(header) {
            match machine.execute(&instruction) {
                Step::Nothing => {}
                Step::Row(row) => match lines.rows.get_mut(start..).and_then(<[_]>::last_mut) {
                    // Of several rows for one address only the last one has any code.
                    Some(last) if last.address == row.address => *last = row,
                    _ => lines.rows.push(row),
                },
                Step::End(end) => {
                    lines.end_sequence(start, end);
                    start = lines.rows.len();
                }
            }
        }
        lines.rows.truncate(start);
        lines.sort();
        lines
    }

    /// Takes the rows from `start` on as a sequence, if it can be one.
    ///
    /// Folklore: the rows of a sequence go up, says the standard, but those of some assemblers and
    /// rewriters of programs go back. They are put in order, as binutils and elfutils do; what is
    /// behind the end of the sequence then has no length but that of a byte.
    fn end_sequence(&mut self, start: usize, end: u64) {
        let rows = self.rows.get_mut(start..).unwrap_or_default();
        let mut end = end;
        if !rows.is_sorted_by_key(|row| row.address) {
            rows.sort_by_key(|row| row.address);
            let last = rows.last().map_or(0, |row| row.address);
            end = end.max(last.saturating_add(1));
        }
        match rows.first() {
            // Address 0 is where linkers put what they dropped.
            Some(first) if first.address != 0 && first.address < end => {
                self.sequences.push(Sequence {
                    start: first.address,
                    end,
                    furthest: end,
                    rows: start..self.rows.len(),
                });
            }
            _ => self.rows.truncate(start),
        }
    }

    fn sort(&mut self) {
        self.sequences.sort_by_key(|sequence| sequence.start);
        let mut furthest = 0;
        for sequence in &mut self.sequences {
            furthest = sequence.end.max(furthest);
            sequence.furthest = furthest;
        }
    }

    fn find(&self, pc: u64) -> Option<&LineRow> {
        let after = self
            .sequences
            .partition_point(|sequence| sequence.start <= pc);
        let before = self.sequences.get(..after)?.iter().rev();
        let mut before = before.take_while(|sequence| pc < sequence.furthest);
        let sequence = before.find(|sequence| pc < sequence.end)?;
        let rows = self.rows.get(sequence.rows.clone())?;
        let after = rows.partition_point(|row| row.address <= pc);
        rows.get(after.checked_sub(1)?)
    }
}

/// The path of a file: its name below its directory. Directory 0 is the one that the compiler ran in:
/// `DW_AT_comp_dir` up to version 4, an entry of the table in version 5 (DWARF 5, section 6.2.4).
/// Other directories may be relative to it and stay so: `lib.c` becomes `/usr/src/lib.c`, but
/// `sub/lib.c` is what is wanted to be read.
pub(crate) fn file_path(
    unit: &Unit<'_>,
    header: &LineProgramHeader<Slice<'_>>,
    file: u64,
) -> String {
    let Some(entry) = header.file(file) else {
        return String::new();
    };
    let text = |value: AttributeValue<Slice<'_>>| {
        let text = unit.line_dwarf().attr_string(unit, value).ok()?;
        Some(String::from_utf8_lossy(text.slice()).into_owned())
    };
    let name = text(entry.path_name()).unwrap_or_default();
    let directory = entry.directory(header).and_then(text);
    match directory {
        Some(directory) if !name.starts_with('/') && !directory.is_empty() => {
            format!("{directory}/{name}")
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sequences of addresses, each address the line of its row.
    fn table(sequences: &[(&[u64], u64)]) -> DecodedLines {
        let mut lines = DecodedLines {
            sequences: Vec::new(),
            rows: Vec::new(),
        };
        for (addresses, end) in sequences {
            let start = lines.rows.len();
            lines.rows.extend(addresses.iter().map(|address| LineRow {
                address: *address,
                file: 0,
                line: *address as u32,
                column: 0,
            }));
            lines.end_sequence(start, *end);
        }
        lines.sort();
        lines
    }

    fn line(lines: &DecodedLines, pc: u64) -> Option<u32> {
        lines.find(pc).map(|row| row.line)
    }

    #[test]
    fn sequences_stand_in_any_order_and_may_overlap() {
        let lines = table(&[(&[50, 60], 70), (&[10, 20, 30], 100), (&[5], 8)]);
        let found = [4, 5, 8, 10, 29, 55, 69, 70, 99, 100].map(|pc| line(&lines, pc));
        let expected = [
            None,
            Some(5),
            None,
            Some(10),
            Some(20),
            Some(50),
            Some(60),
            Some(30),
            Some(30),
            None,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn sequences_of_what_a_linker_dropped_count_for_nothing() {
        let lines = table(&[(&[0, 10], 20), (&[60], 60), (&[80], 90)]);
        assert_eq!(lines.sequences.len(), 1);
        assert_eq!(
            [10, 35, 60, 85].map(|pc| line(&lines, pc)),
            [None, None, None, Some(80)]
        );
    }

    #[test]
    fn rows_that_go_back_are_put_in_order() {
        let lines = table(&[(&[40, 30, 35], 50), (&[80, 90, 60], 70), (&[95], 96)]);
        assert_eq!(
            [29, 30, 36, 49, 50, 61, 85, 90, 91, 95].map(|pc| line(&lines, pc)),
            [
                None,
                Some(30),
                Some(35),
                Some(40),
                None,
                Some(60),
                Some(80),
                Some(90),
                None,
                Some(95)
            ]
        );
    }
}
