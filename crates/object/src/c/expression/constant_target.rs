use crate::{Error, PrimitiveTypes, Result, SymbolOffset, Target};
use spelunk_base::{Language, Platform};
use spelunk_types::{QualifiedType, TypeKinds, TypeStore};

/// The target without its memory.
pub(super) struct ConstantTarget<'a> {
    pub(super) target: &'a dyn Target,
    /// Whether all memory is 0, where only the type of what stands there counts.
    pub(super) is_blank: bool,
}

impl Target for ConstantTarget<'_> {
    fn types(&self) -> &TypeStore {
        self.target.types()
    }

    fn platform(&self) -> Option<Platform> {
        self.target.platform()
    }

    fn language(&self) -> Language {
        self.target.language()
    }

    fn read(&self, _: u64, buf: &mut [u8]) -> Result<()> {
        if self.is_blank {
            buf.fill(0);
            return Ok(());
        }
        Err(Error::syntax("it depends on what is in memory"))
    }

    fn find_type(
        &self,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        self.target.find_type(kinds, name, filename)
    }

    fn symbolize(&self, address: u64) -> Result<Option<SymbolOffset>> {
        self.target.symbolize(address)
    }

    fn primitives(&self) -> &PrimitiveTypes {
        self.target.primitives()
    }
}
