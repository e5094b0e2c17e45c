use memchr::memmem::Finder;
use regex::bytes::Regex;
use spelunk_base::ByteOrder;
use std::ops::RangeInclusive;

/// The longest match of a regular expression that is sure to be found where blocks meet.
const LONGEST: usize = 1 << 12;

/// What to search for.
pub enum Pattern {
    /// These bytes, at addresses that `alignment` divides.
    Bytes {
        /// Finds the bytes.
        finder: Box<Finder<'static>>,
        /// A power of two.
        alignment: u64,
    },
    /// Integers of `size` bytes at addresses that it divides.
    Integers {
        /// Size in bytes: 1, 2, 4 or 8.
        size: u8,
        /// The order of their bytes.
        order: ByteOrder,
        /// The values to find, without the bits to ignore.
        values: Vec<RangeInclusive<u64>>,
        /// Bits that do not count.
        ignored: u64,
    },
    /// What a regular expression describes; up to 4 KiB are sure to be found as a whole.
    Regex(Regex),
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// The bytes that were searched.
    Same,
    /// This integer.
    Integer(u64),
    /// These bytes.
    Bytes(Vec<u8>),
}

impl Pattern {
    /// The bytes `needle`, at addresses that `alignment` divides. `None` for no bytes, or an
    /// alignment that is no power of two.
    #[must_use]
    pub fn bytes(needle: &[u8], alignment: u64) -> Option<Self> {
        (!needle.is_empty() && alignment.is_power_of_two()).then(|| Self::Bytes {
            finder: Box::new(Finder::new(needle).into_owned()),
            alignment,
        })
    }

    /// How many bytes before the end of a block a match may begin that reaches into the next.
    pub(super) fn overlap(&self) -> usize {
        match self {
            Self::Bytes { finder, .. } => finder.needle().len().saturating_sub(1),
            // Blocks end at multiples of any size of integer.
            Self::Integers { .. } => 0,
            Self::Regex(_) => LONGEST,
        }
    }

    /// Calls `found` with the offset of every match in `run`, which starts at `address`, that
    /// begins before `limit`.
    pub(super) fn find_all(
        &self,
        run: &[u8],
        address: u64,
        limit: usize,
        mut found: impl FnMut(usize, Found),
    ) {
        match self {
            Self::Bytes { finder, alignment } => {
                let mut from = 0;
                while let Some(rest) = run.get(from..)
                    && let Some(at) = finder.find(rest).and_then(|at| at.checked_add(from))
                    && at < limit
                {
                    if address.wrapping_add(at as u64).is_multiple_of(*alignment) {
                        found(at, Found::Same);
                    }
                    from = at.saturating_add(1);
                }
            }
            Self::Regex(regex) => {
                for part in regex.find_iter(run) {
                    if part.start() >= limit {
                        break;
                    }
                    found(part.start(), Found::Bytes(part.as_bytes().to_vec()));
                }
            }
            Self::Integers {
                size,
                order,
                values,
                ignored,
            } => {
                let step = usize::from(*size);
                let into = address % u64::from(*size).max(1);
                let skipped = (u64::from(*size) - into) % u64::from(*size).max(1);
                let skipped = usize::try_from(skipped).unwrap_or(0);
                let Some(run) = run.get(skipped..) else {
                    return;
                };
                let found = |index: usize, value: u64| {
                    let offset = index.saturating_mul(step).saturating_add(skipped);
                    if offset < limit {
                        found(offset, Found::Integer(value));
                    }
                };
                match (&**values, size, order) {
                    // What nearly all searches are: one value, in the host's order.
                    ([value], 8, &ByteOrder::HOST) if value.start() == value.end() => {
                        equal(run, *value.start(), *ignored, found);
                    }
                    _ => within(run, step, *order, values, *ignored, found),
                }
            }
        }
    }
}

/// Finds one 64-bit number.
fn equal(run: &[u8], wanted: u64, ignored: u64, mut found: impl FnMut(usize, u64)) {
    let (words, _) = run.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let value = u64::from_ne_bytes(*word);
        if value & !ignored == wanted {
            found(index, value);
        }
    }
}

/// Finds numbers of any size in ranges.
fn within(
    run: &[u8],
    size: usize,
    order: ByteOrder,
    values: &[RangeInclusive<u64>],
    ignored: u64,
    mut found: impl FnMut(usize, u64),
) {
    for (index, bytes) in run.chunks_exact(size.max(1)).enumerate() {
        let value = order.uint(bytes);
        let compared = value & !ignored;
        if values.iter().any(|values| values.contains(&compared)) {
            found(index, value);
        }
    }
}
