//! The finders that every program has from the start.

use super::{ObjectFinder, SymbolFinder, SymbolQuery, TypeFinder};
use crate::{Program, Result};
use spelunk_debuginfo::{Absence, FoundObject, ObjectKinds, ObjectValue, Symbol};
use spelunk_elf::constants::{self, SymbolBind};
use spelunk_object::{AbsenceReason, Object, Value};
use spelunk_types::{QualifiedType, TypeKinds};

/// Debugging information.
pub(crate) struct DebugInfoFinder;

impl TypeFinder for DebugInfoFinder {
    fn find(
        &self,
        program: &Program,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        let look_up = || {
            let kinds: Vec<_> = kinds.iter().collect();
            Ok(program.debug_info.find_type(&kinds, name, filename)?)
        };
        if filename.is_some() {
            return look_up();
        }
        let files = program.debug_info.files().len();
        program
            .found_types
            .get_or_look_up(files, kinds, name, look_up)
    }
}

impl ObjectFinder for DebugInfoFinder {
    fn find(
        &self,
        program: &Program,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> Result<Option<Object>> {
        let look_up = || {
            program
                .debug_info
                .find_object(name, filename, kinds)?
                .map(|found| program.object_of(&found, name))
                .transpose()
        };
        if filename.is_some() {
            return look_up();
        }
        let files = program.debug_info.files().len();
        program
            .found_objects
            .get_or_look_up(files, kinds, name, look_up)
    }
}

impl Program {
    /// The object that debugging information told of.
    pub(crate) fn object_of(&self, found: &FoundObject, name: &str) -> Result<Object> {
        Ok(match &found.value {
            ObjectValue::Address(address) => Object::at(found.ty, *address),
            ObjectValue::Bytes(bytes) => Object::from_bytes(self, found.ty, bytes, 0, None)?,
            ObjectValue::Constant(value) => {
                Object::from_value(self, found.ty, &Value::from(*value), None)?
            }
            ObjectValue::ThreadLocal(_) => self.object_of_main_thread(found, name)?,
            ObjectValue::Absent(Absence::OptimizedOut) => {
                Object::absent(found.ty, AbsenceReason::OptimizedOut)
            }
            ObjectValue::Absent(Absence::NotImplemented) => {
                Object::absent(found.ty, AbsenceReason::NotImplemented)
            }
        })
    }
}

/// The objects that the operating system knows without debugging information.
pub(crate) struct OsFinder;

impl ObjectFinder for OsFinder {
    fn find(
        &self,
        program: &Program,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> Result<Option<Object>> {
        let found = match program.os() {
            Some(os) if filename.is_none() => os.find_object(program, name)?,
            _ => None,
        };
        let is_of_kind = |object: &Object| {
            kinds.contains(match object.address() {
                Some(_) => ObjectKinds::VARIABLE,
                None => ObjectKinds::CONSTANT,
            })
        };
        Ok(found.filter(is_of_kind))
    }
}

/// The symbol tables of all modules: of their files, or those that stand in the program's memory.
pub(crate) struct SymbolTableFinder;

impl SymbolFinder for SymbolTableFinder {
    fn find(&self, program: &Program, query: SymbolQuery<'_>) -> Result<Vec<Symbol>> {
        let modules = match query.address {
            // The one that is there now: others had their initialization code there.
            Some(address) => program.find_module(address).into_iter().collect(),
            None => program.modules(),
        };
        let tables = modules.iter().filter_map(|module| module.symbols(program));
        let mut symbols: Vec<Symbol> = match query {
            SymbolQuery {
                address: Some(address),
                name: None,
                one: true,
            } => tables.filter_map(|table| table.find(address)).collect(),
            SymbolQuery {
                address: Some(address),
                ..
            } => tables.flat_map(|table| table.all_at(address)).collect(),
            SymbolQuery {
                name: Some(name),
                one: true,
                ..
            } => tables.filter_map(|table| table.find_name(name)).collect(),
            SymbolQuery {
                name: Some(name), ..
            } => tables.flat_map(|table| table.all_named(name)).collect(),
            SymbolQuery { .. } => tables.flat_map(|table| table.iter()).collect(),
        };
        if let (Some(name), Some(_)) = (query.name, query.address) {
            symbols.retain(|symbol| &*symbol.name == name);
        }
        if query.one && symbols.len() > 1 {
            symbols.sort_by_key(|symbol| rank(symbol.binding));
            symbols.truncate(1);
        }
        Ok(symbols)
    }
}

/// Which of several symbols of one name is meant: the one with the lowest rank.
pub(super) fn rank(binding: SymbolBind) -> u8 {
    match binding {
        constants::STB_GLOBAL | constants::STB_GNU_UNIQUE => 0,
        constants::STB_WEAK => 1,
        _ => 2,
    }
}
