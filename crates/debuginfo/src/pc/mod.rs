//! What is at an address: the row to unwind by, the functions, the line, the variables.
//!
//! All addresses are the target's. To look at a frame that made a call, ask for the address before
//! its return address: the call may be the last instruction of its function. Only the caller knows,
//! so nothing here subtracts. (A [`Row`] says so of the frame it leads to:
//! `is_signal_frame`.)
//!
//! [`Row`]: spelunk_unwind::Row

mod cache;
mod call_argument;
mod call_site;
mod cfi;
mod context;
mod frame_environment;
mod frame_state;
mod function_tables;
mod functions;
mod line;
mod line_program;
mod location;
mod lowest_bytes;
mod names;
mod producer;
mod rows;
mod scope;
mod tree;
mod variable;
mod variable_length;

pub use call_site::{CallPlace, CallSite, CallTarget, FunctionCalls, Linkage};
pub use frame_state::{CallArgument, FrameState, Surroundings};
pub use line::SourceLine;
pub(crate) use line::file_path;
pub use location::{Gone, VariableValue};
pub use rows::RowSource;
pub use scope::Scope;
pub use variable::{Variable, VariableKind};

/// What was read of a file so far to answer questions about addresses.
#[derive(Default)]
pub(crate) struct PcTables {
    rows: rows::RowTables,
    scopes: scope::ScopeTables,
    lines: line::Lines,
    variables: variable::VariableTables,
}
