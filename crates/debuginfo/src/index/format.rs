//! The index as bytes, in memory and on disk. All numbers are little-endian.
//!
//! ```text
//! header      HEADER_SIZE bytes: see `Header`
//! starts      numbers of 32 bits, `Header::starts` and one: for each value of the hash's top bits,
//!             the number of the first name that has it; at last the number of names
//! names       16 bytes each, by hash: hash u32, number of the first entry u32, place u64
//! entries     8 bytes each, by name: entry (40 bits), mark (16 bits), kind (8 bits)
//! own names   each ends with NUL
//! ```
//!
//! The entries of a name end where those of the next name start.

use super::IndexEntry;
use super::kind::NameKind;
use super::name_ref::NameRef;
use crate::die::DieId;
use crate::hash::hash_bytes;
use rayon::prelude::*;
use spelunk_base::{ByteOrder, Cursor};
use spelunk_elf::ElfFile;

pub(super) const VERSION: u32 = 10;
const MAGIC: &[u8; 8] = b"SPELNAME";
/// Magic, version, flags, and the numbers of [`Header`], and the hash of all that follows.
pub(super) const HEADER_SIZE: usize = 8 + 4 * 5 + 8 * 4 + 8;
pub(super) const NAME_SIZE: usize = 16;
pub(super) const ENTRY_SIZE: usize = 8;
const MAX_START_BITS: u32 = 17;
const HASHED_TOGETHER: usize = 1 << 18;

/// How many of everything there is, and the sizes of the sections that it was made from: a file
/// with the same build ID may have been rewritten by `dwz` or `objcopy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Header {
    pub(super) names: u32,
    pub(super) entries: u32,
    pub(super) own: u32,
    /// See [`section_sizes`].
    pub(super) sections: [u64; 3],
    /// Which other files there are, and in what state: see `sources::Found`.
    pub(super) fingerprint: u64,
    pub(super) depth: Depth,
    /// Whether there are names in namespaces and classes.
    pub(super) has_scopes: bool,
    /// Whether one of these namespaces is inline and in no other: the names in it are names at file
    /// scope, too.
    pub(super) has_open_scopes: bool,
}

/// Which names an index has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Depth {
    /// Those at file scope.
    #[default]
    File,
    /// Those in namespaces and classes (`A::B`): many more, and wanted less often.
    Scopes,
}

impl Header {
    pub(super) fn write(&self, body_hash: u64) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let flags = u32::from(self.depth == Depth::Scopes)
            | u32::from(self.has_scopes) << 1
            | u32::from(self.has_open_scopes) << 2;
        for number in [VERSION, flags, self.names, self.entries, self.own] {
            bytes.extend(number.to_le_bytes());
        }
        let numbers = self.sections.into_iter();
        for number in numbers.chain([self.fingerprint, body_hash]) {
            bytes.extend(number.to_le_bytes());
        }
        bytes
    }

    /// The header and the hash of what follows; `None` if this is no index of this version.
    pub(super) fn parse(bytes: &[u8]) -> Option<(Self, u64)> {
        let mut cursor = Cursor::new(bytes, ByteOrder::Little);
        if cursor.bytes(MAGIC.len()).ok()? != MAGIC || cursor.u32().ok()? != VERSION {
            return None;
        }
        let flags = cursor.u32().ok()?;
        let header = Self {
            depth: match flags & 1 {
                0 => Depth::File,
                _ => Depth::Scopes,
            },
            has_scopes: flags & 2 != 0,
            has_open_scopes: flags & 4 != 0,
            names: cursor.u32().ok()?,
            entries: cursor.u32().ok()?,
            own: cursor.u32().ok()?,
            sections: [cursor.u64().ok()?, cursor.u64().ok()?, cursor.u64().ok()?],
            fingerprint: cursor.u64().ok()?,
        };
        Some((header, cursor.u64().ok()?))
    }

    /// How many of the hash's top bits choose a start: about as many starts as names.
    fn start_bits(&self) -> u32 {
        self.names.max(2).ilog2().min(MAX_START_BITS)
    }

    /// The number of starts, without the last.
    pub(super) fn starts(&self) -> usize {
        1 << self.start_bits()
    }

    /// The place among the starts.
    pub(super) fn start_of(&self, hash: u32) -> usize {
        (hash >> (32 - self.start_bits())) as usize
    }

    /// Where the starts, the names, the entries and the own names begin, and where all ends.
    pub(super) fn layout(&self) -> Option<[usize; 5]> {
        let starts = HEADER_SIZE;
        let names = starts.checked_add(self.starts().checked_add(1)?.checked_mul(4)?)?;
        let entries = names.checked_add((self.names as usize).checked_mul(NAME_SIZE)?)?;
        let own = entries.checked_add((self.entries as usize).checked_mul(ENTRY_SIZE)?)?;
        Some([
            starts,
            names,
            entries,
            own,
            own.checked_add(self.own as usize)?,
        ])
    }
}

