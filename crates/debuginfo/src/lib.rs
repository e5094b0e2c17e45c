//! What the bytes of debug files mean: DWARF's types, objects, frames, lines; symbol tables; ORC.
//!
//! * [`DebugFile`] is one file; [`Units`] are its units, parsed when they are wanted.
//! * [`DebugInfo`] is all files of a program: types and objects by name.
//!
//! Files hold nothing of a program but the types that they handed out; all addresses that come
//! out of this crate are the target's.

mod die;
mod error;
mod file;
mod info;
mod object;
mod types;
mod unit_map;
mod units;

pub use die::DieId;
pub use error::DebugInfoError;
pub use file::DebugFile;
pub use info::DebugInfo;
pub use object::{FoundObject, ObjectKinds, ObjectValue};
pub use units::{Dwarf, Entry, Slice, Unit, UnitIndex, Units};
