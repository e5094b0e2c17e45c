//! Objects as text in C's syntax.

mod options;

pub use options::{FormatOptions, IntegerBase};