/// The sizes of `.debug_info`, `.debug_types` and `.debug_str` in the file.
pub(super) fn section_sizes(elf: &ElfFile) -> [u64; 3] {
    [".debug_info", ".debug_types", ".debug_str"]
        .map(|name| elf.find_section(name).map_or(0, |section| section.size))
}

/// An entry of the index as a number; entries in the order of the file have numbers in order. `None`
/// if the file is too large for it.
pub(super) fn pack_entry(entry: IndexEntry) -> Option<u64> {
    let IndexEntry { kind, die, mark } = entry;
    let die = die.as_u64();
    (die < 1 << 40).then(|| die << 24 | u64::from(mark) << 8 | u64::from(kind.as_u8()))
}

/// What [`pack_entry`] packed.
pub(super) fn unpack_entry(entry: u64) -> Option<IndexEntry> {
    let [kind, mark_low, mark_high, ..] = entry.to_le_bytes();
    Some(IndexEntry {
        kind: NameKind::from_u8(kind)?,
        die: DieId::from_u64(entry >> 24),
        mark: u16::from_le_bytes([mark_low, mark_high]),
    })
}

/// The hash of a name.
pub(super) fn hash(name: &[u8]) -> u32 {
    u32::try_from(hash_bytes(name) >> 32).unwrap_or(0)
}

/// The hash of all that follows the header, of which all threads hash a part.
pub(super) fn hash_body(body: &[u8]) -> u64 {
    let hashes = body.par_chunks(HASHED_TOGETHER).map(hash_bytes);
    let hashes: Vec<_> = hashes.map(u64::to_le_bytes).collect();
    hash_bytes(hashes.as_flattened())
}

/// A name with the number of its first entry.
pub(super) fn pack_name(hash: u32, first_entry: u32, place: NameRef) -> [u8; NAME_SIZE] {
    let [a, b, c, d] = hash.to_le_bytes();
    let [e, f, g, h] = first_entry.to_le_bytes();
    let [i, j, k, l, m, n, o, p] = place.as_u64().to_le_bytes();
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

/// What [`pack_name`] packed.
pub(super) fn parse_name(bytes: &[u8; NAME_SIZE]) -> (u32, u32, NameRef) {
    let [a, b, c, d, e, f, g, h, name @ ..] = *bytes;
    (
        u32::from_le_bytes([a, b, c, d]),
        u32::from_le_bytes([e, f, g, h]),
        NameRef::from_u64(u64::from_le_bytes(name)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_round_trip() {
        let entry = |offset, mark| IndexEntry {
            kind: NameKind::InlineFunction,
            die: DieId::from_u64(offset),
            mark,
        };
        for offset in [0, 0x1234_5678, (1 << 40) - 1] {
            for mark in [0, 0xbeef, u16::MAX] {
                let packed = pack_entry(entry(offset, mark)).unwrap();
                assert_eq!(unpack_entry(packed), Some(entry(offset, mark)));
            }
        }
        assert_eq!(pack_entry(entry(1 << 40, 0)), None);
    }

    #[test]
    fn headers_round_trip_and_others_are_refused() {
        let header = Header {
            names: 3,
            entries: 4,
            own: 5,
            sections: [6, 7, 8],
            fingerprint: 9,
            depth: Depth::Scopes,
            has_scopes: true,
            has_open_scopes: false,
        };
        let mut bytes = header.write(10);
        assert_eq!(bytes.len(), HEADER_SIZE);
        assert_eq!(Header::parse(&bytes), Some((header, 10)));
        let open = Header {
            has_open_scopes: true,
            ..header
        };
        assert_eq!(Header::parse(&open.write(10)), Some((open, 10)));
        assert_eq!(Header::parse(&bytes[..HEADER_SIZE - 1]), None);
        bytes[8] ^= 1;
        assert_eq!(Header::parse(&bytes), None);
    }

    #[test]
    fn hashes_never_change() {
        // A change here needs a new VERSION.
        assert_ne!(hash(b"task_struct"), hash(b"task_strucu"));
        assert_ne!(hash(b""), hash(b"\0"));
        assert_ne!(hash(b"12345678"), hash(b"123456789"));
    }
}
