use crate::{Segment, SegmentFault, SegmentReader};
use std::cell::RefCell;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Read at once where all of it can be read: several objects of a slab, or several levels of a tree.
const BLOCK: u64 = 1 << 15;
/// Read at once where a part of a block cannot be read.
const PAGE: u64 = 1 << 12;
/// What a snapshot keeps at most, in bytes; it starts anew beyond that.
const BUDGET: usize = 64 << 20;

thread_local! {
    static CURRENT: RefCell<State> = RefCell::default();
}

#[derive(Default)]
struct State {
    /// How many snapshots were begun and not ended; nothing is kept while there are none.
    depth: usize,
    blocks: HashMap<Key, Option<Box<[u8]>>>,
    size: usize,
}

/// A reader, the offset of a block, and its size.
type Key = (u64, u64, u64);

/// While this lives, memory of a running target is read by this thread as it was when it was first looked at: block by
/// block, each of them once.
///
/// What is read together then costs few reads, and agrees with itself as far as it stands in the same block. Elsewhere,
/// and once the last snapshot of the thread ended, each read tells what is true now.
pub struct Snapshot(PhantomData<*const ()>);

impl Snapshot {
    /// Begins a snapshot on this thread, or takes part in the one that is there.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "it is about when it ends, not about a value"
    )]
    pub fn new() -> Self {
        let _ = CURRENT.try_with(|state| {
            if let Ok(mut state) = state.try_borrow_mut() {
                state.depth = state.depth.saturating_add(1);
            }
        });
        Self(PhantomData)
    }

    /// Forgets what the snapshot of this thread has kept: what is looked at from now on is as it is now. For whoever
    /// stopped what runs, and has to know how it stands.
    pub fn renew() {
        let kept = CURRENT.try_with(|state| {
            let mut state = state.try_borrow_mut().ok()?;
            state.size = 0;
            Some(std::mem::take(&mut state.blocks))
        });
        drop(kept);
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let ended = CURRENT.try_with(|state| {
            let mut state = state.try_borrow_mut().ok()?;
            state.depth = state.depth.saturating_sub(1);
            (state.depth == 0).then(|| std::mem::take(&mut *state))
        });
        drop(ended);
    }
}

/// A reader of a running target, whose reads are taken together within a [`Snapshot`].
pub struct SnapshotReader {
    reader: Arc<dyn SegmentReader>,
    /// Tells the readers of a process apart.
    id: u64,
}

