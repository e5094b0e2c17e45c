use crate::{PrimitiveTypes, Printers, Result};
use spelunk_base::{Language, Platform};
use spelunk_types::{QualifiedType, TypeKinds, TypeStore};

/// The program that objects belong to, as far as they need to know it.
pub trait Target: Send + Sync {
    /// The types that all of the target's objects have.
    fn types(&self) -> &TypeStore;

    /// The machine, where it is known.
    fn platform(&self) -> Option<Platform>;

    /// The language of type names and literals.
    fn language(&self) -> Language {
        Language::C
    }

    /// Fills `buf` with the bytes at virtual `address`.
    ///
    /// # Errors
    ///
    /// A fault if not all of them can be read.
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()>;

    /// A type of one of these kinds by its name, or tag without the keyword. `filename` says
    /// which file defines it. Called for the basic types of C, too.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged where it is needed, or a user's finder failed.
    fn find_type(
        &self,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>>;

    /// The symbol that `address` stands in.
    ///
    /// # Errors
    ///
    /// If a user's finder failed.
    fn symbolize(&self, _address: u64) -> Result<Option<SymbolOffset>> {
        Ok(None)
    }

    /// Where the basic types of C are remembered once found: a field of the target,
    /// `PrimitiveTypes::default()` at first.
    fn primitives(&self) -> &PrimitiveTypes;

    /// What shows the classes of libraries; `None` where all are shown as they are.
    fn printers(&self) -> Option<&Printers> {
        None
    }
}

/// A place relative to a symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SymbolOffset {
    /// The symbol's name.
    pub name: Box<str>,
    /// Distance from its start, in bytes.
    pub offset: u64,
}
