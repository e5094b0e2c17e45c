//! Searching memory: every place in some ranges of addresses where bytes, integers or what a
//! regular expression describes stand. Pages that cannot be read are passed over.

mod pattern;

pub use pattern::{Found, Pattern};

use crate::{AddressSpace, ReadMemory};
use spelunk_base::{Cancel, Cancelled};
use std::collections::VecDeque;

/// Read at once where all of it can be read; blocks end at multiples of it.
const BLOCK: u64 = 1 << 18;
/// Read at once where a part of a block cannot be read: the smallest page that there is.
const PAGE: u64 = 1 << 12;

/// A range of addresses to search, both ends inclusive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SearchRange {
    /// The first address.
    pub start: u64,
    /// The last address.
    pub last: u64,
    /// What is added to the addresses of matches, modulo 2^64, such as the distance to where
    /// physical memory is mapped.
    pub shown_at: u64,
}

/// A match: its address and what stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// The address, moved as the range says.
    pub address: u64,
    /// What stands there.
    pub found: Found,
}

/// A search, which goes on where it stopped.
pub struct Search {
    pattern: Pattern,
    space: AddressSpace,
    ranges: VecDeque<SearchRange>,
    /// Bytes that were read and not looked at to the end, and the address of the first. All of
    /// them stand in one piece.
    run: Vec<u8>,
    run_start: u64,
    /// Up to here a block was seen to have holes, and is read by pages.
    holes_before: u64,
    matches: VecDeque<Match>,
}

impl Search {
    /// A search for `pattern` in `ranges` of `space`, in their order.
    #[must_use]
    pub fn new(
        pattern: Pattern,
        space: AddressSpace,
        ranges: impl IntoIterator<Item = SearchRange>,
    ) -> Self {
        Self {
            pattern,
            space,
            ranges: ranges.into_iter().collect(),
            run: Vec::new(),
            run_start: 0,
            holes_before: 0,
            matches: VecDeque::new(),
        }
    }

    /// The next match, or `None` when all was searched.
    ///
    /// # Errors
    ///
    /// If the user asked to stop. Asked again, the search goes on.
    pub fn next(
        &mut self,
        memory: &dyn ReadMemory,
        cancel: &Cancel,
    ) -> Result<Option<Match>, Cancelled> {
        loop {
            if let Some(found) = self.matches.pop_front() {
                return Ok(Some(found));
            }
            cancel.check()?;
            let Some(range) = self.ranges.front().copied() else {
                return Ok(None);
            };
            self.advance(memory, range);
        }
    }

    /// The next match, if it is known without reading more.
    pub fn take_ready(&mut self) -> Option<Match> {
        self.matches.pop_front()
    }

    /// Reads and searches the next piece of the first range.
    fn advance(&mut self, memory: &dyn ReadMemory, range: SearchRange) {
        let by_page = range.start < self.holes_before;
        let step = if by_page { PAGE } else { BLOCK };
        let end = (range.start | (step - 1)).min(range.last);
        let is_last = end == range.last;
        let known = self.run.len();
        if known == 0 {
            self.run_start = range.start;
        }
        // At most a block.
        let size = usize::try_from(end.wrapping_sub(range.start))
            .unwrap_or(0)
            .saturating_add(1);
        self.run.resize(known.saturating_add(size), 0);
        let (_, piece) = self.run.split_at_mut(known);
        let readable = memory.read(self.space, range.start, piece).is_ok();
        if !readable {
            self.run.truncate(known);
            if !by_page {
                self.holes_before = end.saturating_add(1);
                return;
            }
        }
        self.look(range, readable && !is_last);
        match self.ranges.front_mut() {
            Some(front) if !is_last => front.start = end.wrapping_add(1),
            _ => {
                self.ranges.pop_front();
                self.holes_before = 0;
            }
        }
    }

    /// Looks for matches in what was read. Where more follows without a gap, those that begin in
    /// the last bytes are left for the next time.
    fn look(&mut self, range: SearchRange, more: bool) {
        let held = if more { self.pattern.overlap() } else { 0 };
        let limit = self.run.len().saturating_sub(held);
        let (run, start) = (&self.run, self.run_start);
        self.pattern.find_all(run, start, limit, |offset, found| {
            self.matches.push_back(Match {
                address: start
                    .wrapping_add(offset as u64)
                    .wrapping_add(range.shown_at),
                found,
            });
        });
        self.run.drain(..limit);
        self.run_start = start.wrapping_add(limit as u64);
    }
}

#[cfg(test)]
mod tests;