impl SnapshotReader {
    /// Reads by `reader`.
    #[must_use]
    pub fn new(reader: Arc<dyn SegmentReader>) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        Self {
            reader,
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// The same segments, with all their readers like this. Those that share one share one still.
    #[must_use]
    pub fn wrap(segments: &[Segment]) -> Vec<Segment> {
        let mut known: Vec<(Arc<dyn SegmentReader>, Arc<Self>)> = Vec::new();
        let mut wrapped = |reader: &Arc<dyn SegmentReader>| {
            let same = known.iter().find(|(other, _)| Arc::ptr_eq(other, reader));
            if let Some((_, wrapped)) = same {
                return Arc::clone(wrapped);
            }
            let wrapped = Arc::new(Self::new(Arc::clone(reader)));
            known.push((Arc::clone(reader), Arc::clone(&wrapped)));
            wrapped
        };
        let wrap = |segment: &Segment| Segment {
            reader: wrapped(&segment.reader),
            ..segment.clone()
        };
        segments.iter().map(wrap).collect()
    }

    /// Fills `buf`, which lies in one block of `size` bytes; `None` if that cannot be read as a whole.
    fn read_block(&self, offset: u64, size: u64, buf: &mut [u8]) -> Option<()> {
        let start = offset & !(size.wrapping_sub(1));
        let key = (self.id, start, size);
        let within = usize::try_from(offset.wrapping_sub(start)).ok()?;
        let copy = |block: &Option<Box<[u8]>>, buf: &mut [u8]| {
            let bytes = block.as_ref()?.get(within..)?.get(..buf.len())?;
            buf.copy_from_slice(bytes);
            Some(())
        };
        let known = CURRENT.with(|state| {
            let state = state.try_borrow().ok()?;
            Some(copy(state.blocks.get(&key)?, buf))
        });
        if let Some(known) = known {
            return known;
        }
        // Read with nothing borrowed: the reader may be a user's, and read in its turn.
        let mut bytes = vec![0; usize::try_from(size).ok()?].into_boxed_slice();
        let read = self.reader.read(start, &mut bytes).is_ok();
        let block = read.then_some(bytes);
        let result = copy(&block, buf);
        CURRENT.with(|state| {
            let mut state = state.try_borrow_mut().ok()?;
            if state.depth == 0 {
                return None;
            }
            if state.size > BUDGET {
                state.blocks.clear();
                state.size = 0;
            }
            let kept = block.as_ref().map_or(0, |bytes| bytes.len());
            state.size = state.size.saturating_add(kept).saturating_add(64);
            state.blocks.insert(key, block)
        });
        result
    }
}

impl SegmentReader for SnapshotReader {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let is_active = CURRENT
            .try_with(|state| state.try_borrow().is_ok_and(|state| state.depth > 0))
            .unwrap_or(false);
        let len = buf.len() as u64;
        // What is read as a whole anyway gains nothing.
        if !is_active || len >= PAGE {
            return self.reader.read(offset, buf);
        }
        let mut offset = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let left = PAGE.wrapping_sub(offset % PAGE);
            let size = usize::try_from(left).map_or(rest.len(), |left| rest.len().min(left));
            let (part, behind) = rest.split_at_mut(size);
            let read = self
                .read_block(offset, BLOCK, part)
                .or_else(|| self.read_block(offset, PAGE, part));
            if read.is_none() {
                self.reader.read(offset, part)?;
            }
            offset = offset.wrapping_add(size as u64);
            rest = behind;
        }
        Ok(())
    }

    fn borrow(&self, offset: u64, size: u64) -> Option<&[u8]> {
        self.reader.borrow(offset, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaultKind;
    use std::sync::atomic::AtomicUsize;

    /// Bytes that change with each read: all tell how many reads came before. Ends at 3 pages.
    #[derive(Default)]
    struct Changing(AtomicUsize);

    impl SegmentReader for Changing {
        fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
            let count = self.0.fetch_add(1, Ordering::Relaxed);
            if offset + buf.len() as u64 > 3 * PAGE {
                let kind = FaultKind::NotMapped;
                return Err(SegmentFault { offset, kind });
            }
            buf.fill(count as u8);
            Ok(())
        }
    }

    fn read(reader: &dyn SegmentReader, offset: u64) -> Option<u8> {
        let mut bytes = [0; 2];
        reader.read(offset, &mut bytes).ok()?;
        Some(bytes[1])
    }

    #[test]
    fn each_read_is_afresh_but_within_a_snapshot() {
        let changing = Arc::new(Changing::default());
        let reader = SnapshotReader::new(Arc::clone(&changing) as Arc<dyn SegmentReader>);
        assert_eq!((read(&reader, 0), read(&reader, 0)), (Some(0), Some(1)));
        {
            let _outer = Snapshot::new();
            // The block reaches behind the end, and the page does not.
            assert_eq!(read(&reader, 0), Some(3));
            drop(Snapshot::new());
            assert_eq!(
                (read(&reader, 10), read(&reader, PAGE - 2)),
                (Some(3), Some(3))
            );
            assert_eq!(read(&reader, PAGE), Some(4));
            assert_eq!(read(&reader, PAGE - 1), Some(4));
            let other = std::thread::scope(|scope| scope.spawn(|| read(&reader, 0)).join());
            assert_eq!(other.unwrap(), Some(5));
            assert_eq!(read(&reader, 3 * PAGE), None);
            assert_eq!(read(&reader, 3 * PAGE - 1), None);
            let kept = read(&reader, 0);
            Snapshot::renew();
            let renewed = read(&reader, 0);
            assert!(kept == Some(3) && renewed > Some(5));
            assert_eq!(read(&reader, 1), renewed);
        }
        assert!(read(&reader, 0) > Some(5));
    }

    #[test]
    fn blocks_cost_one_read() {
        struct Counting(AtomicUsize);
        impl SegmentReader for Counting {
            fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
                self.0.fetch_add(1, Ordering::Relaxed);
                for (byte, offset) in buf.iter_mut().zip(offset..) {
                    *byte = (offset / 7) as u8;
                }
                Ok(())
            }
        }
        let counting = Arc::new(Counting(AtomicUsize::new(0)));
        let segment = |start| {
            let reader = Arc::clone(&counting) as Arc<dyn SegmentReader>;
            Segment::new(start, 1 << 20, 0, reader).unwrap()
        };
        let segments = SnapshotReader::wrap(&[segment(0), segment(1 << 30)]);
        let _snapshot = Snapshot::new();
        for offset in (0..4 * BLOCK).step_by(100) {
            for segment in &segments {
                let expected = ((offset + 1) / 7) as u8;
                assert_eq!(read(segment.reader.as_ref(), offset), Some(expected));
            }
        }
        assert_eq!(counting.0.load(Ordering::Relaxed), 4);
    }
}
