use crate::{Encoding, Writer};

/// What the encoding of a unit depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// The file's.
    pub encoding: Encoding,
    /// The version of DWARF, from 2 on.
    pub version: u16,
    /// Whether it is 64-bit DWARF, in which offsets have 8 bytes.
    pub is_64_bit: bool,
    /// Size of an address in bytes.
    pub address_size: u8,
}

impl Shape {
    /// That of x86-64 in DWARF 5.
    pub const USUAL: Self = Self {
        encoding: Encoding::LITTLE_64,
        version: 5,
        is_64_bit: false,
        address_size: 8,
    };

    /// Every version in both formats, both byte orders and with both sizes of addresses. There is no
    /// 64-bit DWARF 2.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut shapes = Vec::new();
        for encoding in Encoding::ALL {
            for version in 2..=5 {
                for is_64_bit in [false, true] {
                    if version > 2 || !is_64_bit {
                        shapes.push(Self {
                            encoding,
                            version,
                            is_64_bit,
                            address_size: if encoding.is_64_bit { 8 } else { 4 },
                        });
                    }
                }
            }
        }
        shapes
    }

    /// Size of an offset in bytes.
    #[must_use]
    pub fn offset_size(self) -> usize {
        if self.is_64_bit { 8 } else { 4 }
    }

    /// Bytes in this encoding.
    pub(super) fn writer(self) -> Writer {
        Writer::new(self.encoding)
    }

    /// What all parts begin with: the length of what follows (DWARF 5, section 7.4).
    pub(super) fn put_length(self, out: &mut Writer, length: u64) {
        if self.is_64_bit {
            out.u32(u32::MAX).u64(length);
        } else {
            out.uint(length, 4);
        }
    }
}

/// `DW_UT_*`, and `.debug_types`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnitKind {
    /// A compilation unit.
    Compile,
    /// A type unit, with the signature of the type that the second entry is of; before DWARF 5 in
    /// `.debug_types`.
    Type(u64),
    /// A partial unit.
    Partial,
    /// A kind that this number stands for (DWARF 5), and nothing behind it.
    Other(u8),
}
