//! The program as objects see it.

use crate::Program;
use spelunk_base::{Language, Platform};
use spelunk_memory::AddressSpace;
use spelunk_object::{PrimitiveTypes, Printers, Result, SymbolOffset, Target};
use spelunk_types::{QualifiedType, TypeKinds, TypeStore};

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
