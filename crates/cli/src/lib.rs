//! The command line of `spelunk`: its options in one table, from which `--help` is made, and a
//! parser that answers with what to do. Knows no Python: it says which script or prompt to start.

mod options;
mod parse;
mod usage;

pub use options::{Code, Options, SearchMethod, SymbolsFrom};
pub use parse::{Action, UsageError, parse};
pub use usage::help;
