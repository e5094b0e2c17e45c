//! Finding the tables in a kernel that does not tell where they are: before 6.0, VMCOREINFO had no `SYMBOL(kallsyms_*)`.
//!
//! The table of tokens gives itself away: kernels have all ten digits in their names, so that ten of the tokens in a row are
//! one digit each; and behind it is the index of the tokens, which can be computed from it. What is in front of it can be
//! checked, too: the markers say where in the names every 256th one begins.

use super::tables::compressed_name;
use spelunk_base::{ByteOrder, Cursor};

/// `ALGN` in `scripts/kallsyms.c`: tables begin at a multiple, on machines of 64 bits.
const ALIGNMENT: usize = 8;

const TOKENS: usize = 256;

/// The tokens of the digits in a row, where each is the token of its own code.
const DIGITS: &[u8] = b"0\x001\x002\x003\x004\x005\x006\x007\x008\x009\0";

/// No token is longer.
const MAX_TOKEN: usize = 128;

/// How many names have one marker.
const MARKED: usize = 256;

/// Where the tables are: offsets into the bytes that were searched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KallsymsPlace {
    /// How many symbols there are.
    pub count: u32,
    /// `kallsyms_names`
    pub names: usize,
    /// `kallsyms_token_table`
    pub token_table: usize,
    /// `kallsyms_token_index`
    pub token_index: usize,
    /// `kallsyms_offsets`
    pub offsets: usize,
    /// `kallsyms_relative_base`
    pub relative_base: usize,
}

/// Finds the tables in the bytes of a kernel of 64 bits, 4.6 to 6.1: `kallsyms_offsets`, `kallsyms_relative_base`,
/// `kallsyms_num_syms`, `kallsyms_names`, `kallsyms_markers`, `kallsyms_token_table`, `kallsyms_token_index`, in this order.
///
/// `image` is what is in memory from an address on that is a multiple of 8.
#[must_use]
pub fn find_tables(image: &[u8], order: ByteOrder) -> Option<KallsymsPlace> {
    let mut from = 0;
    while let Some(digits) = find(image, from, DIGITS) {
        if let Some(table) = token_table(image, digits, order)
            && let Some(place) = in_front_of(image, table, order)
        {
            return Some(place);
        }
        from = digits.checked_add(1)?;
    }
    None
}

fn find(bytes: &[u8], from: usize, pattern: &[u8]) -> Option<usize> {
    let found = bytes
        .get(from..)?
        .windows(pattern.len())
        .position(|window| window == pattern)?;
    found.checked_add(from)
}

/// Where the table is whose tokens for digits are at `digits`, and where its index is.
fn token_table(image: &[u8], digits: usize, order: ByteOrder) -> Option<(usize, usize)> {
    // The first token ends where as many tokens as are before '0' are left.
    let before = image.get(digits.saturating_sub(MAX_TOKEN * TOKENS)..digits)?;
    let mut ends = before.iter().rev().zip(1..).filter(|(byte, _)| **byte == 0);
    let (_, distance) = ends.nth(usize::from(b'0') - 1)?;
    let first_end = digits.checked_sub(distance)?;
    // It begins at one of the multiples before that.
    let last = first_end & !(ALIGNMENT - 1);
    let starts = (0..MAX_TOKEN / ALIGNMENT).map_while(|step| last.checked_sub(step * ALIGNMENT));
    starts.filter(|start| start < &first_end).find_map(|start| {
        let mut table = Cursor::new(image, order);
        table.seek(start);
        let mut expected = Vec::with_capacity(TOKENS);
        for _ in 0..TOKENS {
            expected.push(table.position().checked_sub(start)?);
            table.c_str().ok()?;
        }
        let index = table.position().checked_next_multiple_of(ALIGNMENT)?;
        table.seek(index);
        let is_index = expected
            .into_iter()
            .all(|place| table.u16().is_ok_and(|told| usize::from(told) == place));
        is_index.then_some((start, index))
    })
}

/// The tables in front of the table of tokens.
fn in_front_of(
    image: &[u8],
    (token_table, token_index): (usize, usize),
    order: ByteOrder,
) -> Option<KallsymsPlace> {
    // Since 4.20, 32 bits; before, words.
    [4, 8].into_iter().find_map(|size| {
        let markers = Markers::before(image, token_table, size, order)?;
        let (names, count) = markers.names(image, order)?;
        let num_syms = names.checked_sub(ALIGNMENT)?;
        let relative_base = num_syms.checked_sub(ALIGNMENT)?;
        let size = usize::try_from(count).ok()?.checked_mul(4)?;
        let size = size.checked_next_multiple_of(ALIGNMENT)?;
        Some(KallsymsPlace {
            count,
            names,
            token_table,
            token_index,
            offsets: relative_base.checked_sub(size)?,
            relative_base,
        })
    })
}

/// `kallsyms_markers`
struct Markers {
    start: usize,
    /// What the last one says.
    last: usize,
    count: usize,
}

