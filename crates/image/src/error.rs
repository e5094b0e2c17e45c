use spelunk_elf::{ElfError, ReadAtError};
use std::fmt;

/// Why a dump could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum ImageError {
    /// The host cannot open the file.
    Open(std::io::Error),
    /// No files were given.
    NoFiles,
    /// The file is in none of the formats that are known.
    UnknownFormat {
        /// The file.
        file: String,
    },
    /// The file's headers cannot be read.
    Read {
        /// The file.
        file: String,
        /// Why not.
        error: ReadAtError,
    },
    /// The ELF headers make no sense.
    Elf {
        /// The file.
        file: String,
        /// What is wrong.
        error: ElfError,
    },
    /// It is an ELF file, but no core: an executable or a library.
    NotACore {
        /// The file.
        file: String,
    },
    /// The header of a kdump-compressed file makes no sense in any byte order and word size.
    KdumpLayout {
        /// The file.
        file: String,
    },
    /// A field of a kdump-compressed file's headers is impossible.
    Kdump {
        /// The file.
        file: String,
        /// The field.
        field: &'static str,
        /// What it holds.
        value: u64,
    },
    /// A header of LiME's is impossible.
    Lime {
        /// The file.
        file: String,
        /// Where the header stands.
        offset: u64,
        /// The field.
        field: &'static str,
    },
    /// Several files were given that are not the parts of one split dump.
    NotParts {
        /// The file that does not belong to the first.
        file: String,
        /// Why not.
        reason: &'static str,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::NoFiles => f.write_str("no dump was given"),
            Self::UnknownFormat { file } => write!(
                f,
                "{file} is no dump in a format that is known (ELF core, kdump-compressed, flattened, LiME)"
            ),
            Self::Read { file, error } => write!(f, "{file}: {error}"),
            Self::Elf { file, error } => write!(f, "{file}: {error}"),
            Self::NotACore { file } => write!(
                f,
                "{file} is an ELF file but no core dump: give it as a debug file instead"
            ),
            Self::KdumpLayout { file } => write!(
                f,
                "{file}: kdump header makes no sense in any byte order: the file is damaged or cut off"
            ),
            Self::Kdump { file, field, value } => {
                write!(
                    f,
                    "{file}: kdump header: {field} is {value:#x}, which is impossible"
                )
            }
            Self::Lime {
                file,
                offset,
                field,
            } => write!(
                f,
                "{file}: LiME header at {offset:#x}: its {field} is impossible"
            ),
            Self::NotParts { file, reason } => {
                write!(f, "{file} is not a part of the same split dump: {reason}")
            }
        }
    }
}

impl std::error::Error for ImageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open(error) => Some(error),
            Self::Read { error, .. } => Some(error),
            Self::Elf { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// What a dump should hold and does not.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Damage {
    /// A table of ELF headers is cut off.
    Elf(ElfError),
    /// A header of LiME's makes no sense; what this says is where and why.
    Lime(String),
    /// A file is shorter than its headers say.
    CutOff {
        /// The file.
        file: String,
        /// The size in bytes that it should have at least.
        expected: u64,
        /// The size that it has.
        found: u64,
    },
    /// A flattened file does not end in the mark of its end.
    FlattenedEnd {
        /// The file.
        file: String,
        /// Where the last whole record ends.
        offset: u64,
    },
    /// makedumpfile says that it could not write everything.
    Incomplete {
        /// The file.
        file: String,
    },
    /// Some parts of a split dump were not given.
    MissingParts {
        /// How many pages are in them, as far as is known.
        pages: u64,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elf(error) => error.fmt(f),
            Self::CutOff {
                file,
                expected,
                found,
            } => write!(
                f,
                "{file} is cut off: it has {found} of {expected} bytes; the memory behind its end is missing"
            ),
            Self::Lime(reason) => write!(f, "{reason}; what should follow is missing"),
            Self::FlattenedEnd { file, offset } => write!(
                f,
                "flattened file {file} is cut off at {offset:#x}; what should follow is missing"
            ),
            Self::Incomplete { file } => {
                write!(f, "{file} is incomplete: makedumpfile ran out of space")
            }
            Self::MissingParts { pages } => write!(
                f,
                "parts of a split dump with {pages} pages are missing: give all parts together"
            ),
        }
    }
}
