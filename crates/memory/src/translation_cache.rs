use std::sync::atomic::{AtomicU64, Ordering, fence};

/// Number of slots, each for one page; a power of two.
const SLOTS: usize = 1024;

/// Frames by virtual page, for pages of several sizes, read without locks.
///
/// Each slot is a sequence lock: the sequence is odd while a writer is at work, and a reader that
/// sees it change (or odd) has a miss. Whoever finds a slot being written leaves it alone.
pub(crate) struct TranslationCache {
    slots: Box<[Slot]>,
}

#[derive(Default)]
struct Slot {
    sequence: AtomicU64,
    key: AtomicU64,
    frame: AtomicU64,
}

/// A virtual page: its address and, in the bits that are zero in it, the logarithm of its size. No
/// page has the key 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageKey(u64);

impl PageKey {
    /// The page of `1 << shift` bytes (512 at least) that `address` is in.
    pub(crate) fn new(address: u64, shift: u32) -> Self {
        let page = address >> shift << shift;
        Self(page | u64::from(shift))
    }
}

impl Default for TranslationCache {
    fn default() -> Self {
        Self {
            slots: std::iter::repeat_with(Slot::default).take(SLOTS).collect(),
        }
    }
}

impl TranslationCache {
    /// The physical address of the page `key`.
    pub(crate) fn find(&self, key: PageKey) -> Option<u64> {
        let slot = self.slot(key)?;
        let before = slot.sequence.load(Ordering::Acquire);
        let found = slot.key.load(Ordering::Relaxed) == key.0;
        let frame = slot.frame.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        let unchanged = slot.sequence.load(Ordering::Relaxed) == before;
        (found && unchanged && before.is_multiple_of(2)).then_some(frame)
    }

    pub(crate) fn insert(&self, key: PageKey, frame: u64) {
        if let Some(slot) = self.slot(key) {
            slot.write(key.0, frame);
        }
    }

    pub(crate) fn clear(&self) {
        for slot in &self.slots {
            slot.write(0, 0);
        }
    }

    fn slot(&self, key: PageKey) -> Option<&Slot> {
        // The hash keeps pages at regular distances from sharing a slot.
        let hash = key.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let index = usize::try_from(hash).ok()? & (SLOTS - 1);
        self.slots.get(index)
    }
}

impl Slot {
    fn write(&self, key: u64, frame: u64) {
        let before = self.sequence.load(Ordering::Relaxed);
        let writing = before.wrapping_add(1);
        if before % 2 == 1
            || self
                .sequence
                .compare_exchange(before, writing, Ordering::Acquire, Ordering::Relaxed)
                .is_err()
        {
            return;
        }
        fence(Ordering::Release);
        self.key.store(key, Ordering::Relaxed);
        self.frame.store(frame, Ordering::Relaxed);
        self.sequence
            .store(writing.wrapping_add(1), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_inserted_is_found_until_cleared() {
        let cache = TranslationCache::default();
        let key = |address| PageKey::new(address, 12);
        assert_eq!(cache.find(key(0)), None);
        cache.insert(key(0x1234), 0x7000);
        assert_eq!(cache.find(key(0x1000)), Some(0x7000));
        assert_eq!(cache.find(PageKey::new(0x1000, 21)), None);
        cache.insert(key(0x1000), 0x8000);
        assert_eq!(cache.find(key(0x1fff)), Some(0x8000));
        cache.clear();
        assert_eq!(cache.find(key(0x1000)), None);
    }

    #[test]
    fn threads_that_share_slots_never_see_each_others_frames() {
        let cache = TranslationCache::default();
        let pages = 4 * SLOTS as u64;
        std::thread::scope(|scope| {
            for thread in 0..4u64 {
                let cache = &cache;
                scope.spawn(move || {
                    for round in 0..200_000u64 {
                        let page = (round.wrapping_mul(7 + thread) % pages) << 12;
                        let key = PageKey::new(page, 12);
                        if let Some(frame) = cache.find(key) {
                            assert_eq!(frame, !page);
                        }
                        cache.insert(key, !page);
                    }
                });
            }
        });
    }
}
