use std::ops::RangeInclusive;

/// The form of a page table, from which one walker reads any of them.
#[derive(Debug)]
pub struct PageTableGeometry {
    /// A short name: `4-level`.
    pub name: &'static str,
    /// Bytes of one entry: 4 or 8.
    pub entry_size: u8,
    /// How many bits of a virtual address are translated.
    pub virtual_bits: u32,
    /// What the bits above are.
    pub upper_bits: UpperBits,
    /// Size of a page: `1 << page_shift` bytes.
    pub page_shift: u32,
    /// The levels from the root down.
    pub levels: &'static [Level],
    /// The bits of an entry that hold a physical address.
    pub address_mask: u64,
    /// Bits of an entry that are bits of the address as well, but further up: which, and by how much
    /// they are to be moved up.
    pub moved: (u64, u32),
    /// The bit that says an entry is used.
    pub present: u64,
    /// What an entry that is no leaf is like if it leads to a table; others lead nowhere.
    pub table: EntryForm,
}

/// One level of a page table.
#[derive(Debug)]
pub struct Level {
    /// The lowest bit of the virtual address that indexes this level.
    pub shift: u32,
    /// How many bits index it.
    pub bits: u32,
    /// What an entry is like that maps a page instead of a table; `None` if none does.
    pub leaf: Option<EntryForm>,
}

/// Tells entries apart: by these bits, which have this value.
#[derive(Clone, Copy, Debug)]
pub struct EntryForm {
    /// Which bits.
    pub mask: u64,
    /// What they are.
    pub value: u64,
}

/// What the bits of a virtual address are that page tables do not translate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UpperBits {
    /// Copies of the highest bit that is translated: one table has both halves of the addresses.
    SignExtended,
    /// All set, or all clear, whatever the bits that are translated: each half has a table of its own.
    Halves,
    /// There are none, as addresses have 32 bits.
    None,
}

impl Level {
    pub(super) const fn new(shift: u32, bits: u32, leaf: Option<EntryForm>) -> Self {
        Self { shift, bits, leaf }
    }
}

impl EntryForm {
    /// Entries of any form.
    pub(super) const ANY: Self = Self::new(0, 0);

    pub(super) const fn new(mask: u64, value: u64) -> Self {
        Self { mask, value }
    }

    /// Whether `entry` is of this form.
    #[must_use]
    pub fn has(self, entry: u64) -> bool {
        entry & self.mask == self.value
    }
}

impl PageTableGeometry {
    /// Whether `address` is one that page tables of this form can translate.
    #[must_use]
    pub fn is_canonical(&self, address: u64) -> bool {
        let above = |bits: u32| address.checked_shr(bits).unwrap_or(0);
        let all = |bits: u32| u64::MAX.checked_shr(bits).unwrap_or(0);
        match self.upper_bits {
            UpperBits::SignExtended => {
                let sign = self.virtual_bits.saturating_sub(1);
                above(sign) == 0 || above(sign) == all(sign)
            }
            UpperBits::Halves => {
                above(self.virtual_bits) == 0 || above(self.virtual_bits) == all(self.virtual_bits)
            }
            UpperBits::None => above(self.virtual_bits) == 0,
        }
    }

    /// The addresses that the kernel's page table translates for itself: the upper half; all where
    /// there are no halves.
    #[must_use]
    pub fn kernel_addresses(&self) -> RangeInclusive<u64> {
        let upper = |bits: u32| u64::MAX.checked_shl(bits).unwrap_or(0)..=u64::MAX;
        match self.upper_bits {
            UpperBits::SignExtended => upper(self.virtual_bits.saturating_sub(1)),
            UpperBits::Halves => upper(self.virtual_bits),
            UpperBits::None => 0..=!u64::MAX.checked_shl(self.virtual_bits).unwrap_or(0),
        }
    }

    /// The physical address in `entry`.
    #[must_use]
    pub fn target(&self, entry: u64) -> u64 {
        let (mask, shift) = self.moved;
        (entry & self.address_mask) | (entry & mask).checked_shl(shift).unwrap_or(0)
    }
}
