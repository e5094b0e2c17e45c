//! The command line of `spelunk`: its options in one table, from which `--help` is made, and a
//! parser that answers with what to do. Knows no Python: it says which script or prompt to start.
//!
//! Its commands answer with a typed result, which can be written as text and as JSON: [`backtraces`].

mod backtrace;
mod options;
mod parse;
mod usage;

pub use backtrace::{Backtraces, backtraces};
pub use options::{BacktraceOptions, Code, Options, SearchMethod, SymbolsFrom};
pub use parse::{Action, UsageError, parse};
pub use usage::help;
