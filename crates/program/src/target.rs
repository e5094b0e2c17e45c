//! The program as objects see it.

use crate::Program;
use spelunk_base::{Language, Platform};
use spelunk_memory::AddressSpace;
use spelunk_object::{PrimitiveTypes, Result, SymbolOffset, Target};
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
        let look_up = || {
            let kinds: Vec<_> = kinds.iter().collect();
            self.debug_info
                .find_type(&kinds, name, filename)
                .map_err(|error| crate::Error::from(error).into())
        };
        if filename.is_some() {
            return look_up();
        }
        let files = self.debug_info.files().len();
        self.found_types.get_or_look_up(files, kinds, name, look_up)
    }

    fn symbolize(&self, address: u64) -> Option<SymbolOffset> {
        let symbol = self.find_symbol(address)?;
        Some(SymbolOffset {
            offset: address.checked_sub(symbol.address)?,
            name: symbol.name,
        })
    }

    fn primitives(&self) -> &PrimitiveTypes {
        &self.primitives
    }
}
