use std::fmt;

/// The memory of the target, as unwinding sees it.
pub trait Memory {
    /// Fills `buffer` with the bytes from `address` on.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if any of them cannot be read.
    fn read(&self, address: u64, buffer: &mut [u8]) -> Result<(), Unreadable>;
}

/// Memory that cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// The first address that could not be read, or the first that was asked for.
    pub address: u64,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read memory at {:#x}", self.address)
    }
}

impl std::error::Error for Unreadable {}
