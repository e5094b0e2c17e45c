use spelunk_base::{ByteOrder, Platform};

/// How the bytes of an expression are to be read: a property of the unit that it stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Encoding {
    /// The order of the bytes of integers.
    pub byte_order: ByteOrder,
    /// Size of an address, and so of the generic type, in bytes: 1 to 8.
    pub address_size: u8,
    /// Size of an offset into a section in bytes: 4, or 8 in the 64-bit format of DWARF.
    pub offset_size: u8,
    /// The version of DWARF.
    pub version: u16,
}

impl Encoding {
    /// The encoding of expressions outside of units, in call frame information.
    #[must_use]
    pub fn of(platform: Platform) -> Self {
        Self {
            byte_order: platform.byte_order,
            address_size: platform.address_size(),
            offset_size: 4,
            version: 5,
        }
    }

    /// The bits of the generic type.
    pub(super) fn generic_bits(self) -> u32 {
        u32::from(self.address_size.clamp(1, 8)) * 8
    }

    /// Size of a reference to a DIE in another unit: that of an address in DWARF 2.
    pub(super) fn reference_size(self) -> usize {
        usize::from(if self.version <= 2 {
            self.address_size
        } else {
            self.offset_size
        })
    }
}
