use crate::data::SectionData;
use crate::error::ElfError;
use crate::header::{Header, Table};
use crate::read_at::ReadAt;
use spelunk_base::{Cursor, Platform, Truncated};
use std::sync::Arc;

/// Reads the `count` entries of a table of headers, or as many as the file has; fewer are damage.
pub(crate) fn read_table<T>(
    data: &Arc<dyn ReadAt>,
    name: &'static str,
    header: &Header,
    table: Table,
    count: u64,
    damage: &mut Vec<ElfError>,
    parse: impl Fn(&mut Cursor<'_>, Platform, u32) -> Result<T, Truncated>,
) -> Result<Vec<T>, ElfError> {
    if count == 0 || table.offset == 0 {
        return Ok(Vec::new());
    }
    let size = u64::from(table.entry_size);
    let bytes = SectionData::read(data, table.offset, size.saturating_mul(count))?;
    let entries: Vec<T> = bytes
        .chunks_exact(usize::from(table.entry_size).max(1))
        .zip(0u32..)
        .map_while(|(entry, index)| {
            let mut cursor = Cursor::new(entry, header.platform.byte_order);
            parse(&mut cursor, header.platform, index).ok()
        })
        .collect();
    if (entries.len() as u64) < count {
        damage.push(ElfError::Table {
            table: name,
            offset: table.offset,
            expected: count,
            found: entries.len() as u64,
        });
    }
    Ok(entries)
}
