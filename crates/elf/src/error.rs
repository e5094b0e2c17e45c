use crate::codec::CodecError;
use crate::constants::{Machine, RelocationType};
use crate::read_at::ReadAtError;
use std::fmt;

/// Why an ELF file, or a part of one, could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ElfError {
    /// The file does not begin with ELF's magic number.
    NotElf,
    /// The class, the byte order or the size of entries in the header is none that ELF has.
    Header {
        /// The field.
        field: &'static str,
        /// What it holds.
        value: u64,
    },
    /// A table of headers ends before its last entry: the file is cut off.
    Table {
        /// Which table.
        table: &'static str,
        /// Where it starts in the file.
        offset: u64,
        /// How many entries it should have.
        expected: u64,
        /// How many could be read.
        found: u64,
    },
    /// The file could not be read.
    Read(ReadAtError),
    /// A section's bytes end before the section does: the file is cut off.
    Section {
        /// The section's name.
        section: String,
        /// The size that the section header tells.
        expected: u64,
        /// The bytes that are there.
        found: u64,
    },
    /// A compressed section could not be decompressed.
    Compressed {
        /// The section's name.
        section: String,
        /// Why not.
        error: CodecError,
    },
    /// A relocation cannot be applied.
    Relocation {
        /// The section to which the relocation applies.
        section: String,
        /// Where in that section.
        offset: u64,
        /// The relocation's type.
        kind: RelocationType,
        /// Why not.
        reason: &'static str,
    },
    /// Relocations of this machine are not known.
    RelocationMachine(Machine),
}

impl fmt::Display for ElfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotElf => f.write_str("not an ELF file"),
            Self::Header { field, value } => {
                write!(
                    f,
                    "ELF header: {field} is {value:#x}, which ELF does not have"
                )
            }
            Self::Table {
                table,
                offset,
                expected,
                found,
            } => write!(
                f,
                "{table} at {offset:#x} has {found} of {expected} entries: the file is cut off"
            ),
            Self::Read(error) => error.fmt(f),
            Self::Section {
                section,
                expected,
                found,
            } => write!(
                f,
                "section {section} has {found:#x} of {expected:#x} bytes: the file is cut off"
            ),
            Self::Compressed { section, error } => {
                write!(f, "compressed section {section}: {error}")
            }
            Self::Relocation {
                section,
                offset,
                kind,
                reason,
            } => write!(
                f,
                "relocation of type {} at {offset:#x} in section {section}: {reason}",
                kind.0
            ),
            Self::RelocationMachine(machine) => {
                write!(f, "relocations of ELF machine {} are not known", machine.0)
            }
        }
    }
}

impl std::error::Error for ElfError {}

impl From<ReadAtError> for ElfError {
    fn from(error: ReadAtError) -> Self {
        Self::Read(error)
    }
}
