/// The form of a page table, from which one walker reads any of them.
#[derive(Debug)]
pub struct PageTableGeometry {
    /// A short name: `4-level`.
    pub name: &'static str,
    /// Bytes of one entry: 4 or 8.
    pub entry_size: u8,
    /// Width of virtual addresses in bits; those above must equal the highest of them.
    pub virtual_bits: u32,
    /// Size of a page: `1 << page_shift` bytes.
    pub page_shift: u32,
    /// The levels from the root down.
    pub levels: &'static [Level],
    /// The bits of an entry that hold a physical address.
    pub address_mask: u64,
    /// The bit that says an entry is used.
    pub present: u64,
}

/// One level of a page table.
#[derive(Debug)]
pub struct Level {
    /// The lowest bit of the virtual address that indexes this level.
    pub shift: u32,
    /// How many bits index it.
    pub bits: u32,
    /// The bit of an entry that makes it map a page instead of a table; 0 if none can.
    pub leaf: u64,
}
