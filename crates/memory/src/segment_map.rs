use crate::{AddressSpace, Fault, FaultKind, ReadMemory};
use arc_swap::ArcSwap;
use spelunk_base::RangeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the bytes of a segment come from.
pub trait SegmentReader: Send + Sync {
    /// Fills `buf` with the bytes from `offset` on; what offsets count from is the reader's
    /// affair, and [`Segment::offset`] gives the one of the segment's first byte.
    ///
    /// # Errors
    ///
    /// A [`SegmentFault`] at the first offset that cannot be read.
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault>;

    /// The `size` bytes from `offset` on, if they are in this program's memory already and stay there.
    fn borrow(&self, offset: u64, size: u64) -> Option<&[u8]> {
        let _ = (offset, size);
        None
    }
}

/// A segment could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SegmentFault {
    /// The first offset that could not be read, as [`SegmentReader::read`] counts them.
    pub offset: u64,
    /// Why not.
    pub kind: FaultKind,
}

/// A range of addresses and where its bytes come from.
#[derive(Clone)]
pub struct Segment {
    /// The first address.
    pub start: u64,
    /// The last address; inclusive, so that a segment can reach the end of the address space.
    pub last: u64,
    /// The reader's offset of the first address.
    pub offset: u64,
    /// What reads the bytes.
    pub reader: Arc<dyn SegmentReader>,
}

impl Segment {
    /// A segment of `size` bytes; `None` if there are none or more than the address space has.
    #[must_use]
    pub fn new(start: u64, size: u64, offset: u64, reader: Arc<dyn SegmentReader>) -> Option<Self> {
        let last = start.checked_add(size.checked_sub(1)?)?;
        Some(Self {
            start,
            last,
            offset,
            reader,
        })
    }

    fn contains(&self, address: u64) -> bool {
        (self.start..=self.last).contains(&address)
    }
}

/// The segments of one address space. Where several overlap, the newest wins.
///
/// Reads look at a snapshot and take no lock; additions, which are rare, publish a new one.
pub struct SegmentMap {
    space: AddressSpace,
    snapshot: ArcSwap<Snapshot>,
    /// What the next snapshot is made from.
    segments: Mutex<RangeMap<Segment>>,
}

#[derive(Default)]
struct Snapshot {
    segments: Vec<Segment>,
    /// The segment that was read last, which is likely to be the next one too.
    recent: AtomicUsize,
}

impl SegmentMap {
    /// An address space without segments.
    #[must_use]
    pub fn new(space: AddressSpace) -> Self {
        Self {
            space,
            snapshot: ArcSwap::default(),
            segments: Mutex::default(),
        }
    }

    /// Adds `segment`, which hides what was in its range before.
    pub fn add(&self, segment: Segment) {
        self.add_all([segment]);
    }

    /// Adds `segments`, each of which hides what was in its range before.
    pub fn add_all(&self, segments: impl IntoIterator<Item = Segment>) {
        // Run the caller's iterator before taking the lock.
        let added: Vec<Segment> = segments.into_iter().collect();
        let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        for segment in added {
            segments.insert(segment.start, segment.last, segment);
        }
        self.snapshot.store(Arc::new(Snapshot {
            segments: segments
                .iter()
                .map(|range| Segment {
                    start: range.start,
                    last: range.last,
                    offset: range
                        .value
                        .offset
                        .wrapping_add(range.start.wrapping_sub(range.origin)),
                    reader: Arc::clone(&range.value.reader),
                })
                .collect(),
            recent: AtomicUsize::new(0),
        }));
    }

    /// The segments, ordered, without overlap: what is left of those that were added.
    #[must_use]
    pub fn segments(&self) -> Vec<Segment> {
        self.snapshot.load().segments.clone()
    }

    /// Fills `buf` with the bytes from `address` on, which may come from several segments.
    ///
    /// # Errors
    ///
    /// A [`Fault`] at the first address that cannot be read, or at `address` if the bytes would go on
    /// behind the end of the address space.
    pub fn read_at(&self, address: u64, buf: &mut [u8]) -> Result<(), Fault> {
        if address
            .checked_add((buf.len() as u64).saturating_sub(1))
            .is_none()
        {
            return Err(Fault::new(self.space, address, FaultKind::NotMapped));
        }
        let snapshot = self.snapshot.load();
        let mut address = address;
        let mut rest = buf;
        while !rest.is_empty() {
            let fault = |kind| Fault::new(self.space, address, kind);
            let segment = snapshot.find(address).ok_or(fault(FaultKind::NotMapped))?;
            let skipped = address.wrapping_sub(segment.start);
            // One less than the bytes that are left of the segment, which may be 2^64.
            let left = segment.last.wrapping_sub(address);
            let size = usize::try_from(left)
                .map_or(rest.len(), |left| rest.len().min(left.saturating_add(1)));
            let (part, behind) = rest.split_at_mut(size);
            let offset = segment.offset.wrapping_add(skipped);
            segment.reader.read(offset, part).map_err(|error| Fault {
                space: self.space,
                address: address.wrapping_add(error.offset.wrapping_sub(offset)),
                kind: error.kind,
            })?;
            rest = behind;
            address = address.wrapping_add(size as u64);
        }
        Ok(())
    }
}

impl Snapshot {
    fn find(&self, address: u64) -> Option<&Segment> {
        let recent = self.recent.load(Ordering::Relaxed);
        if let Some(segment) = self.segments.get(recent)
            && segment.contains(address)
        {
            return Some(segment);
        }
        let behind = self
            .segments
            .partition_point(|segment| segment.start <= address);
        let index = behind.checked_sub(1)?;
        let segment = self.segments.get(index)?;
        if !segment.contains(address) {
            return None;
        }
        self.recent.store(index, Ordering::Relaxed);
        Some(segment)
    }
}

/// A map of one space is a memory in which the other space is empty.
impl ReadMemory for SegmentMap {
    fn read(&self, space: AddressSpace, address: u64, buf: &mut [u8]) -> Result<(), Fault> {
        if space != self.space && !buf.is_empty() {
            return Err(Fault::new(space, address, FaultKind::NotMapped));
        }
        self.read_at(address, buf)
    }
}
