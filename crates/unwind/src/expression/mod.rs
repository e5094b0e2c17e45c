//! The machine for DWARF expressions: DWARF 5, sections 2.5 and 2.6, and GNU's extensions.
//!
//! [`evaluate`] tells where an object is, as a [`Location`] of one or more pieces; [`compute`] tells what an
//! expression leaves on the stack where that is a value and no address; [`evaluate_value`] gives the one number that a rule of a row means. Both ask an [`Environment`]
//! for what is outside the expression: registers, memory, the frame base.
//!
//! Whatever the bytes, the machine stops: the steps, the stack and the pieces are bounded.

mod encoding;
mod environment;
mod error;
mod location;
mod machine;
mod opcode;
#[cfg(test)]
mod tests;
mod value;

pub use encoding::Encoding;
pub use environment::{DieReference, DwarfRegister, Environment};
pub use error::ExpressionError;
pub use location::{Location, Piece, PieceKind};
pub use value::{BaseKind, BaseType, Value};

use machine::Machine;

/// Where the object that `expression` describes is. An empty expression is an object that was
/// optimized out.
///
/// # Errors
///
/// [`ExpressionError`] if the expression is damaged, or `environment` cannot give what it needs.
pub fn evaluate(
    expression: &[u8],
    encoding: Encoding,
    environment: &dyn Environment,
) -> Result<Location, ExpressionError> {
    let mut machine = Machine::new(encoding, environment);
    machine.run(expression)?;
    machine.into_location()
}

/// What `expression` leaves on the stack, as a [`PieceKind::Value`], an integer as one of the generic type; or the
/// place that it describes instead.
///
/// # Errors
///
/// As [`evaluate`]; [`ExpressionError::NotAValue`] if it describes several pieces.
pub fn compute(
    expression: &[u8],
    encoding: Encoding,
    environment: &dyn Environment,
) -> Result<PieceKind, ExpressionError> {
    let mut machine = Machine::new(encoding, environment);
    machine.run(expression)?;
    machine.into_computed()
}

/// The number that `expression` computes, started with `initial` on the stack.
///
/// # Errors
///
/// As [`evaluate`]; [`ExpressionError::NotAValue`] if it describes a register or several pieces.
pub fn evaluate_value(
    expression: &[u8],
    encoding: Encoding,
    initial: Option<u64>,
    environment: &dyn Environment,
) -> Result<u64, ExpressionError> {
    let mut machine = Machine::new(encoding, environment);
    if let Some(value) = initial {
        machine.push_generic(value)?;
    }
    machine.run(expression)?;
    machine.into_location()?.number()
}
