use super::cache::Cache;
use crate::entry::Die;
use crate::{DebugFile, DebugInfoError, DieId, Scope, UnitIndex, Units};
use gimli::constants as dw;
use spelunk_types::{QualifiedType, TypeStore};
use spelunk_unwind::expression::DieReference;
use std::collections::HashSet;
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
    /// Whether this copy of the function (one inlined, say) leaves it out, and it stands only with the
    /// original, which says where it is for all: a static variable.
    pub is_of_original: bool,
}

/// What a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VariableKind {
    /// A parameter.
    Parameter,
    /// A local variable.
    Local,
}

/// The variables that were asked for.
#[derive(Default)]
pub(super) struct VariableTables {
    /// By the innermost block.
    lists: Cache<DieId, Vec<Variable>>,
    /// The types that are the same in all frames.
    pub(super) types: Cache<DieId, QualifiedType>,
}

impl DebugFile {
    /// The variables of `scope` that are visible at the address it was found for: those of the
    /// function first, those of the innermost block last, in each in the order of the source. Of
    /// two with the same name the later one hides the earlier one.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn variables(&self, scope: &Scope) -> Result<Arc<Vec<Variable>>, DebugInfoError> {
        let innermost = scope.blocks.first().unwrap_or(&scope.die);
        self.pc_tables.variables.lists.get(*innermost, || {
            self.with_units(|units| {
                let mut variables = Vec::new();
                for die in [scope.die].iter().chain(scope.blocks.iter().rev()) {
                    push_variables(units, scope.unit, *die, &mut variables)?;
                }
                Ok(variables)
            })
        })
    }

    /// The variable that an expression of `variable` refers to, if it is one.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn referenced_variable(
        &self,
        variable: &Variable,
        reference: DieReference,
    ) -> Result<Option<Variable>, DebugInfoError> {
        self.with_units(|units| {
            let own = units.die(variable.die)?;
            let Some(die) = own.referenced(reference) else {
                return Ok(None);
            };
            let kind = match units.die(die)?.tag() {
                dw::DW_TAG_formal_parameter => VariableKind::Parameter,
                _ => VariableKind::Local,
            };
            Ok(Some(Variable {
                name: units.name_of(die)?.unwrap_or_default(),
                kind,
                unit: variable.unit,
                die,
                is_of_original: false,
            }))
        })
    }

    /// Whether the unit of `scope` speaks of a variable, function or enumerator called `name`
    /// outside of all functions: defines it, or only declares it.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn is_in_unit(&self, scope: &Scope, name: &str) -> Result<bool, DebugInfoError> {
        self.with_units(|units| {
            let root = units.unit(scope.unit)?.header.root_offset();
            let root = units.die(units.die_at(scope.unit, root)?)?;
            let mut found = false;
            root.for_each_child(|child| {
                match child.tag() {
                    _ if found => {}
                    dw::DW_TAG_variable | dw::DW_TAG_subprogram => {
                        found = has_name(&child, name)?;
                    }
                    dw::DW_TAG_enumeration_type => child.for_each_child(|enumerator| {
                        found |= has_name(&enumerator, name)?;
                        Ok(())
                    })?,
                    _ => {}
                }
                Ok(())
            })?;
            Ok(found)
        })
    }

    /// The type of a variable, declared in `store`.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn variable_type(
        &self,
        store: &TypeStore,
        variable: &Variable,
    ) -> Result<QualifiedType, DebugInfoError> {
        self.type_of(store, variable.die)
    }
}

fn has_name(die: &Die<'_, '_>, name: &str) -> Result<bool, DebugInfoError> {
    Ok(die.name()?.is_some_and(|it| it == name))
}

/// Adds the variables that stand directly in the function or block `die`.
fn push_variables(
    units: &Units<'_>,
    unit: UnitIndex,
    die: DieId,
    variables: &mut Vec<Variable>,
) -> Result<(), DebugInfoError> {
    let own = units.die(die)?;
    let mut originals = HashSet::new();
    own.for_each_child(|child| {
        originals.extend(child.reference(dw::DW_AT_abstract_origin)?);
        push_variable(units, unit, &child, false, variables)
    })?;
    let Some(original) = own.reference(dw::DW_AT_abstract_origin)? else {
        return Ok(());
    };
    units.die(original)?.for_each_child(|child| {
        let says_where = [dw::DW_AT_location, dw::DW_AT_const_value]
            .iter()
            .any(|name| child.attr(*name).is_some());
        if says_where && !originals.contains(&child.id()) {
            push_variable(units, unit, &child, true, variables)?;
        }
        Ok(())
    })
}

fn push_variable(
    units: &Units<'_>,
    unit: UnitIndex,
    die: &Die<'_, '_>,
    is_of_original: bool,
    variables: &mut Vec<Variable>,
) -> Result<(), DebugInfoError> {
    let kind = match die.tag() {
        dw::DW_TAG_formal_parameter => VariableKind::Parameter,
        dw::DW_TAG_variable => VariableKind::Local,
        _ => return Ok(()),
    };
    if let Some(name) = units.name_of(die.id())? {
        variables.push(Variable {
            name,
            kind,
            unit,
            die: die.id(),
            is_of_original,
        });
    }
    Ok(())
}
