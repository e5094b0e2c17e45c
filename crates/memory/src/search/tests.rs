use super::*;
use crate::{FaultKind, Memory, Segment, SegmentFault, SegmentReader};
use proptest::prelude::*;
use spelunk_base::{ByteOrder, NoProgress};
use std::sync::Arc;

/// Bytes of which some pages cannot be read.
struct Holes {
    bytes: Vec<u8>,
    missing: Vec<usize>,
}

impl SegmentReader for Holes {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let start = usize::try_from(offset).unwrap();
        let pages = start / 4096..=(start + buf.len() - 1) / 4096;
        if let Some(page) = self.missing.iter().find(|page| pages.contains(page)) {
            return Err(SegmentFault {
                offset: (*page as u64) << 12,
                kind: FaultKind::NotInDump,
            });
        }
        buf.copy_from_slice(&self.bytes[start..start + buf.len()]);
        Ok(())
    }
}

const BASE: u64 = 0x10_0000;

fn memory(bytes: Vec<u8>, missing: Vec<usize>) -> Memory {
    let memory = Memory::default();
    let size = bytes.len() as u64;
    let reader = Arc::new(Holes { bytes, missing });
    memory
        .segments(AddressSpace::Physical)
        .add(Segment::new(BASE, size, 0, reader).unwrap());
    memory
}

fn all(memory: &Memory, pattern: Pattern, size: u64) -> Vec<(u64, Found)> {
    let range = SearchRange {
        start: BASE,
        last: BASE + size - 1,
        shown_at: BASE.wrapping_neg(),
    };
    let mut search = Search::new(pattern, AddressSpace::Physical, [range]);
    let mut matches = Vec::new();
    while let Some(found) = search
        .next(memory, &Cancel::default(), &NoProgress)
        .unwrap()
    {
        matches.push((found.address, found.found));
    }
    matches
}

fn integers(size: u8, value: u64) -> Pattern {
    Pattern::Integers {
        size,
        order: ByteOrder::Little,
        values: vec![value..=value],
        ignored: 0,
    }
}

#[test]
fn matches_across_blocks_are_found_once() {
    let size = 3 * BLOCK;
    let mut bytes = vec![0; size as usize];
    let at = BLOCK as usize - 3;
    bytes[at..at + 6].copy_from_slice(b"needle");
    let memory = memory(bytes, vec![]);
    let needle = Pattern::bytes(b"needle", 1).unwrap();
    assert_eq!(all(&memory, needle, size), [(at as u64, Found::Same)]);
    let needle = Pattern::bytes(b"needle", 2).unwrap();
    assert_eq!(all(&memory, needle, size), []);
    let regex = Pattern::Regex(regex::bytes::Regex::new("n[e]+dle").unwrap());
    let found = Found::Bytes(b"needle".to_vec());
    assert_eq!(all(&memory, regex, size), [(at as u64, found)]);
}

#[test]
fn missing_pages_are_passed_over_and_end_what_stands_in_one_piece() {
    let size = 2 * BLOCK;
    let mut bytes = vec![0; size as usize];
    bytes[4092..4100].copy_from_slice(b"needless");
    bytes[9000..9008].copy_from_slice(&7u64.to_le_bytes());
    bytes[20000..20008].copy_from_slice(&7u64.to_le_bytes());
    let memory = memory(bytes, vec![1, 2]);
    let needle = Pattern::bytes(b"needless", 1).unwrap();
    assert_eq!(all(&memory, needle, size), []);
    let found = all(&memory, integers(8, 7), size);
    assert_eq!(found, [(20000, Found::Integer(7))]);
}

#[test]
fn ignored_bits_and_ranges_count_as_said() {
    let bytes: Vec<u8> = [1u16, 2, 3, 0x8002].map(u16::to_le_bytes).concat();
    let memory = memory(bytes, vec![]);
    let pattern = Pattern::Integers {
        size: 2,
        order: ByteOrder::Little,
        values: vec![2..=3],
        ignored: 0x8000,
    };
    let found: Vec<u64> = all(&memory, pattern, 8).into_iter().map(|m| m.0).collect();
    assert_eq!(found, [2, 4, 6]);
}

#[test]
fn a_cancelled_search_goes_on_later() {
    let bytes: Vec<u8> = 5u64.to_le_bytes().to_vec();
    let memory = memory(bytes, vec![]);
    let range = SearchRange {
        start: BASE,
        last: BASE + 7,
        shown_at: 0,
    };
    let mut search = Search::new(integers(8, 5), AddressSpace::Physical, [range]);
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(search.next(&memory, &cancel, &NoProgress).is_err());
    cancel.reset();
    assert!(
        search
            .next(&memory, &cancel, &NoProgress)
            .unwrap()
            .is_some()
    );
    assert_eq!(search.next(&memory, &cancel, &NoProgress).unwrap(), None);
}

