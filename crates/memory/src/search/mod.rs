//! Searching memory: every place in some ranges of addresses where bytes, integers or what a
//! regular expression describes stand. Pages that cannot be read are passed over.

mod pattern;

pub use pattern::{Found, Pattern};

use crate::{AddressSpace, ReadMemory, Segment};
use spelunk_base::{Cancel, Cancelled, Progress};
use std::collections::VecDeque;

/// Searched at once where all of it can be read; blocks end at multiples of it.
const BLOCK: u64 = 1 << 18;
/// Read at once where a part of a block cannot be read: the smallest page that there is.
const PAGE: u64 = 1 << 12;
/// What a thread searches at once at most, when nothing was found for a while.
const MAX_PIECE: u64 = 1 << 24;

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

/// A search, which goes on where it stopped. It looks at several pieces of memory at once, by a thread for each.
pub struct Search {
    pattern: Pattern,
    space: AddressSpace,
    ranges: VecDeque<SearchRange>,
    /// Whose bytes need not be copied to be searched, if they can be borrowed.
    segments: Vec<Segment>,
    threads: usize,
    /// How much each thread searches in the next round: little at first, so that the first match comes soon.
    piece: u64,
    matches: VecDeque<Match>,
    /// How many bytes there were to search.
    total: u64,
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
            segments: Vec::new(),
            threads: std::thread::available_parallelism().map_or(1, |count| count.get().min(16)),
            piece: BLOCK,
            matches: VecDeque::new(),
            total: 0,
        }
    }

    /// The same, where `segments` (ordered, without overlap) are those of the memory that will be searched.
    #[must_use]
    pub fn with_segments(mut self, segments: Vec<Segment>) -> Self {
        self.segments = segments;
        self
    }

    /// The same, on this number of threads.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
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
        progress: &dyn Progress,
    ) -> Result<Option<Match>, Cancelled> {
        loop {
            if let Some(found) = self.matches.pop_front() {
                return Ok(Some(found));
            }
            cancel.check()?;
            let left = self.left();
            self.total = self.total.max(left);
            let done = self.total.saturating_sub(left);
            progress.report("searching memory", done, self.total);
            if left == 0 {
                return Ok(None);
            }
            self.advance(memory);
        }
    }

    /// The next match, if it is known without reading more.
    pub fn take_ready(&mut self) -> Option<Match> {
        self.matches.pop_front()
    }

    /// How many bytes are left to search.
    fn left(&self) -> u64 {
        let sizes = self.ranges.iter();
        let sizes = sizes.map(|range| range.last.saturating_sub(range.start).saturating_add(1));
        sizes.fold(0, u64::saturating_add)
    }

    /// Searches the next pieces.
    fn advance(&mut self, memory: &dyn ReadMemory) {
        let pieces: Vec<Piece> = (0..self.threads).map_while(|_| self.take_piece()).collect();
        let this = &*self;
        let found: Vec<Vec<Match>> = match &*pieces {
            // Threads cost more than a small piece.
            [only] => vec![this.search(memory, only)],
            pieces if self.piece <= BLOCK => {
                let pieces = pieces.iter();
                pieces.map(|piece| this.search(memory, piece)).collect()
            }
            pieces => std::thread::scope(|scope| {
                let spawn = |piece| scope.spawn(move || this.search(memory, piece));
                let threads: Vec<_> = pieces.iter().map(spawn).collect();
                let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<Match>>| {
                    thread
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                threads.into_iter().map(join).collect()
            }),
        };
        self.matches.extend(found.into_iter().flatten());
        self.piece = match self.matches.is_empty() {
            true => self.piece.saturating_mul(2).min(MAX_PIECE),
            false => BLOCK,
        };
    }

    /// The next piece of the first range, up to a multiple of the size of pieces.
    fn take_piece(&mut self) -> Option<Piece> {
        let range = self.ranges.front_mut()?;
        let last = (range.start | self.piece.saturating_sub(1)).min(range.last);
        let piece = Piece {
            range: *range,
            last,
        };
        if last == range.last {
            self.ranges.pop_front();
        } else {
            range.start = last.wrapping_add(1);
        }
        Some(piece)
    }

    fn search(&self, memory: &dyn ReadMemory, piece: &Piece) -> Vec<Match> {
        let mut run = Run {
            search: self,
            shown_at: piece.range.shown_at,
            bytes: Vec::new(),
            start: piece.range.start,
            matches: Vec::new(),
        };
        if let Some(bytes) = self.borrow(piece) {
            run.look(bytes, piece.size());
        } else {
            run.read(memory, piece);
        }
        run.matches
    }

    /// The bytes of a piece, and as many behind it as a match that begins in it may have, without copying them.
    fn borrow(&self, piece: &Piece) -> Option<&[u8]> {
        let start = piece.range.start;
        let behind = self
            .segments
            .partition_point(|segment| segment.start <= start);
        let segment = self.segments.get(behind.checked_sub(1)?)?;
        let last = piece.end_of_matches(&self.pattern);
        if last > segment.last {
            return None;
        }
        let offset = segment
            .offset
            .checked_add(start.checked_sub(segment.start)?)?;
        let size = last.checked_sub(start)?.checked_add(1)?;
        segment.reader.borrow(offset, size)
    }
}

