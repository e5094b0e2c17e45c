//! The flattened form: what makedumpfile (`-F`) and QEMU write to a pipe, where nothing written
//! can be changed later. The file is a list of records, each some bytes and their offset in the
//! file that it stands for. All integers are big endian.
//!
//! Source: the manual of makedumpfile, option `-F`, and its `makedumpfile_header` and
//! `makedumpfile_data_header`.

use crate::error::{Damage, ImageError};
use spelunk_base::{ByteOrder, Cursor, RangeMap};
use spelunk_elf::{ReadAt, ReadAtError, SectionData};
use std::sync::Arc;

const SIGNATURE: &[u8; 16] = b"makedumpfile\0\0\0\0";
/// Where the first record starts.
const HEADER_SIZE: u64 = 4096;
/// Offset and size of each record.
const RECORD_HEADER: u64 = 16;
/// The offset of the record that ends the file.
const END: u64 = u64::MAX;
/// More records than this are not indexed. They hold 4 KiB and more each: this is for 64 GiB of
/// the smallest, and makedumpfile writes records of megabytes.
const MAX_RECORDS: usize = 1 << 24;

/// The file that a flattened one stands for.
pub(crate) struct FlattenedFile {
    file: Arc<dyn ReadAt>,
    extents: Vec<Extent>,
    len: u64,
    /// Whether all records are there: then what none of them wrote is zero, as in a sparse file.
    complete: bool,
}

/// A range that stands in the file in one piece.
struct Extent {
    start: u64,
    last: u64,
    file_offset: u64,
}

pub(crate) fn is_flattened(magic: &[u8]) -> bool {
    magic.starts_with(SIGNATURE)
}

impl FlattenedFile {
    /// Indexes the records of `file`, without reading what is in them.
    pub(crate) fn open(
        file: Arc<dyn ReadAt>,
        damage: &mut Vec<Damage>,
    ) -> Result<Arc<dyn ReadAt>, ImageError> {
        let mut records = RangeMap::default();
        let mut position = HEADER_SIZE;
        let mut len = 0u64;
        let mut count = 0usize;
        let complete = loop {
            let Some((offset, size)) = read_record(&file, position)? else {
                break false;
            };
            if offset == END {
                break true;
            }
            let data = position.saturating_add(RECORD_HEADER);
            let available = size.min(file.len().saturating_sub(data));
            count = count.saturating_add(1);
            // Offsets are signed in the format.
            let last = offset.saturating_add(available).wrapping_sub(1);
            if count > MAX_RECORDS || last > i64::MAX as u64 && available > 0 {
                break false;
            }
            if available > 0 {
                records.insert(offset, last, data);
                len = len.max(last.saturating_add(1));
            }
            position = data.saturating_add(size);
            if available < size {
                break false;
            }
        };
        if !complete {
            damage.push(Damage::FlattenedEnd {
                file: file.name().to_owned(),
                offset: position.min(file.len()),
            });
        }
        let extents = records
            .iter()
            .map(|range| Extent {
                start: range.start,
                last: range.last,
                file_offset: range
                    .value
                    .saturating_add(range.start.saturating_sub(range.origin)),
            })
            .collect();
        Ok(Arc::new(Self {
            file,
            extents,
            len,
            complete,
        }))
    }

    /// The extent that `offset` is in, or else where the next one starts.
    fn find(&self, offset: u64) -> Result<&Extent, u64> {
        let behind = self
            .extents
            .partition_point(|extent| extent.start <= offset);
        behind
            .checked_sub(1)
            .and_then(|index| self.extents.get(index))
            .filter(|extent| extent.last >= offset)
            .ok_or_else(|| self.extents.get(behind).map_or(u64::MAX, |next| next.start))
    }
}

/// Offset and size of the record at `position`, unless the file ends before.
fn read_record(file: &Arc<dyn ReadAt>, position: u64) -> Result<Option<(u64, u64)>, ImageError> {
    let header =
        SectionData::read(file, position, RECORD_HEADER).map_err(|error| ImageError::Read {
            file: file.name().to_owned(),
            error,
        })?;
    let mut cursor = Cursor::new(&header, ByteOrder::Big);
    Ok(cursor
        .u64()
        .and_then(|offset| Ok((offset, cursor.u64()?)))
        .ok())
}

impl ReadAt for FlattenedFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadAtError> {
        let past_end = |offset| ReadAtError::PastEnd {
            offset,
            len: self.len,
        };
        let end = offset.checked_add(buf.len() as u64);
        if end.is_none_or(|end| end > self.len) {
            return Err(past_end(offset));
        }
        let mut offset = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let (extent, last) = match self.find(offset) {
                Ok(extent) => (Some(extent), extent.last),
                Err(next) => (None, next.saturating_sub(1)),
            };
            let size = last.saturating_sub(offset).saturating_add(1);
            let size = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
            let (part, behind) = rest.split_at_mut(size);
            match extent {
                Some(extent) => {
                    let skipped = offset.saturating_sub(extent.start);
                    let file_offset = extent.file_offset.saturating_add(skipped);
                    self.file.read_at(file_offset, part)?;
                }
                None if self.complete => part.fill(0),
                None => {
                    return Err(ReadAtError::PastEnd {
                        offset,
                        len: offset,
                    });
                }
            }
            offset = offset.saturating_add(size as u64);
            rest = behind;
        }
        Ok(())
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn name(&self) -> &str {
        self.file.name()
    }

    fn stored_len(&self) -> u64 {
        self.file.stored_len()
    }
}