/// Bytes that can be borrowed, and may not be read otherwise.
struct Borrowed(Vec<u8>);

impl SegmentReader for Borrowed {
    fn read(&self, offset: u64, _: &mut [u8]) -> Result<(), SegmentFault> {
        let kind = FaultKind::NotReadable;
        Err(SegmentFault { offset, kind })
    }

    fn borrow(&self, offset: u64, size: u64) -> Option<&[u8]> {
        let start = usize::try_from(offset).ok()?;
        self.0.get(start..)?.get(..usize::try_from(size).ok()?)
    }
}

#[test]
fn many_threads_and_borrowed_bytes_find_the_same_in_order() {
    // Long enough for rounds with the largest pieces; matches lie across the borders of pieces.
    let size = 5 * MAX_PIECE + 12345;
    let mut bytes = vec![0; size as usize];
    let places: Vec<usize> = (1..(size / BLOCK) as usize)
        .step_by(7)
        .map(|block| block * BLOCK as usize - 3)
        .collect();
    for place in &places {
        bytes[*place..*place + 6].copy_from_slice(b"needle");
    }
    let reader = Arc::new(Borrowed(bytes.clone()));
    let borrowed = Segment::new(BASE, size, 0, reader).unwrap();
    let copied = memory(bytes, vec![]);
    let range = SearchRange {
        start: BASE,
        last: BASE + size - 1,
        shown_at: BASE.wrapping_neg(),
    };
    let regex = regex::bytes::Regex::new("ne+dle").unwrap();
    for threads in [1, 3] {
        for segments in [vec![], vec![borrowed.clone()]] {
            for pattern in [
                Pattern::bytes(b"needle", 1).unwrap(),
                Pattern::Regex(regex.clone()),
            ] {
                let search = Search::new(pattern, AddressSpace::Physical, [range]);
                let mut search = search.with_threads(threads).with_segments(segments.clone());
                let mut found = Vec::new();
                while let Some(next) = search
                    .next(&copied, &Cancel::default(), &NoProgress)
                    .unwrap()
                {
                    found.push(next.address as usize);
                }
                assert_eq!(found, places);
            }
        }
    }
}

proptest! {
    #[test]
    fn numbers_of_all_orders_masks_and_ranges_are_found(
        bytes in prop::collection::vec(any::<u8>(), 1..2000),
        size in prop::sample::select(vec![1u8, 2, 4, 8]),
        big in any::<bool>(),
        place in any::<prop::sample::Index>(),
        ignored in any::<u64>(),
        width in 0u64..3,
    ) {
        let order = if big { ByteOrder::Big } else { ByteOrder::Little };
        let size_ = usize::from(size);
        let length = bytes.len() as u64;
        let mask = u64::MAX >> (64 - 8 * u32::from(size));
        let ignored = ignored & mask;
        let chunks: Vec<u64> = bytes.chunks_exact(size_).map(|chunk| order.uint(chunk)).collect();
        let first = chunks.get(place.index(chunks.len().max(1))).copied().unwrap_or(0) & !ignored;
        let values = first..=first.saturating_add(width);
        let expected: Vec<(u64, Found)> = chunks
            .iter()
            .zip((0u64..).step_by(size_))
            .filter(|(value, _)| values.contains(&(**value & !ignored)))
            .map(|(value, at)| (at, Found::Integer(*value)))
            .collect();
        let pattern = Pattern::Integers { size, order, values: vec![values], ignored };
        prop_assert_eq!(all(&memory(bytes, vec![]), pattern, length), expected);
    }

    #[test]
    fn integers_are_found_wherever_they_stand_aligned(
        bytes in prop::collection::vec(0u8..3, 1..600),
        size in prop::sample::select(vec![1u8, 2, 4, 8]),
        value in 0u64..3,
    ) {
        let length = bytes.len() as u64;
        let expected: Vec<u64> = bytes
            .chunks_exact(usize::from(size))
            .zip((0..).step_by(usize::from(size)))
            .filter(|(chunk, _)| ByteOrder::Little.uint(chunk) == value)
            .map(|(_, at)| at)
            .collect();
        let memory = memory(bytes, vec![]);
        let found: Vec<u64> = all(&memory, integers(size, value), length)
            .into_iter()
            .map(|m| m.0)
            .collect();
        prop_assert_eq!(found, expected);
    }
}
