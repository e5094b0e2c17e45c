//! Unwinding as pure functions: what is known of the registers in one frame, the row that says how
//! to get to the caller's, and memory, give what is known of the registers in the caller.
//!
//! * [`Registers`] are the registers of one frame, each of them known or not.
//! * [`Row`] is the neutral form of what DWARF's call frame information, ORC and frame pointers say
//!   for one address; [`step`] applies it.
//! * [`expression`] is the machine for DWARF expressions, which rows and variables need.
//!
//! Nothing here knows who made a row, or reads a file. Memory and all else is asked for through
//! [`Memory`] and [`expression::Environment`].

pub mod expression;
mod memory;
mod registers;
mod row;
mod step;

pub use memory::{Memory, Unreadable};
pub use registers::Registers;
pub use row::{CfaRule, RegisterRule, Row};
pub use step::{StepError, canonical_frame_address, step};
