use std::num::NonZeroU32;

/// An alignment that was asked for (`_Alignas`, `__attribute__((aligned))`): a power of two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Alignment(NonZeroU32);

impl Alignment {
    /// An alignment to a multiple of this many bytes; `None` if it is no power of two, or more
    /// than any linker can keep to.
    #[must_use]
    pub fn new(bytes: u64) -> Option<Self> {
        let bytes = NonZeroU32::new(u32::try_from(bytes).ok()?)?;
        bytes.is_power_of_two().then_some(Self(bytes))
    }

    /// In bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0.get().into()
    }
}
