//! The process's memory, as the walks through its modules read it.

use spelunk_base::Platform;
use spelunk_memory::{AddressSpace, Fault, ReadMemory};

/// What is read at once at most: headers, notes and dynamic sections are far smaller.
const MAX_SIZE: u64 = 1 << 20;

/// The memory of a process and how integers stand in it.
#[derive(Clone, Copy)]
pub(super) struct ProcessMemory<'a> {
    memory: &'a dyn ReadMemory,
    pub(super) platform: Platform,
}

impl<'a> ProcessMemory<'a> {
    pub(super) fn new(memory: &'a dyn ReadMemory, platform: Platform) -> Self {
        Self { memory, platform }
    }

    /// The size of an address.
    pub(super) fn word_size(self) -> u64 {
        u64::from(self.platform.address_size())
    }

    /// `base + offset`, around the end of the address space.
    pub(super) fn address(self, base: u64, offset: u64) -> u64 {
        base.wrapping_add(offset) & self.platform.address_mask()
    }

    /// `size` bytes, or as many as are believed of what is read here.
    pub(super) fn bytes(self, address: u64, size: u64) -> Result<Vec<u8>, Fault> {
        let size = usize::try_from(size.min(MAX_SIZE)).unwrap_or(0);
        let mut bytes = vec![0; size];
        self.memory
            .read(AddressSpace::Virtual, address, &mut bytes)?;
        Ok(bytes)
    }

    /// The `index`th of the words from `address` on.
    pub(super) fn word(self, address: u64, index: u64) -> Result<u64, Fault> {
        let offset = index.wrapping_mul(self.word_size());
        let Platform { byte_order, .. } = self.platform;
        self.memory.read_uint(
            AddressSpace::Virtual,
            self.address(address, offset),
            self.platform.address_size(),
            byte_order,
        )
    }

    /// The string at `address`, if there is one that is no longer than paths are.
    pub(super) fn find_string(self, address: u64) -> Option<Vec<u8>> {
        const PATH_MAX: usize = 4096;
        if address == 0 {
            return None;
        }
        self.memory
            .read_c_string(AddressSpace::Virtual, address, PATH_MAX)
            .ok()
    }
}
