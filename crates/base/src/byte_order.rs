/// The order of the bytes of an integer in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

macro_rules! read {
    ($($(#[$doc:meta])* $name:ident -> $int:ident;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self, bytes: [u8; size_of::<$int>()]) -> $int {
                match self {
                    Self::Little => $int::from_le_bytes(bytes),
                    Self::Big => $int::from_be_bytes(bytes),
                }
            }
        )*
    };
}

impl ByteOrder {
    /// The order of the machine that this program runs on.
    pub const HOST: Self = if cfg!(target_endian = "little") {
        Self::Little
    } else {
        Self::Big
    };

    read! {
        /// The 16-bit integer in `bytes`.
        u16 -> u16;
        /// The 32-bit integer in `bytes`.
        u32 -> u32;
        /// The 64-bit integer in `bytes`.
        u64 -> u64;
    }

    /// The unsigned integer in `bytes`, which may be of any length up to 8; the rest is dropped.
    #[must_use]
    pub fn uint(self, bytes: &[u8]) -> u64 {
        let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        match self {
            Self::Little => bytes.iter().take(8).rev().fold(0, fold),
            Self::Big => bytes.iter().take(8).fold(0, fold),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_read_in_both_orders() {
        assert_eq!(ByteOrder::Little.u32([1, 2, 3, 4]), 0x0403_0201);
        assert_eq!(ByteOrder::Big.u32([1, 2, 3, 4]), 0x0102_0304);
        assert_eq!(ByteOrder::Little.uint(&[1, 2, 3]), 0x03_0201);
        assert_eq!(ByteOrder::Big.uint(&[1, 2, 3]), 0x01_0203);
        assert_eq!(ByteOrder::Big.uint(&[]), 0);
    }
}