impl Markers {
    /// Those before `end`, of `size` bytes each: they count up from 0.
    fn before(image: &[u8], end: usize, size: usize, order: ByteOrder) -> Option<Self> {
        let at = |place| {
            let mut cursor = Cursor::new(image, order);
            cursor.seek(place);
            usize::try_from(cursor.uint(size).ok()?).ok()
        };
        let mut start = end.checked_sub(size)?;
        // Between 32-bit ones and what follows there may be room for one more.
        if at(start)? == 0 {
            start = start.checked_sub(size)?;
        }
        let last = at(start)?;
        let (mut count, mut next) = (1usize, last);
        while next != 0 {
            start = start.checked_sub(size)?;
            let this = at(start)?;
            if this >= next {
                return None;
            }
            next = this;
            count = count.checked_add(1)?;
        }
        (start.is_multiple_of(ALIGNMENT) && count > 1).then_some(Self { start, last, count })
    }

    /// Where the names begin, and how many there are.
    fn names(&self, image: &[u8], order: ByteOrder) -> Option<(usize, u32)> {
        // The names behind the last marker are as many as one marker stands for at most.
        let latest = self.start.checked_sub(self.last)? & !(ALIGNMENT - 1);
        let steps = MARKED * MAX_TOKEN / ALIGNMENT;
        let starts = (0..=steps).map_while(|step| latest.checked_sub(step * ALIGNMENT));
        starts.into_iter().find_map(|names| {
            let mut number = Cursor::new(image, order);
            number.seek(names.checked_sub(ALIGNMENT)?);
            // A word until 5.?, then 32 bits and room: the same in little endian.
            let count = number.u32().ok()?;
            let marked = (count as usize).div_ceil(MARKED);
            (marked == self.count && self.are_names(image, names, count, order))
                .then_some((names, count))
        })
    }

    /// Whether `count` names that begin at `start` end where the markers begin.
    fn are_names(&self, image: &[u8], start: usize, count: u32, order: ByteOrder) -> bool {
        let Some(names) = image.get(start..self.start) else {
            return false;
        };
        let mut names = Cursor::new(names, order);
        let all = (0..count).all(|_| compressed_name(&mut names).is_some());
        all && names.rest().len() < ALIGNMENT
    }
}

#[cfg(test)]
mod tests {
    use super::super::tables::tests::names;
    use super::*;

    fn align(image: &mut Vec<u8>) -> usize {
        image.resize(image.len().next_multiple_of(ALIGNMENT), 0);
        image.len()
    }

    /// An image with tables of `count` symbols, and where they are.
    fn image(count: u32, marker_size: usize) -> (Vec<u8>, KallsymsPlace) {
        let symbols: Vec<String> = (0..count).map(|n| format!("tvfs_{n:x}")).collect();
        let symbols: Vec<&str> = symbols.iter().map(String::as_str).collect();
        let (bytes, tokens, index) = names(&symbols);
        // What looks like the tokens of digits, and is not.
        let mut image = b"code 0\x001\x002\x003\x004\x005\x006\x007\x008\x009\0 \xff".to_vec();
        let offsets = align(&mut image);
        (0..count).for_each(|n| image.extend((n * 16).to_le_bytes()));
        let relative_base = align(&mut image);
        image.extend(0xffff_ffff_8100_0000u64.to_le_bytes());
        image.extend(u64::from(count).to_le_bytes());
        let place = image.len();
        image.extend(&bytes);
        align(&mut image);
        let mut compressed = Cursor::new(&bytes, ByteOrder::Little);
        for symbol in 0..count {
            if symbol.is_multiple_of(256) {
                let marker = compressed.position().to_le_bytes();
                image.extend(marker.get(..marker_size).unwrap());
            }
            compressed_name(&mut compressed).unwrap();
        }
        let token_table = align(&mut image);
        image.extend(tokens);
        let token_index = align(&mut image);
        image.extend(index);
        image.extend([0xee; 40]);
        let place = KallsymsPlace {
            count,
            names: place,
            token_table,
            token_index,
            offsets,
            relative_base,
        };
        (image, place)
    }

    #[test]
    fn tables_are_found_by_what_they_look_like() {
        for count in [257, 512, 513, 700, 2000] {
            for marker_size in [4, 8] {
                let (image, place) = image(count, marker_size);
                let found = find_tables(&image, ByteOrder::Little);
                assert_eq!(found, Some(place), "{count} {marker_size}");
            }
        }
    }

    #[test]
    fn what_contradicts_itself_is_not_believed() {
        let (mut whole, place) = image(600, 4);
        whole.truncate(place.token_index + 511);
        assert_eq!(find_tables(&whole, ByteOrder::Little), None);
        for offset in [place.names, place.token_table + 1, place.token_index + 300] {
            let (mut image, _) = image(600, 4);
            if let Some(byte) = image.get_mut(offset) {
                *byte ^= 0x7f;
            }
            assert_eq!(find_tables(&image, ByteOrder::Little), None, "{offset}");
        }
    }
}
