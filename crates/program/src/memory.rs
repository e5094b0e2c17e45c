//! Reading the program's memory.

use crate::{Error, Program, Result};
use spelunk_base::ByteOrder;
use spelunk_memory::{
    AddressSpace, Memory, Pattern, ReadMemory, Search, SearchRange, Segment, SegmentReader,
};
use std::sync::Arc;

impl Program {
    /// The memory.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Fills `buf` with the bytes from `address` on.
    ///
    /// # Errors
    ///
    /// A fault at the first address that cannot be read. So do all others here.
    pub fn read_into(&self, space: AddressSpace, address: u64, buf: &mut [u8]) -> Result<()> {
        let size = buf.len() as u64;
        let read = self.memory.read(space, address, buf);
        read.map_err(|fault| Error::of_read(&fault, address, size))
    }

    /// The `size` bytes from `address` on.
    ///
    /// # Errors
    ///
    /// A fault at the first address that cannot be read.
    pub fn read(&self, space: AddressSpace, address: u64, size: u64) -> Result<Vec<u8>> {
        // Taken piece by piece, so that an absurd size ends in a fault and not out of memory.
        const PIECE: u64 = 1 << 20;
        let mut bytes = Vec::new();
        let mut left = size;
        while left > 0 {
            let start = bytes.len();
            let address = address.wrapping_add(start as u64) & self.last_address(space);
            // Behind the last address comes the first.
            let to_the_end = (self.last_address(space) - address).saturating_add(1);
            let piece = left.min(PIECE).min(to_the_end);
            bytes.resize(start.saturating_add(usize::try_from(piece).unwrap_or(0)), 0);
            let (_, buf) = bytes.split_at_mut(start);
            let read = self.memory.read(space, address, buf);
            read.map_err(|fault| Error::of_read(&fault, address, left))?;
            left = left.saturating_sub(piece);
        }
        Ok(bytes)
    }

    /// The unsigned integer of `size` bytes (8 at most) at `address`, in the program's byte order.
    ///
    /// # Errors
    ///
    /// A fault; a value error if the program's byte order is not known.
    pub fn read_uint(&self, space: AddressSpace, address: u64, size: u8) -> Result<u64> {
        let order = self.byte_order()?;
        let address = address & self.last_address(space);
        let read = self.memory.read_uint(space, address, size, order);
        read.map_err(|fault| Error::of_read(&fault, address, size.into()))
    }

    /// The address at `address`.
    ///
    /// # Errors
    ///
    /// As [`read_uint`](Self::read_uint).
    pub fn read_word(&self, space: AddressSpace, address: u64) -> Result<u64> {
        let Some(platform) = self.platform() else {
            return Err(Error::value("program word size is not known"));
        };
        self.read_uint(space, address, platform.address_size())
    }

    /// The bytes from `address` to the next NUL, without it, or `max_size` bytes.
    ///
    /// # Errors
    ///
    /// A fault, if it comes before the end of the string.
    pub fn read_c_string(
        &self,
        space: AddressSpace,
        address: u64,
        max_size: usize,
    ) -> Result<Vec<u8>> {
        let address = address & self.last_address(space);
        Ok(self.memory.read_c_string(space, address, max_size)?)
    }

    /// Adds a range of memory, as far as there are addresses. It hides what was there before.
    pub fn add_memory_segment(
        &self,
        space: AddressSpace,
        address: u64,
        size: u64,
        reader: Arc<dyn SegmentReader>,
    ) {
        let Some(behind) = self.last_address(space).checked_sub(address) else {
            return;
        };
        let size = size.min(behind.saturating_add(1));
        if let Some(segment) = Segment::new(address, size, 0, reader) {
            self.memory.segments(space).add(segment);
        }
    }

    /// A search for `pattern` among the addresses of `space` from `first` to `last`.
    ///
    /// The kernel's virtual memory is searched where the direct map shows physical memory: each
    /// page once, under the address that most pointers to it have.
    #[must_use]
    pub fn search(&self, pattern: Pattern, space: AddressSpace, first: u64, last: u64) -> Search {
        let direct_map = match space {
            AddressSpace::Virtual => self.os().and_then(|os| os.direct_map_base()),
            AddressSpace::Physical => None,
        };
        let read = match direct_map {
            Some(_) => AddressSpace::Physical,
            None => space,
        };
        let shown_at = direct_map.unwrap_or(0);
        let segments = self.memory.segments(read).segments();
        let stored = segments.clone();
        let segments = segments.iter().map(|segment| (segment.start, segment.last));
        let readable = match space {
            AddressSpace::Virtual => self.os().and_then(|os| os.readable_ranges()),
            AddressSpace::Physical => None,
        };
        let readable = readable.map(|ranges| {
            let ranges = ranges.into_iter();
            ranges.filter_map(|range| Some((range.start, range.end.checked_sub(1)?)))
        });
        let searched: Vec<(u64, u64)> = match readable {
            Some(ranges) => ranges.collect(),
            None => segments.collect(),
        };
        let ranges = searched.into_iter().filter_map(|(start, end)| {
            let shown = |address: u64| address.checked_add(shown_at);
            let start = shown(start)?.max(first);
            let last = shown(end).unwrap_or(u64::MAX).min(last);
            (start <= last).then_some(SearchRange {
                start: start.wrapping_sub(shown_at),
                last: last.wrapping_sub(shown_at),
                shown_at,
            })
        });
        Search::new(pattern, read, ranges).with_segments(stored)
    }

    fn byte_order(&self) -> Result<ByteOrder> {
        match self.platform() {
            Some(platform) => Ok(platform.byte_order),
            None => Err(Error::value("program byte order is not known")),
        }
    }

    /// The last address of `space`. Physical ones may have more bits than pointers (x86's PAE).
    fn last_address(&self, space: AddressSpace) -> u64 {
        match (space, self.platform()) {
            (AddressSpace::Virtual, Some(platform)) => platform.address_mask(),
            _ => u64::MAX,
        }
    }
}
