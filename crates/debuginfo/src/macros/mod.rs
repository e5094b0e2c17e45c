//! Macros: `.debug_macro` (DWARF 5, section 6.3, and the form that GCC has of it for DWARF 4),
//! `.debug_macinfo` (DWARF 2 to 4, section 6.3).
//!
//! A *list* is what a header of a file defined, or a whole unit; lists import one another. Nothing
//! is read before a name is asked for. Then all lists are read once for the names in them
//! (`index`), and units that define the name are read whole (`table`), since what a macro stands
//! for depends on the others that its unit had at that place.

mod index;
mod list;
mod lookup;
mod split;
mod table;
mod text;
mod walk;

pub use lookup::{Macro, MacroPlace};

pub(crate) use lookup::Macros;
