use crate::{DebugFile, DebugInfoError};
use spelunk_unwind::Row;

/// What a row was made from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RowSource {
    /// `.debug_frame`
    DebugFrame,
    /// `.eh_frame`
    EhFrame,
    /// The kernel's ORC tables.
    Orc,
}

#[derive(Default)]
pub(super) struct RowTables {}

impl DebugFile {
    /// The row to unwind by at `pc`.
    ///
    /// # Errors
    ///
    /// If the table that covers the address is damaged.
    pub fn find_row(&self, pc: u64) -> Result<Option<(Row, RowSource)>, DebugInfoError> {
        let _ = pc;
        Ok(None)
    }
}
