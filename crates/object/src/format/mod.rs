//! Objects as text in C's syntax.
//!
//! * [`FormatOptions`] says how.
//! * `whole` looks behind a pointer, and reads memory once for all parts.
//! * `formatter` writes an object in another, on one line if it may and fits, else on several.
//! * `checks` tells what can be shown, and as what.
//! * `parts` are members and elements, of which those that are zero may be left out.
//! * `presented` writes what printers make of containers.
//! * `scalar` writes numbers, characters and strings.
//! * `snapshot` reads a structure once, instead of each of its members.

mod checks;
mod formatter;
mod options;
mod parts;
mod presented;
mod scalar;
mod snapshot;
mod whole;

pub use options::{FormatOptions, IntegerBase};

use crate::{Object, Result, Target};

impl Object {
    /// The object in C's syntax.
    ///
    /// # Errors
    ///
    /// If the object cannot be read at all, or has a type without values. A part of a structure
    /// or array that cannot be read says so in its place.
    pub fn format(&self, target: &dyn Target, options: &FormatOptions) -> Result<String> {
        whole::format(self, target, options)
    }
}
