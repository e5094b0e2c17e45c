use crate::target::Memory;
use crate::{Error, Result, Target};

/// No memory, as constants need none.
pub(super) enum ConstantMemory {
    /// Whoever reads depends on what is there.
    Unknown,
    /// All is 0: only the type of what stands there counts.
    Blank,
}

impl Memory for ConstantMemory {
    fn read(&self, _: &dyn Target, _: u64, buf: &mut [u8]) -> Result<()> {
        match self {
            Self::Unknown => Err(Error::syntax("it depends on what is in memory")),
            Self::Blank => {
                buf.fill(0);
                Ok(())
            }
        }
    }
}
