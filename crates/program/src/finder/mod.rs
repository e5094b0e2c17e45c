//! Finders: who is asked, one after the other, what a name or an address means.
//!
//! Debugging information (`dwarf`), symbol tables (`elf`) and the kernel's special objects
//! (`linux`) are finders among others; a user registers more, and chooses their order. They are
//! called without any lock held, from any thread, and may look up other names themselves.

mod builtin;
mod registry;
mod symbol_index;

use crate::{Program, Result};
use spelunk_debuginfo::{ObjectKinds, Symbol};
use spelunk_object::Object;
use spelunk_types::{QualifiedType, TypeKinds};

pub(crate) use builtin::{DebugInfoFinder, OsFinder, SymbolTableFinder};
pub use registry::Finders;
pub use symbol_index::SymbolIndex;

/// Knows types by their name.
pub trait TypeFinder: Send + Sync {
    /// The type of one of these kinds with this name or tag, in a file if one is given.
    ///
    /// # Errors
    ///
    /// If it cannot say. No other finder is asked then.
    fn find(
        &self,
        program: &Program,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>>;
}

/// Knows variables, functions and constants by their name.
pub trait ObjectFinder: Send + Sync {
    /// The object of one of these kinds with this name, in a file if one is given.
    ///
    /// # Errors
    ///
    /// If it cannot say. No other finder is asked then.
    fn find(
        &self,
        program: &Program,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> Result<Option<Object>>;
}

/// Which symbols are asked for: those with this name, that this address is in, or all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SymbolQuery<'a> {
    /// Only those with this name.
    pub name: Option<&'a str>,
    /// Only those that this address is in.
    pub address: Option<u64>,
    /// Only the best of them.
    pub one: bool,
}

/// Knows symbols by their name and address.
pub trait SymbolFinder: Send + Sync {
    /// The symbols that are asked for; one at most where one is.
    ///
    /// # Errors
    ///
    /// If it cannot say. No other finder is asked then.
    fn find(&self, program: &Program, query: SymbolQuery<'_>) -> Result<Vec<Symbol>>;
}
