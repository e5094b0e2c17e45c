//! DWARF's types as [`spelunk_types`] has them.
//!
//! A type entry is declared under its [`DieId`] and completed, one level deep, when it is looked
//! at. Qualifiers are no types of their own, so a reference through `DW_TAG_const_type` leads to
//! the type behind it; a reference to a declaration leads to the definition, wherever it is.

use crate::die::DieId;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use spelunk_types::{Members, QualifiedType, Type, TypeError, TypeProducer, TypeStore};

impl DebugFile {
    /// The type that an entry refers to (`DW_AT_type`): of a variable its type, of a function
    /// what it returns. `void` where there is none.
    ///
    /// # Errors
    ///
    /// If the debugging information is damaged, or the file was not added to a program.
    pub fn type_of(&self, store: &TypeStore, die: DieId) -> Result<QualifiedType, DebugInfoError> {
        let _ = store;
        self.with_units(|units| Err(units.damaged(die, "types are not read yet".to_owned())))
    }

    /// The type that an entry describes: a type's, or a function's.
    ///
    /// # Errors
    ///
    /// As [`type_of`](Self::type_of).
    pub fn type_at(&self, store: &TypeStore, die: DieId) -> Result<QualifiedType, DebugInfoError> {
        let _ = store;
        self.with_units(|units| Err(units.damaged(die, "types are not read yet".to_owned())))
    }
}

impl TypeProducer for DebugFile {
    fn complete(&self, _: &TypeStore, _: u64) -> Result<Type, TypeError> {
        Err(TypeError::new("types are not read yet"))
    }

    fn members(&self, _: &TypeStore, _: u64) -> Result<Members, TypeError> {
        Err(TypeError::new("types are not read yet"))
    }
}
