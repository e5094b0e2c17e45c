use super::around::Ways;
use spelunk_base::arch::Arch;
use spelunk_debuginfo::Gone;
use spelunk_unwind::expression::{DwarfRegister, ExpressionError};
use std::fmt;

/// By which way the value of a variable was found, or why it was not.
///
/// Shown, it is a line: `register rbx, as functions called since saved it`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Provenance {
    source: Source,
    ways: Ways,
}

/// Where a value is.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Source {
    /// In memory.
    Memory,
    /// In a register, in the frame itself or saved by functions that it called.
    Register {
        /// The name of the register.
        name: &'static str,
        /// Whether the frame called others since.
        saved: bool,
    },
    /// Nowhere: debugging information tells it.
    Constant,
    /// Nowhere: it is computed.
    Computed,
    /// In several places.
    Pieces,
    /// It is no variable of the frame, but what the name means around it.
    Global,
    /// It is not known, for this reason.
    Absent(Missing),
}

/// Why a value is not known.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Missing {
    /// Debugging information does not say where it is.
    Location(Gone),
    /// It was in this register, which functions called since may have changed.
    Register(&'static str),
    /// Where it is cannot be computed.
    Expression(ExpressionError),
    /// A part of it is lost.
    Part,
    /// It points to an object that is not in memory.
    Pointee,
    /// Its place is smaller than its type.
    Size,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location(gone) => gone.fmt(f),
            Self::Register(name) => write!(
                f,
                "register {name} is lost: functions called since may have changed it"
            ),
            Self::Expression(error) => error.fmt(f),
            Self::Part => f.write_str("a part of it was optimized out"),
            Self::Pointee => f.write_str("it points to an object that is not in memory"),
            Self::Size => f.write_str("its place is smaller than its type"),
        }
    }
}

impl Provenance {
    pub(super) fn new(source: Source, ways: Ways) -> Self {
        Self { source, ways }
    }

    /// Where the value is.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether what the caller passed was needed to tell.
    #[must_use]
    pub fn is_from_caller(&self) -> bool {
        self.ways.at_entry
    }

    /// Whether a copy that code made, of an argument say, was needed to tell.
    #[must_use]
    pub fn is_from_copy(&self) -> bool {
        self.ways.from_copy
    }

    /// Whether what the frame passes to the function that it called was needed to tell.
    #[must_use]
    pub fn is_from_callee(&self) -> bool {
        self.ways.at_call
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Absent(reason) => return write!(f, "absent: {reason}"),
            Source::Memory => f.write_str("memory")?,
            Source::Register { name, .. } if self.ways.at_call || self.ways.from_copy => {
                write!(f, "register {name}")?
            }
            Source::Register { name, saved: false } => write!(f, "register {name}")?,
            Source::Register { name, saved: true } => {
                write!(f, "register {name}, as functions called since saved it")?;
            }
            Source::Constant => f.write_str("constant")?,
            Source::Computed => f.write_str("computed")?,
            Source::Pieces => f.write_str("pieces")?,
            Source::Global => f.write_str("global")?,
        }
        if self.ways.at_entry {
            f.write_str(", by what the caller passed")?;
        }
        if self.ways.at_call {
            f.write_str(", by what the frame's call passes")?;
        }
        if self.ways.from_copy {
            f.write_str(", by a copy that the code made")?;
        }
        Ok(())
    }
}

/// The name of a register, for users.
pub(super) fn register_name(arch: &Arch, number: DwarfRegister) -> Option<&'static str> {
    let index = usize::try_from(number.0).ok()?;
    let register = (*arch.dwarf_registers.get(index)?)?;
    let info = arch.registers.get(usize::from(register.0))?;
    info.names.first().copied()
}
