use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Number of parts with a lock each; a power of two.
const SHARDS: usize = 16;
/// Number of pages that each thread remembers; a power of two.
const RECENT: usize = 32;

/// Decompressed pages of one dump, by number, up to a budget of bytes.
///
/// Each thread remembers its latest pages and finds those again without a lock. All pages are in
/// shards, each under its lock, from which the one that was not used for longest goes (CLOCK).
/// Pages are loaded outside of locks: two threads may load the same page, and the first one wins.
pub struct PageCache {
    /// Tells the caches of a process apart in the memories of threads.
    id: u64,
    page_size: usize,
    shards: Box<[Mutex<Shard>]>,
}

struct Shard {
    capacity: usize,
    slots: Vec<Slot>,
    by_page: HashMap<u64, usize>,
    hand: usize,
}

struct Slot {
    page: u64,
    bytes: Arc<[u8]>,
    used: bool,
}

struct Recent {
    cache: u64,
    page: u64,
    bytes: Arc<[u8]>,
}

thread_local! {
    static LATEST: RefCell<[Option<Recent>; RECENT]> = const { RefCell::new([const { None }; RECENT]) };
}

impl PageCache {
    /// A cache for pages of `page_size` bytes that keeps `budget` bytes (but one page per shard).
    #[must_use]
    pub fn new(page_size: usize, budget: usize) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        let pages = budget.checked_div(page_size).unwrap_or(0);
        let shard = || {
            Mutex::new(Shard {
                capacity: (pages / SHARDS).max(1),
                slots: Vec::new(),
                by_page: HashMap::new(),
                hand: 0,
            })
        };
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            page_size,
            shards: std::iter::repeat_with(shard).take(SHARDS).collect(),
        }
    }

    /// Copies bytes of page `page` from `offset` on into `buf`; the page is loaded by `load` if it
    /// is not here. Bytes that would be behind the page's end are not copied.
    ///
    /// # Errors
    ///
    /// Those of `load`. They are not remembered.
    pub fn read<E>(
        &self,
        page: u64,
        offset: usize,
        buf: &mut [u8],
        load: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let slot = self.recent_slot(page);
        let is_recent = LATEST
            .try_with(|latest| {
                let Ok(latest) = latest.try_borrow() else {
                    return false;
                };
                match latest.get(slot) {
                    Some(Some(recent)) if recent.cache == self.id && recent.page == page => {
                        copy(&recent.bytes, offset, buf);
                        true
                    }
                    _ => false,
                }
            })
            .unwrap_or(false);
        if is_recent {
            return Ok(());
        }
        let bytes = self.page(page, load)?;
        copy(&bytes, offset, buf);
        let replaced = LATEST.try_with(|latest| {
            let mut latest = latest.try_borrow_mut().ok()?;
            latest.get_mut(slot)?.replace(Recent {
                cache: self.id,
                page,
                bytes,
            })
        });
        drop(replaced);
        Ok(())
    }

    /// As [`read`](Self::read) of a whole page, which is not kept if it was not here: for those who look
    /// through all pages, and would push out the ones that are needed again.
    ///
    /// # Errors
    ///
    /// Those of `load`.
    pub fn read_once<E>(
        &self,
        page: u64,
        buf: &mut [u8],
        load: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.find(page) {
            Some(bytes) => {
                copy(&bytes, 0, buf);
                Ok(())
            }
            None => load(buf),
        }
    }

    fn page<E>(
        &self,
        page: u64,
        load: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Arc<[u8]>, E> {
        if let Some(bytes) = self.find(page) {
            return Ok(bytes);
        }
        let mut bytes = vec![0; self.page_size];
        load(&mut bytes)?;
        let bytes: Arc<[u8]> = bytes.into();
        Ok(match self.shard(page) {
            Some(mut shard) => shard.insert(page, bytes),
            None => bytes,
        })
    }

    fn find(&self, page: u64) -> Option<Arc<[u8]>> {
        self.shard(page)?.find(page)
    }

    fn shard(&self, page: u64) -> Option<MutexGuard<'_, Shard>> {
        let index = usize::try_from(page % SHARDS as u64).ok()?;
        let shard = self.shards.get(index)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn recent_slot(&self, page: u64) -> usize {
        let hash = page
            .wrapping_add(self.id)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            >> 32;
        usize::try_from(hash).unwrap_or(0) & (RECENT - 1)
    }
}

/// Copies from `page` at `offset`, as many bytes as both have.
fn copy(page: &[u8], offset: usize, buf: &mut [u8]) {
    let source = page.get(offset..).unwrap_or(&[]);
    let size = source.len().min(buf.len());
    if let (Some(to), Some(from)) = (buf.get_mut(..size), source.get(..size)) {
        to.copy_from_slice(from);
    }
}

impl Shard {
    fn find(&mut self, page: u64) -> Option<Arc<[u8]>> {
        let slot = self.slots.get_mut(*self.by_page.get(&page)?)?;
        slot.used = true;
        Some(Arc::clone(&slot.bytes))
    }

    /// Keeps `page`, unless someone else was first; returns the bytes that are kept.
    fn insert(&mut self, page: u64, bytes: Arc<[u8]>) -> Arc<[u8]> {
        if let Some(first) = self.find(page) {
            return first;
        }
        let new = Slot {
            page,
            bytes: Arc::clone(&bytes),
            used: false,
        };
        if self.slots.len() < self.capacity {
            self.by_page.insert(page, self.slots.len());
            self.slots.push(new);
            return bytes;
        }
        // Two rounds suffice: the first takes every mark away.
        for _ in 0..self.slots.len().saturating_mul(2) {
            let index = self.hand;
            self.hand = (index.saturating_add(1))
                .checked_rem(self.slots.len())
                .unwrap_or(0);
            let Some(slot) = self.slots.get_mut(index) else {
                break;
            };
            if !std::mem::take(&mut slot.used) {
                self.by_page.remove(&slot.page);
                self.by_page.insert(page, index);
                *slot = new;
                break;
            }
        }
        bytes
    }
}
