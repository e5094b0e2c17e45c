//! ORC, the Linux kernel's own unwind tables (`Documentation/arch/x86/orc-unwinder.rst`): for each
//! address where something changes, where the stack pointer and the frame pointer are saved.

use crate::DebugInfoError;
use spelunk_unwind::Row;

/// A table of ORC entries, sorted by address.
pub struct OrcTable {}

/// How the entries of a table are encoded: it changed with the kernel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum OrcVersion {
    /// Linux 4.14 to 6.2.
    V1,
    /// Linux 6.3: `signal` is a bit of its own.
    V2,
    /// Linux 6.4 and later: undefined, end of stack, call, registers, some registers.
    V3,
}

impl OrcTable {
    /// The table with `entries` (`.orc_unwind`) for the addresses in `ips` (`.orc_unwind_ip`), which
    /// stand at `ips_address` in the target: the addresses are relative to where they stand.
    ///
    /// # Errors
    ///
    /// If the two do not fit each other.
    pub fn parse(
        version: OrcVersion,
        ips: &[u8],
        ips_address: u64,
        entries: &[u8],
    ) -> Result<Self, DebugInfoError> {
        let _ = (version, ips, ips_address, entries);
        Ok(Self {})
    }

    /// The row at `pc`.
    #[must_use]
    pub fn find_row(&self, pc: u64) -> Option<Row> {
        let _ = pc;
        None
    }
}
