use gimli::{SectionId, UnitSectionOffset};
use std::fmt;

/// The bit that tells `.debug_types` from `.debug_info`.
const IN_TYPES: u64 = 1 << 63;

/// Where a debugging information entry (or a unit) stands in its file: section and offset.
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

    /// The section that the entry is in.
    #[must_use]
    pub fn section(self) -> SectionId {
        if self.0 & IN_TYPES == 0 {
            SectionId::DebugInfo
        } else {
            SectionId::DebugTypes
        }
    }

    /// The offset in the section.
    #[must_use]
    pub fn offset(self) -> u64 {
        self.0 & !IN_TYPES
    }

    pub(crate) fn new(section: SectionId, offset: UnitSectionOffset) -> Self {
        match section {
            SectionId::DebugTypes => Self(offset.0 as u64 | IN_TYPES),
            _ => Self(offset.0 as u64),
        }
    }
}

impl fmt::Display for DieId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:#x}", self.section().name(), self.offset())
    }
}

impl fmt::Debug for DieId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DieId({self})")
    }
}
