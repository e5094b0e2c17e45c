use super::DwarfRegister;
use crate::Unreadable;
use std::fmt;

/// Why an expression has no result. Offsets are in bytes from the start of the expression.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ExpressionError {
    /// The bytes end in the operation at this offset.
    Truncated(usize),
    /// The operation at this offset has an opcode that is not defined, or not for this machine.
    UnknownOperation {
        /// The opcode.
        opcode: u8,
        /// Where it stands.
        offset: usize,
    },
    /// The operation at this offset takes more from the stack than there is.
    StackUnderflow(usize),
    /// The stack grew over all bounds.
    StackOverflow,
    /// The expression runs for too long, or calls too deep.
    TooLong,
    /// It has more pieces than any object.
    TooManyPieces,
    /// The operation at this offset branches out of the expression.
    BadBranch(usize),
    /// Something follows a location that is complete, at this offset.
    AfterLocation(usize),
    /// A division by zero.
    DivisionByZero,
    /// Operands whose types do not fit each other or the operation.
    TypeMismatch,
    /// A base type that the machine cannot compute with, of this many bytes.
    UnsupportedType(u64),
    /// It describes a location, and a value was needed.
    NotAValue,
    /// The value of this register is not known in the frame.
    UnknownRegister(DwarfRegister),
    /// Memory that cannot be read.
    Memory(Unreadable),
    /// This, outside of the expression, is not known.
    Missing(&'static str),
    /// What was passed to the function is not known, for this reason.
    NoEntryValue(&'static str),
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated(offset) => {
                write!(f, "expression ends in the operation at offset {offset:#x}")
            }
            Self::UnknownOperation { opcode, offset } => write!(
                f,
                "expression has the unsupported operation {opcode:#04x} at offset {offset:#x}"
            ),
            Self::StackUnderflow(offset) => write!(
                f,
                "expression takes more than is on its stack at offset {offset:#x}"
            ),
            Self::StackOverflow => f.write_str("expression overflows its stack"),
            Self::TooLong => f.write_str("expression does not end"),
            Self::TooManyPieces => f.write_str("expression has too many pieces"),
            Self::BadBranch(offset) => {
                write!(f, "expression branches out of itself at offset {offset:#x}")
            }
            Self::AfterLocation(offset) => write!(
                f,
                "expression goes on after a complete location at offset {offset:#x}"
            ),
            Self::DivisionByZero => f.write_str("expression divides by zero"),
            Self::TypeMismatch => f.write_str("expression mixes types that do not fit"),
            Self::UnsupportedType(size) => {
                write!(
                    f,
                    "expression uses an unsupported base type of {size} bytes"
                )
            }
            Self::NotAValue => f.write_str("expression gives a location where a value is needed"),
            Self::UnknownRegister(register) => {
                write!(f, "DWARF register {} is not known", register.0)
            }
            Self::Memory(error) => error.fmt(f),
            Self::Missing(what) => write!(f, "{what} is not known"),
            Self::NoEntryValue(reason) => write!(f, "value at entry is not known: {reason}"),
        }
    }
}

impl std::error::Error for ExpressionError {}

impl From<Unreadable> for ExpressionError {
    fn from(error: Unreadable) -> Self {
        Self::Memory(error)
    }
}
