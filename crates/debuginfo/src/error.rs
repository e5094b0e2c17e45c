use spelunk_base::Cancelled;
use spelunk_elf::ElfError;
use spelunk_types::TypeError;
use std::fmt;

/// Why debugging information could not be used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DebugInfoError {
    /// The file itself, or one of its sections, could not be read.
    Elf {
        /// The file.
        file: String,
        /// Why not.
        error: ElfError,
    },
    /// The debugging information is damaged.
    Damaged {
        /// The file.
        file: String,
        /// The section.
        section: &'static str,
        /// Offset in the section.
        offset: u64,
        /// What is wrong there.
        message: String,
    },
    /// The file has no debugging information of the kind that was asked for.
    Missing {
        /// The file.
        file: String,
        /// What it lacks.
        what: &'static str,
    },
    /// A type could not be made known.
    Type(TypeError),
    /// The user asked to stop.
    Cancelled,
}

impl fmt::Display for DebugInfoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elf { file, error } => write!(f, "{file}: {error}"),
            Self::Damaged {
                file,
                section,
                offset,
                message,
            } => write!(f, "{file}: {section}+{offset:#x}: {message}"),
            Self::Missing { file, what } => write!(f, "{file}: no {what}"),
            Self::Type(error) => error.fmt(f),
            Self::Cancelled => Cancelled.fmt(f),
        }
    }
}

impl std::error::Error for DebugInfoError {}

impl From<Cancelled> for DebugInfoError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<TypeError> for DebugInfoError {
    fn from(error: TypeError) -> Self {
        match error.is_cancelled() {
            true => Self::Cancelled,
            false => Self::Type(error),
        }
    }
}

impl From<DebugInfoError> for TypeError {
    fn from(error: DebugInfoError) -> Self {
        match error {
            DebugInfoError::Type(error) => error,
            DebugInfoError::Cancelled => Cancelled.into(),
            error => Self::new(error.to_string()),
        }
    }
}