/// A part of a range, which one thread searches: all matches that begin in it.
struct Piece {
    /// From its own start to the end of the range that it is a part of.
    range: SearchRange,
    /// Its own last address.
    last: u64,
}

impl Piece {
    fn size(&self) -> usize {
        let size = self.last.wrapping_sub(self.range.start).saturating_add(1);
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    /// The last address of what a match that begins in the piece may have.
    fn end_of_matches(&self, pattern: &Pattern) -> u64 {
        let overlap = pattern.overlap() as u64;
        self.last.saturating_add(overlap).min(self.range.last)
    }
}

/// The search of a piece.
struct Run<'a> {
    search: &'a Search,
    shown_at: u64,
    /// What was read and not looked at to the end. All of it stands in one piece.
    bytes: Vec<u8>,
    /// The address of the first byte.
    start: u64,
    matches: Vec<Match>,
}

impl Run<'_> {
    /// Reads the piece block by block, those with holes page by page.
    fn read(&mut self, memory: &dyn ReadMemory, piece: &Piece) {
        let end = piece.end_of_matches(&self.search.pattern);
        let mut address = piece.range.start;
        let mut holes_before = 0;
        loop {
            let by_page = address < holes_before;
            let step = if by_page { PAGE } else { BLOCK };
            let last = (address | (step - 1)).min(end);
            let known = self.bytes.len();
            if known == 0 {
                self.start = address;
            }
            // At most a block.
            let size = usize::try_from(last.wrapping_sub(address)).unwrap_or(0);
            self.bytes
                .resize(known.saturating_add(size).saturating_add(1), 0);
            let (_, read) = self.bytes.split_at_mut(known);
            let readable = memory.read(self.search.space, address, read).is_ok();
            if !readable {
                self.bytes.truncate(known);
                if !by_page && last.wrapping_sub(address) >= PAGE {
                    holes_before = last.saturating_add(1);
                    continue;
                }
            }
            self.look_at_known(piece, readable && last < end);
            if last >= end {
                return;
            }
            address = last.wrapping_add(1);
        }
    }

    /// Looks for matches in what was read. Where more follows without a gap, those that begin in the last bytes are left
    /// for the next time.
    fn look_at_known(&mut self, piece: &Piece, more: bool) {
        let held = if more {
            self.search.pattern.overlap()
        } else {
            0
        };
        let done = self.bytes.len().saturating_sub(held);
        // What begins behind the piece is another's.
        let own = piece.last.wrapping_sub(self.start).saturating_add(1);
        let own = match self.start <= piece.last {
            true => usize::try_from(own).unwrap_or(usize::MAX),
            false => 0,
        };
        let bytes = std::mem::take(&mut self.bytes);
        self.look(&bytes, done.min(own));
        self.bytes = bytes;
        self.bytes.drain(..done);
        self.start = self.start.wrapping_add(done as u64);
    }

    /// Looks for matches that begin before `limit`.
    fn look(&mut self, bytes: &[u8], limit: usize) {
        let start = self.start;
        self.search
            .pattern
            .find_all(bytes, start, limit, |offset, found| {
                self.matches.push(Match {
                    address: start
                        .wrapping_add(offset as u64)
                        .wrapping_add(self.shown_at),
                    found,
                });
            });
    }
}

#[cfg(test)]
mod tests;
