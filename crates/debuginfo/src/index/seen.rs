use super::format::Depth;

/// The definitions that were seen lately, to pass over the copies that every file has that includes
/// the same header: nine entries of ten in a kernel.
///
/// What is forgotten because there is no room for it is indexed once more, which does no harm.
pub(super) struct Seen {
    /// In sets of those that have the same place: a cache line each, newest first.
    keys: Vec<[u64; 8]>,
}

impl Seen {
    /// With room for the definitions in the headers of some files in a row.
    pub(super) fn new(depth: Depth) -> Self {
        let sets = match depth {
            Depth::File => 1 << 11,
            Depth::Scopes => 1 << 15,
        };
        Self {
            keys: vec![[0; 8]; sets],
        }
    }

    /// Whether the definition with this key was seen; if not, it is now.
    pub(super) fn has(&mut self, key: u64) -> bool {
        let is_there = self.knows(key);
        let place = self.place(key);
        if !is_there && let Some(set) = self.keys.get_mut(place) {
            set.rotate_right(1);
            set[0] = key;
        }
        is_there
    }

    /// Whether the definition with this key was seen.
    #[inline]
    pub(super) fn knows(&self, key: u64) -> bool {
        let set = self.keys.get(self.place(key));
        // To compare all takes less time than to guess, mostly wrong, which is the last to compare.
        set.is_some_and(|set| {
            set.iter()
                .fold(false, |is_there, other| is_there | (*other == key))
        })
    }

    fn place(&self, key: u64) -> usize {
        (key >> 32) as usize & self.keys.len().saturating_sub(1)
    }
}

/// Makes one number of two, so that other numbers make, nearly always, another one.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd1b5_4a32_d192_ed03);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_known_until_others_push_it_out() {
        let mut seen = Seen::new(Depth::File);
        let key = |number: u64| 7 << 32 | number;
        assert!(!seen.has(key(1)));
        assert!(seen.has(key(1)));
        for number in 2..9 {
            assert!(!seen.has(key(number)));
        }
        assert!(seen.has(key(1)));
        assert!(!seen.has(key(9)));
        assert!(!seen.has(key(1)));
    }

    #[test]
    fn mixed_numbers_differ() {
        let mixed: std::collections::HashSet<u64> = (0..100)
            .flat_map(|a| (0..100).map(move |b| mix(a, b)))
            .collect();
        assert_eq!(mixed.len(), 10_000);
    }
}
