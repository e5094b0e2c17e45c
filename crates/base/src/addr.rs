use std::fmt;

macro_rules! address {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u64);

        impl $name {
            /// This address moved up by `count` bytes, unless it leaves the 64-bit space.
            #[must_use]
            pub fn checked_add(self, count: u64) -> Option<Self> {
                self.0.checked_add(count).map(Self)
            }

            /// This address moved up by `count` bytes, around the end of the 64-bit space.
            ///
            /// Relocation by a load bias is meant to wrap: biases may be negative.
            #[must_use]
            pub fn wrapping_add(self, count: u64) -> Self {
                Self(self.0.wrapping_add(count))
            }

            /// The distance from `other` up to this address, if this one is not below it.
            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<u64> {
                self.0.checked_sub(other.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:#x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:#x})"), self.0)
            }
        }
    };
}

address! {
    /// A virtual address in the target: in the kernel's address space, or in a process's.
    VirtAddr
}

address! {
    /// A physical address in the target.
    PhysAddr
}

/// A page frame number: a physical address in units of the target's page size.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Pfn(pub u64);

impl Pfn {
    /// The address of the first byte of the frame, with pages of `1 << page_shift` bytes.
    #[must_use]
    pub fn address(self, page_shift: u32) -> Option<PhysAddr> {
        let address = self.0.checked_shl(page_shift)?;
        (address >> page_shift == self.0).then_some(PhysAddr(address))
    }
}

impl PhysAddr {
    /// The frame that holds this address, with pages of `1 << page_shift` bytes.
    #[must_use]
    pub fn pfn(self, page_shift: u32) -> Pfn {
        Pfn(self.0.checked_shr(page_shift).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_addresses_convert_without_losing_bits() {
        assert_eq!(Pfn(3).address(12), Some(PhysAddr(0x3000)));
        assert_eq!(PhysAddr(0x3fff).pfn(12), Pfn(3));
        assert_eq!(Pfn(1 << 52).address(12), None);
        assert_eq!(Pfn(1).address(64), None);
    }

    #[test]
    fn addition_past_the_end_is_seen() {
        assert_eq!(VirtAddr(u64::MAX).checked_add(1), None);
        assert_eq!(VirtAddr(u64::MAX).wrapping_add(1), VirtAddr(0));
        assert_eq!(VirtAddr(4).checked_sub(VirtAddr(5)), None);
    }
}
