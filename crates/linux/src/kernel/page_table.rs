use super::physical::PhysicalMemory;
use spelunk_base::arch::PageTableGeometry;
use spelunk_base::{ByteOrder, PhysAddr};
use spelunk_memory::{FaultKind, ReadMemory, translate};

/// The page table that a kernel runs with.
#[derive(Clone, Copy)]
pub(super) struct PageTable {
    pub(super) geometry: &'static PageTableGeometry,
    pub(super) order: ByteOrder,
    pub(super) root: PhysAddr,
}

impl PageTable {
    pub(super) fn translate(&self, memory: &dyn ReadMemory, address: u64) -> Option<PhysAddr> {
        let found = translate(memory, self.geometry, self.order, self.root, address).ok()?;
        Some(found.physical)
    }

    /// Whether the entry for `address` at the level of `shift` leads anywhere.
    pub(super) fn maps_below(&self, memory: &PhysicalMemory, address: u64, shift: u32) -> bool {
        match translate(memory, self.geometry, self.order, self.root, address) {
            Ok(_) => true,
            Err(fault) => match fault.kind {
                FaultKind::NotPresent { level } => {
                    // An empty entry of a lower level: this one is there.
                    let levels = self.geometry.levels;
                    let index = levels.len().saturating_sub(usize::from(level));
                    levels.get(index).map_or(0, |level| level.shift) < shift
                }
                _ => false,
            },
        }
    }
}
