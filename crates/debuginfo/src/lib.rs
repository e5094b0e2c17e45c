//! What the bytes of debug files mean: DWARF's types, objects, frames, lines; symbol tables; ORC.
//!
//! * [`DebugFile`] is one file; [`Units`] are its units, parsed when they are wanted.
//! * [`DebugInfo`] is all files of a program: types and objects by name.
//! * [`NameIndex`] says which entries of a file have a name; it is made once and kept on disk.
//!
//! Files hold nothing of a program but the types that they handed out; all addresses that come
//! out of this crate are the target's.

mod abbreviation_tables;
mod damage;
mod demangle;
mod die;
mod dwarf;
mod entry;
mod error;
mod file;
mod file_list;
mod filename;
mod find;
mod hash;
mod import;
mod index;
mod info;
mod inline_namespaces;
pub mod kallsyms;
mod language;
mod line_tables;
mod load_bias;
mod macros;
mod main_language;
mod merged_names;
mod object;
pub mod orc;
mod parse_budget;
mod patience;
mod pc;
mod place;
mod ranges;
mod scopes;
mod simple_names;
mod sources;
mod symtab;
mod types;
mod unit;
mod unit_dwarf;
mod unit_headers;
mod unit_map;
mod unit_parse;
mod units;
mod wanted_name;
mod whole_names;

pub use demangle::{demangle, demangle_function};
pub use die::DieId;
pub use dwarf::{Dwarf, Entry, Slice};
pub use entry::Die;
pub use error::DebugInfoError;
pub use file::DebugFile;
pub use index::{IndexEntry, NameIndex, NameKind};
pub use info::DebugInfo;
pub use macros::{Macro, MacroPlace};
pub use object::{Absence, FoundObject, ObjectKinds, ObjectValue};
pub use patience::Patience;
pub use pc::{
    CallArgument, CallPlace, CallSite, CallTarget, FrameState, FunctionCalls, Gone, Linkage,
    RowSource, Scope, SourceLine, Surroundings, Variable, VariableKind, VariableValue,
};
pub use sources::{MissingSource, SourceKind};
pub use symtab::{Symbol, SymbolName, SymbolTable};
pub use unit::{Unit, UnitIndex};
pub use units::{Place, Units};
