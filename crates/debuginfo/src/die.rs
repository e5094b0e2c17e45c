use std::fmt;

/// Where a debugging information entry (or a unit) stands.
///
/// All sections of units of a file, and of the files that go with it, are counted through as if they
/// stood one behind the other. `.debug_info` is first, so an offset there is what `readelf` shows.
/// [`Units::place`](crate::Units::place) says which section of which file it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DieId(u64);

impl DieId {
    /// The entry with this number; see [`as_u64`](Self::as_u64).
    #[must_use]
    pub fn from_u64(number: u64) -> Self {
        Self(number)
    }

    /// The entry as a number that no other entry of the file has.
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// The entry `offset` bytes behind this place.
    pub(crate) fn plus(self, offset: usize) -> Self {
        Self(self.0.saturating_add(offset as u64))
    }
}

impl fmt::Display for DieId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {:#x}", self.0)
    }
}

impl fmt::Debug for DieId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DieId({:#x})", self.0)
    }
}
