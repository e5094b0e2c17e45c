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
                let step = u64::from(*size).max(1);
                let skipped = (step - address % step) % step;
                let skipped = usize::try_from(skipped).unwrap_or(0);
                let Some(run) = run.get(skipped..) else {
                    return;
                };
                let wanted = Wanted {
                    order: *order,
                    values,
                    ignored: *ignored,
                };
                let found = |offset: usize, value: u64| {
                    let offset = offset.saturating_add(skipped);
                    if offset < limit {
                        found(offset, Found::Integer(value));
                    }
                };
                match size {
                    1 => wanted.find_all(run, |bytes| u64::from(u8::from_ne_bytes(bytes)), found),
                    2 => wanted.find_all(run, |bytes| u64::from(u16::from_ne_bytes(bytes)), found),
                    4 => wanted.find_all(run, |bytes| u64::from(u32::from_ne_bytes(bytes)), found),
                    _ => wanted.find_all(run, u64::from_ne_bytes, found),
                }
            }
        }
    }
}

/// Which numbers to find.
struct Wanted<'a> {
    order: ByteOrder,
    values: &'a [RangeInclusive<u64>],
    ignored: u64,
}

/// How many numbers are looked at together: few enough for a processor's registers, and many enough to skip most of
/// memory with one jump for each.
const GROUP: usize = 32;

impl Wanted<'_> {
    /// Calls `found` with the offset and the value of each; `number` is that of bytes in the host's order.
    fn find_all<const SIZE: usize>(
        &self,
        run: &[u8],
        number: impl Fn([u8; SIZE]) -> u64,
        found: impl FnMut(usize, u64),
    ) {
        match self.values {
            // What nearly all searches are.
            [value] if value.start() == value.end() => {
                // The number is brought into the order of memory, once, and not memory into the order of the number.
                let own = |value: u64| -> Option<u64> {
                    let bytes = match self.order {
                        ByteOrder::Little => *value.to_le_bytes().first_chunk::<SIZE>()?,
                        ByteOrder::Big => *value.to_be_bytes().last_chunk::<SIZE>()?,
                    };
                    Some(number(bytes))
                };
                if let (Some(value), Some(ignored)) = (own(*value.start()), own(self.ignored)) {
                    let counted = !ignored;
                    self.scan(run, |bytes| number(bytes) & counted == value, found);
                }
            }
            values => {
                let is_wanted = |bytes: [u8; SIZE]| {
                    let compared = self.order.uint(&bytes) & !self.ignored;
                    values.iter().any(|values| values.contains(&compared))
                };
                self.scan(run, is_wanted, found);
            }
        }
    }

    /// Looks at groups as wholes first, without jumps, which compilers make vector instructions of.
    fn scan<const SIZE: usize>(
        &self,
        run: &[u8],
        is_wanted: impl Fn([u8; SIZE]) -> bool,
        mut found: impl FnMut(usize, u64),
    ) {
        let (numbers, _) = run.as_chunks::<SIZE>();
        for (index, group) in numbers.chunks(GROUP).enumerate() {
            let any = |any, bytes: &[u8; SIZE]| any | is_wanted(*bytes);
            // Groups of a size that is known are faster.
            let is_here = match group.first_chunk::<GROUP>() {
                Some(whole) => whole.iter().fold(false, any),
                None => group.iter().fold(false, any),
            };
            if !is_here {
                continue;
            }
            let first = index.saturating_mul(GROUP);
            for (place, bytes) in group.iter().enumerate() {
                if is_wanted(*bytes) {
                    let offset = first.saturating_add(place).saturating_mul(SIZE);
                    found(offset, self.order.uint(bytes));
                }
            }
        }
    }
}
