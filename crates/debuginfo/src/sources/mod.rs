//! The files that the debugging information of one file stands in.
//!
//! Most often that is the file itself. `dwz` moves what several files have in common into a
//! *supplementary* file; `-gsplit-dwarf` leaves all but addresses in the `.dwo` files that stand
//! beside the objects, or in one *package* of them (`.dwp`). They are found when the debugging
//! information is first looked at. What is missing is kept as a [`MissingSource`]; everything else
//! stays usable.

mod found;
mod missing;
mod search;
mod sections;
mod skeleton;
mod split;
mod supplementary;

pub(crate) use found::{SourceFile, SplitLink};
pub use missing::{MissingSource, SourceKind};
pub(crate) use search::Sources;
pub(crate) use sections::{SourceSections, Wanted, section_name};
