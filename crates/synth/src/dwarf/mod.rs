//! Debugging information, sound or as no compiler writes it: DWARF 2 to 5, in every shape and form.
//!
//! A [`Dwarf`] has units; a unit is written entry by entry ([`UnitWriter`]), so that entries can be
//! nested as deep as memory allows. Every attribute says its form. Entries refer to each other by
//! [`Label`]s, which may be used before they are set.

mod constants;
mod file;
mod shape;
mod unit;
mod value;

pub use constants::{at, form, tag};
pub use file::{Dwarf, Label};
pub use shape::{Shape, UnitKind};
pub use unit::{Attribute, UnitWriter};
pub use value::Value;
