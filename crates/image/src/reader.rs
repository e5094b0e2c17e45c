use spelunk_elf::{ReadAt, ReadAtError};
use spelunk_memory::{FaultKind, SegmentFault, SegmentReader};
use std::sync::Arc;

/// A segment whose bytes stand in a file as they are; offsets are the file's.
pub(crate) struct FileSegment(pub(crate) Arc<dyn ReadAt>);

impl SegmentReader for FileSegment {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        self.0.read_at(offset, buf).map_err(|error| SegmentFault {
            offset: match error {
                ReadAtError::PastEnd { len, .. } => len.max(offset),
                ReadAtError::Io { .. } => offset,
            },
            kind: fault_kind(error),
        })
    }

    fn borrow(&self, offset: u64, size: u64) -> Option<&[u8]> {
        let bytes = self.0.bytes()?.get(usize::try_from(offset).ok()?..)?;
        bytes.get(..usize::try_from(size).ok()?)
    }
}

/// Why memory that stands in a file cannot be read.
pub(crate) fn fault_kind(error: ReadAtError) -> FaultKind {
    match error {
        ReadAtError::PastEnd { .. } => FaultKind::CutOff,
        ReadAtError::Io { errno, .. } => FaultKind::Device(errno),
    }
}

/// A segment of zero bytes.
pub(crate) struct Zeros;

impl SegmentReader for Zeros {
    fn read(&self, _offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        buf.fill(0);
        Ok(())
    }
}

/// A segment that exists in the target but not in the dump.
pub(crate) struct Excluded;

impl SegmentReader for Excluded {
    fn read(&self, offset: u64, _buf: &mut [u8]) -> Result<(), SegmentFault> {
        Err(SegmentFault {
            offset,
            kind: FaultKind::NotInDump,
        })
    }
}
