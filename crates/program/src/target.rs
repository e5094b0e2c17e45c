//! The program as objects see it.

use crate::Program;
use spelunk_base::{Language, Platform};
use spelunk_memory::AddressSpace;
use spelunk_object::{PrimitiveTypes, Printers, Result, ShortName, SymbolOffset, Target};
use spelunk_types::{QualifiedType, TypeKinds, TypeStore};
use std::sync::Arc;

impl Target for Program {
    fn types(&self) -> &TypeStore {
        &self.types
    }

    fn platform(&self) -> Option<Platform> {
        Program::platform(self)
    }

    fn language(&self) -> Language {
        Program::language(self)
    }

    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()> {
        Ok(self.read_into(AddressSpace::Virtual, address, buf)?)
    }

    fn find_type(
        &self,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        let found = self
            .type_finders
            .first(|finder| finder.find(self, kinds, name, filename));
        Ok(found?)
    }

    fn find_whole_names(&self, kinds: TypeKinds, name: &ShortName) -> Result<Vec<Box<str>>> {
        let debug_info = &self.debug_info;
        let look_up = || -> crate::Result<_> {
            let kinds: Vec<_> = kinds.iter().collect();
            let fits = |whole: &str| name.fits(whole);
            let found = debug_info.find_type_names(&kinds, name.word(), &fits)?;
            Ok(Some(Arc::from(found)))
        };
        let files = debug_info.files().len();
        let found = self
            .whole_names
            .get_or_look_up(files, kinds, name.text(), look_up)?;
        Ok(found.map_or(Vec::new(), |names: Arc<[Box<str>]>| names.to_vec()))
    }

    fn symbolize(&self, address: u64) -> Result<Option<SymbolOffset>> {
        let Some(symbol) = self.find_symbol(address)? else {
            return Ok(None);
        };
        let offset = address.checked_sub(symbol.address);
        Ok(offset.map(|offset| SymbolOffset {
            offset,
            name: symbol.demangled_name().into(),
        }))
    }

    fn primitives(&self) -> &PrimitiveTypes {
        &self.primitives
    }

    fn printers(&self) -> Option<&Printers> {
        Some(&self.printers)
    }
}
