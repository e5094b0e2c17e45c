//! Tests of the memory of a target that is made here.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail as tests do"
)]

mod geometries;
mod page_cache;
mod page_table;
mod segments;

use spelunk_memory::{FaultKind, SegmentFault, SegmentReader};
use std::sync::Arc;

/// A segment of these bytes.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Bytes {
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Arc<Self> {
        Arc::new(Self(bytes.into()))
    }
}

impl SegmentReader for Bytes {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let start = usize::try_from(offset).unwrap();
        match self.0.get(start..).and_then(|rest| rest.get(..buf.len())) {
            Some(bytes) => buf.copy_from_slice(bytes),
            None => {
                return Err(SegmentFault {
                    offset: offset.max(self.0.len() as u64),
                    kind: FaultKind::CutOff,
                });
            }
        }
        Ok(())
    }
}
