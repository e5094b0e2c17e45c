use crate::layout::{describe_valueless, resolve, sizeof};
use crate::target::{Memory, WithMemory};
use crate::{Object, Result, Target};
use spelunk_types::TypeData;

/// Larger objects are read part by part.
const MAX_SIZE: u64 = 1 << 20;

/// Memory that was read already.
pub(super) struct Snapshot {
    address: u64,
    bytes: Vec<u8>,
}

impl Snapshot {
    /// The target with the memory of `object`, if that is a structure or array in memory.
    ///
    /// # Errors
    ///
    /// A fault if some of it cannot be read.
    pub(super) fn take<'a>(
        target: &'a dyn Target,
        object: &Object,
    ) -> Result<WithMemory<'a, Self>> {
        let mut snapshot = Self {
            address: object.address().unwrap_or(0),
            bytes: Vec::new(),
        };
        let types = target.types();
        let data = &resolve(types, object.ty.id)?.1.data;
        let is_whole = object.address().is_some()
            && matches!(data, TypeData::Compound { .. } | TypeData::Array { .. })
            && describe_valueless(data).is_none();
        if is_whole {
            let size = sizeof(types, object.ty)?;
            if size <= MAX_SIZE {
                snapshot.bytes = vec![0; size as usize];
                target.read(snapshot.address, &mut snapshot.bytes)?;
            }
        }
        Ok(WithMemory {
            target,
            memory: snapshot,
        })
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

impl Memory for Snapshot {
    fn read(&self, target: &dyn Target, address: u64, buf: &mut [u8]) -> Result<()> {
        match self.find(address, buf.len()) {
            Some(bytes) => {
                buf.copy_from_slice(bytes);
                Ok(())
            }
            None => target.read(address, buf),
        }
    }
}
