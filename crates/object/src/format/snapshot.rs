use crate::layout::{describe_valueless, resolve, sizeof};
use crate::{Object, PrimitiveTypes, Printers, Result, SymbolOffset, Target};
use spelunk_base::{Language, Platform};
use spelunk_types::{QualifiedType, TypeData, TypeKinds, TypeStore};

/// Larger objects are read part by part.
const MAX_SIZE: u64 = 1 << 20;

/// A target of which some memory was read already.
pub(super) struct Snapshot<'a> {
    target: &'a dyn Target,
    address: u64,
    bytes: Vec<u8>,
}

impl<'a> Snapshot<'a> {
    /// The target with the memory of `object`, if that is a structure or array in memory.
    ///
    /// # Errors
    ///
    /// A fault if some of it cannot be read.
    pub(super) fn new(target: &'a dyn Target, object: &Object) -> Result<Self> {
        let mut snapshot = Self {
            target,
            address: object.address().unwrap_or(0),
            bytes: Vec::new(),
        };
        let types = target.types();
        let data = &resolve(types, object.ty.id)?.1.data;
        if object.address().is_none()
            || !matches!(data, TypeData::Compound { .. } | TypeData::Array { .. })
            || describe_valueless(data).is_some()
        {
            return Ok(snapshot);
        }
        let size = sizeof(types, object.ty)?;
        if size <= MAX_SIZE {
            snapshot.bytes = vec![0; size as usize];
            target.read(snapshot.address, &mut snapshot.bytes)?;
        }
        Ok(snapshot)
    }

    /// How many bytes were read.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    fn find(&self, address: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(address.checked_sub(self.address)?).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }
}

impl Target for Snapshot<'_> {
    fn types(&self) -> &TypeStore {
        self.target.types()
    }

    fn platform(&self) -> Option<Platform> {
        self.target.platform()
    }

    fn language(&self) -> Language {
        self.target.language()
    }

    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()> {
        match self.find(address, buf.len()) {
            Some(bytes) => {
                buf.copy_from_slice(bytes);
                Ok(())
            }
            None => self.target.read(address, buf),
        }
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

    fn printers(&self) -> Option<&Printers> {
        self.target.printers()
    }
}
