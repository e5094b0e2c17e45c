use std::collections::BTreeMap;

/// Values by ranges of integers. Where ranges overlap, the newest wins.
///
/// Ranges include their last integer, so that they can reach [`u64::MAX`].
#[derive(Clone, Debug)]
pub struct RangeMap<V> {
    /// What is left of each range, by its first integer.
    entries: BTreeMap<u64, Entry<V>>,
}

#[derive(Clone, Debug)]
struct Entry<V> {
    last: u64,
    origin: u64,
    value: V,
}

/// A range, or what newer ones left of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range<V> {
    /// The first integer.
    pub start: u64,
    /// The last integer.
    pub last: u64,
    /// The first integer of the range as it was inserted.
    pub origin: u64,
    /// The value.
    pub value: V,
}

impl<V> Default for RangeMap<V> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
        }
    }
}

impl<V: Clone> RangeMap<V> {
    /// Maps the integers from `start` to `last` to `value`, whatever they were mapped to before.
    /// Does nothing if `last` is less than `start`.
    pub fn insert(&mut self, start: u64, last: u64, value: V) {
        if last < start {
            return;
        }
        while let Some((&old_start, old)) = self.entries.range(..=last).next_back()
            && old.last >= start
        {
            let (old_last, behind) = (old.last, last.checked_add(1));
            if let Some(behind) = behind.filter(|behind| *behind <= old_last) {
                let right = old.clone();
                self.entries.insert(behind, right);
            }
            match start.checked_sub(1).filter(|before| *before >= old_start) {
                Some(before) => {
                    if let Some(left) = self.entries.get_mut(&old_start) {
                        left.last = before;
                    }
                }
                None => {
                    self.entries.remove(&old_start);
                }
            }
        }
        let entry = Entry {
            last,
            origin: start,
            value,
        };
        self.entries.insert(start, entry);
    }
}

impl<V> RangeMap<V> {
    /// The range that `integer` is in.
    #[must_use]
    pub fn find(&self, integer: u64) -> Option<Range<&V>> {
        let (start, entry) = self.entries.range(..=integer).next_back()?;
        (entry.last >= integer).then_some(entry.as_range(*start))
    }

    /// All ranges, in order, without overlap.
    pub fn iter(&self) -> impl Iterator<Item = Range<&V>> {
        self.entries
            .iter()
            .map(|(start, entry)| entry.as_range(*start))
    }

    /// Number of ranges.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was inserted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<V> Entry<V> {
    fn as_range(&self, start: u64) -> Range<&V> {
        Range {
            start,
            last: self.last,
            origin: self.origin,
            value: &self.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The map of the integers below 64, told integer by integer.
    fn flat(map: &RangeMap<u32>) -> Vec<Option<(u64, u32)>> {
        (0..64)
            .map(|integer| map.find(integer).map(|range| (range.origin, *range.value)))
            .collect()
    }

    #[test]
    fn the_newest_wins_in_every_overlap() {
        // All pairs of inner ranges over a fixed one, and a third over both, against a flat model.
        let mut random = 1u64;
        for _ in 0..2000 {
            let mut map = RangeMap::default();
            let mut model = vec![None; 64];
            for value in 0..8u32 {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let start = random >> 33 & 63;
                let last = random >> 41 & 63;
                map.insert(start, last, value);
                for integer in start..=last {
                    model[integer as usize] = Some((start, value));
                }
                assert_eq!(flat(&map), model);
            }
            let ranges: Vec<_> = map.iter().collect();
            assert!(ranges.windows(2).all(|pair| pair[0].last < pair[1].start));
        }
    }

    #[test]
    fn ranges_reach_the_end() {
        let mut map = RangeMap::default();
        map.insert(0, u64::MAX, 'a');
        map.insert(u64::MAX, u64::MAX, 'b');
        assert_eq!(map.find(u64::MAX).map(|range| *range.value), Some('b'));
        assert_eq!(
            map.find(u64::MAX - 1).map(|range| range.last),
            Some(u64::MAX - 1)
        );
    }
}
