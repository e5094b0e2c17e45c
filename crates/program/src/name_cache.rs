//! What names were found to mean, so that a script's loop asks debugging information once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

/// Names remembered at most; past that all are forgotten. Far more than any script uses, so that
/// only names that come out of the target by the million get here.
const CAPACITY: usize = 1 << 16;

/// Answers to lookups by name (`None` where there was nothing), for each set of kinds asked for.
///
/// An answer holds for as long as the same files are loaded.
pub(crate) struct NameCache<K, V>(RwLock<Answers<K, V>>);

struct Answers<K, V> {
    /// The number of files that the answers are from.
    files: usize,
    count: usize,
    by_kind: HashMap<K, HashMap<Box<str>, Option<V>>>,
}

impl<K, V> Default for NameCache<K, V> {
    fn default() -> Self {
        Self(RwLock::new(Answers {
            files: 0,
            count: 0,
            by_kind: HashMap::new(),
        }))
    }
}

impl<K: Eq + Hash, V: Clone> NameCache<K, V> {
    /// The answer for `name`: the one remembered from the same number of `files`, or else that of
    /// `look_up`, which is called without a lock.
    pub(crate) fn get_or_look_up<E>(
        &self,
        files: usize,
        kinds: K,
        name: &str,
        look_up: impl FnOnce() -> Result<Option<V>, E>,
    ) -> Result<Option<V>, E> {
        if let Some(answer) = self.get(files, &kinds, name) {
            return Ok(answer);
        }
        let answer = look_up()?;
        self.remember(files, kinds, name, answer.clone());
        Ok(answer)
    }

    fn get(&self, files: usize, kinds: &K, name: &str) -> Option<Option<V>> {
        let answers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if answers.files != files {
            return None;
        }
        answers.by_kind.get(kinds)?.get(name).cloned()
    }

    fn remember(&self, files: usize, kinds: K, name: &str, answer: Option<V>) {
        let mut answers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if answers.files > files {
            return;
        }
        if answers.files < files || answers.count >= CAPACITY {
            answers.files = files;
            answers.count = 0;
            answers.by_kind.clear();
        }
        let of_kind = answers.by_kind.entry(kinds).or_default();
        if of_kind.insert(name.into(), answer).is_none() {
            answers.count = answers.count.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn ask(cache: &NameCache<u8, u32>, files: usize, name: &str, answer: Option<u32>) -> bool {
        let asked = Cell::new(false);
        let found = cache.get_or_look_up(files, 0, name, || {
            asked.set(true);
            Ok::<_, ()>(answer)
        });
        assert!(!asked.get() || found == Ok(answer));
        asked.get()
    }

    #[test]
    fn answers_are_remembered_until_a_file_is_added() {
        let cache = NameCache::default();
        assert!(ask(&cache, 1, "a", Some(1)));
        assert!(!ask(&cache, 1, "a", Some(2)));
        assert!(ask(&cache, 1, "b", None));
        assert!(!ask(&cache, 1, "b", Some(2)));
        assert!(ask(&cache, 2, "b", Some(2)));
        assert!(ask(&cache, 1, "b", None), "an older view is not believed");
        assert!(!ask(&cache, 2, "b", Some(3)));
    }

    #[test]
    fn kinds_and_failures_are_kept_apart() {
        let cache = NameCache::<u8, u32>::default();
        let failed = cache.get_or_look_up(1, 0, "a", || Err("damaged"));
        assert_eq!(failed, Err("damaged"));
        assert!(ask(&cache, 1, "a", Some(1)));
        let other = cache.get_or_look_up(1, 1, "a", || Ok::<_, ()>(Some(7)));
        assert_eq!(other, Ok(Some(7)));
    }

    #[test]
    fn the_number_of_names_is_bounded() {
        let cache = NameCache::default();
        for number in 0..CAPACITY + 10 {
            ask(&cache, 1, &number.to_string(), None);
        }
        assert!(cache.0.read().unwrap().count <= CAPACITY);
        assert!(ask(&cache, 1, "0", None));
    }
}
