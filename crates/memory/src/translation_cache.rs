use std::sync::atomic::{AtomicU64, Ordering, fence};

/// Number of slots, each for one page; a power of two.
const SLOTS: usize = 1024;

/// Frames by virtual page, read without locks.
///
/// Each slot is a sequence lock: the sequence is odd while a writer is at work, and a reader that
/// sees it change (or odd) has a miss. Whoever finds a slot being written leaves it alone.
pub(crate) struct TranslationCache {
    slots: Box<[Slot]>,
}

#[derive(Default)]
struct Slot {
    sequence: AtomicU64,
    page: AtomicU64,
    frame: AtomicU64,
}

/// No page is here: pages are multiples of the page size.
const NO_PAGE: u64 = 1;

impl Default for TranslationCache {
    fn default() -> Self {
        let empty = || Slot {
            page: AtomicU64::new(NO_PAGE),
            ..Slot::default()
        };
        Self {
            slots: std::iter::repeat_with(empty).take(SLOTS).collect(),
        }
    }
}

impl TranslationCache {
    /// The frame of `page`, both as addresses.
    pub(crate) fn find(&self, page: u64) -> Option<u64> {
        let slot = self.slot(page)?;
        let before = slot.sequence.load(Ordering::Acquire);
        let found = slot.page.load(Ordering::Relaxed) == page;
        let frame = slot.frame.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        let unchanged = slot.sequence.load(Ordering::Relaxed) == before;
        (found && unchanged && before.is_multiple_of(2)).then_some(frame)
    }

    pub(crate) fn insert(&self, page: u64, frame: u64) {
        if let Some(slot) = self.slot(page) {
            slot.write(page, frame);
        }
    }

    pub(crate) fn clear(&self) {
        for slot in &self.slots {
            slot.write(NO_PAGE, 0);
        }
    }

    fn slot(&self, page: u64) -> Option<&Slot> {
        // All page sizes are multiples of 4 KiB; the hash keeps strides from sharing slots.
        let hash = (page >> 12).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let index = usize::try_from(hash).ok()? & (SLOTS - 1);
        self.slots.get(index)
    }
}

impl Slot {
    fn write(&self, page: u64, frame: u64) {
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
        self.page.store(page, Ordering::Relaxed);
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
        assert_eq!(cache.find(0), None);
        cache.insert(0x1000, 0x7000);
        assert_eq!(cache.find(0x1000), Some(0x7000));
        cache.insert(0x1000, 0x8000);
        assert_eq!(cache.find(0x1000), Some(0x8000));
        cache.clear();
        assert_eq!(cache.find(0x1000), None);
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
                        if let Some(frame) = cache.find(page) {
                            assert_eq!(frame, !page);
                        }
                        cache.insert(page, !page);
                    }
                });
            }
        });
    }
}
