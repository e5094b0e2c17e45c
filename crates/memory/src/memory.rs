use crate::{AddressSpace, Fault, ReadMemory, SegmentMap};
use std::sync::Arc;

/// The memory of a target: its virtual and its physical address space.
///
/// ```
/// use spelunk_memory::{AddressSpace, Memory, ReadMemory};
///
/// let memory = Memory::default();
/// let fault = memory.read_u8(AddressSpace::Physical, 0x1000).unwrap_err();
/// assert_eq!(fault.to_string(), "physical address 0x1000 is not mapped");
/// ```
#[derive(Clone)]
pub struct Memory {
    virtual_: Arc<SegmentMap>,
    physical: Arc<SegmentMap>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            virtual_: Arc::new(SegmentMap::new(AddressSpace::Virtual)),
            physical: Arc::new(SegmentMap::new(AddressSpace::Physical)),
        }
    }
}

impl Memory {
    /// The segments of `space`.
    #[must_use]
    pub fn segments(&self, space: AddressSpace) -> &Arc<SegmentMap> {
        match space {
            AddressSpace::Virtual => &self.virtual_,
            AddressSpace::Physical => &self.physical,
        }
    }
}

impl ReadMemory for Memory {
    fn read(&self, space: AddressSpace, address: u64, buf: &mut [u8]) -> Result<(), Fault> {
        self.segments(space).read_at(address, buf)
    }
}
