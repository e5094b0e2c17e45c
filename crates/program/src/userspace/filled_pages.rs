//! Pages of a process, where something else has those that are missing.

use spelunk_memory::{FaultKind, SegmentFault, SegmentReader};
use std::sync::Arc;

/// No page is smaller.
const PAGE: u64 = 4096;

/// Pages of a process, and what has the same bytes. Offsets are addresses.
pub(super) struct FilledPages {
    pub(super) pages: Arc<dyn SegmentReader>,
    /// What has the bytes of pages that are missing.
    pub(super) rest: Box<dyn SegmentReader>,
    /// The address of the first byte of that.
    pub(super) start: u64,
}

impl SegmentReader for FilledPages {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        if self.pages.read(offset, buf).is_ok() {
            return Ok(());
        }
        let mut address = offset;
        let mut left = buf;
        while !left.is_empty() {
            let size = PAGE.wrapping_sub(address % PAGE).min(left.len() as u64);
            let (page, behind) = left.split_at_mut(usize::try_from(size).unwrap_or(left.len()));
            if let Err(fault) = self.pages.read(address, page) {
                let in_rest = address.wrapping_sub(self.start);
                self.rest.read(in_rest, page).map_err(|_| fault)?;
            }
            address = address.wrapping_add(size);
            left = behind;
        }
        Ok(())
    }
}

/// Bytes that are known.
pub(super) struct Known(pub(super) Vec<u8>);

impl SegmentReader for Known {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let start = usize::try_from(offset).ok();
        let bytes = start.and_then(|start| self.0.get(start..)?.get(..buf.len()));
        let bytes = bytes.ok_or(SegmentFault {
            offset,
            kind: FaultKind::NotMapped,
        })?;
        buf.copy_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Memory in which the second of two pages is missing.
    struct First;

    impl SegmentReader for First {
        fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
            let end = offset + buf.len() as u64;
            if end > 0x3000 {
                return Err(SegmentFault {
                    offset: offset.max(0x3000),
                    kind: FaultKind::NotPresent { level: 1 },
                });
            }
            buf.fill(1);
            Ok(())
        }
    }

    #[test]
    fn pages_that_are_there_count_and_the_others_are_filled_in() {
        let filled = FilledPages {
            pages: Arc::new(First),
            rest: Box::new(Known(vec![2; 0x1800])),
            start: 0x2000,
        };
        let mut bytes = [0; 4];
        filled.read(0x2ffe, &mut bytes).unwrap();
        assert_eq!(bytes, [1, 1, 2, 2]);
        filled.read(0x37fc, &mut bytes).unwrap();
        assert_eq!(bytes, [2; 4]);
        // Neither has it: the reason is that of the memory.
        let fault = filled.read(0x37fe, &mut bytes).unwrap_err();
        assert_eq!(
            (fault.offset, fault.kind),
            (0x37fe, FaultKind::NotPresent { level: 1 })
        );
    }
}
