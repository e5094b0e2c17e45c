use super::cache::Cache;
use super::call_site::FunctionCalls;
use super::function_tables::FunctionTables;
use super::tree::{FunctionTree, NodeKind};
use crate::demangle::demangle_function;
use crate::{DebugFile, DebugInfoError, DieId, SourceLine, UnitIndex, Units};
use gimli::UnitOffset;
use std::borrow::Cow;
use std::sync::Arc;

/// A function, or an inlined copy of one, at an address.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The unit that it is in.
    pub unit: UnitIndex,
    /// Its `DW_TAG_subprogram` or `DW_TAG_inlined_subroutine`.
    pub die: DieId,
    /// The `DW_TAG_subprogram` whose code it is part of: itself, unless it is an inlined copy.
    pub function: DieId,
    /// The name as it was written; `None` if the debug information has none.
    pub name: Option<Arc<str>>,
    /// The mangled name, where there is one.
    pub linkage_name: Option<Arc<str>>,
    /// For an inlined copy, the line that called it, in the scope around.
    pub call_site: Option<SourceLine>,
    /// The lexical blocks in it that contain the address, innermost first.
    pub blocks: Vec<DieId>,
}

impl Scope {
    /// Whether it is an inlined copy.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        self.call_site.is_some()
    }

    /// The name with the namespaces and types that it is in, where the mangled name tells them;
    /// else as it was written.
    #[must_use]
    pub fn qualified_name(&self) -> Option<Cow<'_, str>> {
        let linkage_name = self.linkage_name.as_deref();
        match linkage_name.and_then(demangle_function) {
            Some(name) => Some(name.into()),
            None => self.name.as_deref().map(Cow::Borrowed),
        }
    }
}

/// The functions that were asked for.
#[derive(Default)]
pub(super) struct ScopeTables {
    functions: FunctionTables,
    trees: Cache<DieId, FunctionTree>,
    pub(super) calls: Cache<DieId, FunctionCalls>,
}

impl DebugFile {
    /// The functions at `pc`: the innermost inlined one first, the function that has code of its
    /// own last. None if no function is there.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn scopes(&self, pc: u64) -> Result<Vec<Scope>, DebugInfoError> {
        let pc = pc.wrapping_sub(self.bias());
        self.with_units(|units| {
            let Some((unit, function)) = self.find_function(units, pc)? else {
                return Ok(Vec::new());
            };
            let die = units.die_at(unit, function)?;
            let trees = &self.pc_tables.scopes.trees;
            let tree = trees.get(die, || FunctionTree::new(units, unit, function))?;
            self.scopes_in(units, unit, &tree, pc)
        })
    }

    /// The function that has code at `pc`, which is the file's own, and its unit.
    pub(super) fn find_function(
        &self,
        units: &Units<'_>,
        pc: u64,
    ) -> Result<Option<(UnitIndex, UnitOffset)>, DebugInfoError> {
        let tables = &self.pc_tables.scopes;
        tables.functions.find(units, self.made_index(), pc)
    }

    fn scopes_in(
        &self,
        units: &Units<'_>,
        unit: UnitIndex,
        tree: &FunctionTree,
        pc: u64,
    ) -> Result<Vec<Scope>, DebugInfoError> {
        let mut scopes: Vec<Scope> = Vec::new();
        for node in tree.path_to(pc) {
            let die = units.die_at(unit, node.offset)?;
            let call_site = match &node.kind {
                NodeKind::Block => {
                    if let Some(scope) = scopes.last_mut() {
                        scope.blocks.insert(0, die);
                    }
                    continue;
                }
                NodeKind::Function => None,
                NodeKind::Inlined(call) => Some(SourceLine {
                    file: self.file_name(units, unit, call.file)?,
                    line: call.line,
                    column: call.column,
                }),
            };
            let function = scopes.first().map_or(die, |outermost| outermost.die);
            let names = units.function_names(die)?;
            scopes.push(Scope {
                unit,
                die,
                function,
                name: names.name,
                linkage_name: names.linkage_name,
                call_site,
                blocks: Vec::new(),
            });
        }
        scopes.reverse();
        Ok(scopes)
    }
}
