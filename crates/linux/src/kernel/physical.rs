use spelunk_memory::{
    AddressSpace, Fault, FaultKind, Memory, ReadMemory, SegmentFault, SegmentMap, SegmentReader,
};
use std::sync::Arc;

/// The physical memory of the target, alone.
///
/// The readers of virtual segments hold this and not the whole [`Memory`], which would own itself.
pub(crate) struct PhysicalMemory {
    segments: Arc<SegmentMap>,
    /// Bits of a page table's entry that look like address bits and are none: AMD's memory encryption (`sme_me_mask`
    /// in `arch/x86/mm/mem_encrypt.c`).
    not_address: u64,
}

impl PhysicalMemory {
    /// That of `memory`.
    pub(crate) fn new(memory: &Memory, not_address: u64) -> Self {
        Self {
            segments: Arc::clone(memory.segments(AddressSpace::Physical)),
            not_address,
        }
    }

    /// The first and the last address that there is memory at.
    pub(crate) fn range(&self) -> Option<(u64, u64)> {
        let segments = self.segments.segments();
        Some((segments.first()?.start, segments.last()?.last))
    }

    fn read_at(&self, address: u64, buf: &mut [u8]) -> Result<(), Fault> {
        self.segments
            .read(AddressSpace::Physical, address & !self.not_address, buf)
    }
}

impl ReadMemory for PhysicalMemory {
    fn read(&self, space: AddressSpace, address: u64, buf: &mut [u8]) -> Result<(), Fault> {
        match space {
            AddressSpace::Physical => self.read_at(address, buf),
            AddressSpace::Virtual => Err(Fault::new(space, address, FaultKind::NotMapped)),
        }
    }
}

/// As the reader of a segment, offsets are physical addresses.
impl SegmentReader for PhysicalMemory {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        self.read_at(offset, buf).map_err(|fault| SegmentFault {
            offset: offset.wrapping_add(fault.address.wrapping_sub(offset & !self.not_address)),
            kind: fault.kind,
        })
    }
}
