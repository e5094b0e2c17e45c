use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes of a section may still be parsed, all tables in it together. In a damaged file they
/// may overlap, so that each byte of the section starts one.
pub(crate) struct ParseBudget {
    left: AtomicUsize,
}

impl ParseBudget {
    /// Enough to parse `size` bytes so many times.
    pub(crate) fn new(size: usize, times: usize) -> Self {
        Self {
            left: AtomicUsize::new(size.saturating_mul(times)),
        }
    }

    pub(crate) fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    /// Takes `size` bytes off; `None`, and nothing is, if there are fewer.
    pub(crate) fn take(&self, size: usize) -> Option<()> {
        let take = |left: usize| left.checked_sub(size);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        self.left.fetch_update(set, fetch, take).ok().map(drop)
    }
}
