use super::cache::Cache;
use crate::units::{Slice, Unit};
use crate::{DebugFile, DebugInfoError, UnitIndex, Units};
use gimli::{AttributeValue, ColumnType, LineProgramHeader};
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
pub(super) struct LineTables(Cache<UnitIndex, UnitLines>);

/// The line table of a unit, decoded (DWARF 5, section 6.2).
pub(super) struct UnitLines {
    /// By start. Those of odd files overlap; then the one that starts last counts.
    sequences: Vec<Sequence>,
    /// The rows of all sequences, each sequence's by address.
    rows: Vec<LineRow>,
    /// The names of files, put together when they are first wanted. The version says whether the
    /// first is file 0 or file 1.
    files: Vec<OnceLock<Arc<str>>>,
    first_file: usize,
}

/// A run of instructions: what follows its end belongs to no line.
struct Sequence {
    start: u64,
    end: u64,
    /// The largest end of this and all earlier sequences.
    furthest: u64,
    rows: std::ops::Range<usize>,
}

struct LineRow {
    address: u64,
    file: u32,
    line: u32,
    column: u32,
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
            let lines = self.unit_lines(units, index)?;
            let Some(row) = lines.find(pc) else {
                return Ok(Some(SourceLine::unknown()));
            };
            let file = lines.file_name(units.unit(index)?, row.file.into());
            Ok(Some(SourceLine {
                file,
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
        let lines = self.unit_lines(units, unit)?;
        Ok(lines.file_name(units.unit(unit)?, file))
    }

    fn unit_lines(
        &self,
        units: &Units<'_>,
        index: UnitIndex,
    ) -> Result<Arc<UnitLines>, DebugInfoError> {
        self.pc_tables.lines.0.get(index, || {
            let unit = units.unit(index)?;
            Ok(UnitLines::new(unit))
        })
    }
}

impl UnitLines {
    /// Decodes the table, up to where it is damaged.
    fn new(unit: &Unit<'_>) -> Self {
        let mut lines = Self {
            sequences: Vec::new(),
            rows: Vec::new(),
            files: Vec::new(),
            first_file: 0,
        };
        let Some(program) = &unit.line_program else {
            return lines;
        };
        let header = program.header();
        lines.first_file = usize::from(header.version() <= 4);
        lines
            .files
            .resize_with(header.file_names().len(), OnceLock::new);
        let mut start = 0;
        let mut rows = program.clone().rows();
        while let Ok(Some((_, row))) = rows.next_row() {
            if row.end_sequence() {
                lines.end_sequence(start, row.address());
                start = lines.rows.len();
                continue;
            }
            let row = LineRow {
                address: row.address(),
                file: u32::try_from(row.file_index()).unwrap_or(u32::MAX),
                line: row.line().map_or(0, |line| clamp(line.get())),
                column: match row.column() {
                    ColumnType::LeftEdge => 0,
                    ColumnType::Column(column) => clamp(column.get()),
                },
            };
            // Of several rows for one address only the last one has any code.
            match lines.rows.get_mut(start..).and_then(<[_]>::last_mut) {
                Some(last) if last.address == row.address => *last = row,
                _ => lines.rows.push(row),
            }
        }
        lines.rows.truncate(start);
        lines.sort();
        lines
    }

    /// Takes the rows from `start` on as a sequence, if it can be one.
    fn end_sequence(&mut self, start: usize, end: u64) {
        let rows = self.rows.get(start..).unwrap_or_default();
        match rows.first() {
            // Address 0 is where linkers put what they dropped.
            Some(first)
                if first.address != 0
                    && first.address < end
                    && rows.is_sorted_by_key(|row| row.address) =>
            {
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

    fn file_name(&self, unit: &Unit<'_>, file: u64) -> Arc<str> {
        let slot = usize::try_from(file)
            .ok()
            .and_then(|file| self.files.get(file.checked_sub(self.first_file)?));
        let (Some(slot), Some(program)) = (slot, &unit.line_program) else {
            return "".into();
        };
        if let Some(name) = slot.get() {
            return Arc::clone(name);
        }
        let name = file_path(unit, program.header(), file).into();
        Arc::clone(slot.get_or_init(|| name))
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

fn clamp(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sequences of addresses, each address the line of its row.
    fn table(sequences: &[(&[u64], u64)]) -> UnitLines {
        let mut lines = UnitLines {
            sequences: Vec::new(),
            rows: Vec::new(),
            files: Vec::new(),
            first_file: 0,
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

    fn line(lines: &UnitLines, pc: u64) -> Option<u32> {
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
        let lines = table(&[(&[0, 10], 20), (&[40, 30], 50), (&[60], 60), (&[80], 90)]);
        assert_eq!(lines.sequences.len(), 1);
        assert_eq!(
            [10, 35, 60, 85].map(|pc| line(&lines, pc)),
            [None, None, None, Some(80)]
        );
    }
}
