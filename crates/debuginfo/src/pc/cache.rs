use hashbrown::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

/// What was made so far for the keys that were asked for.
///
/// Values are made without holding the lock: two threads may make the same one, and the first
/// counts.
pub(super) struct Cache<K, V>(RwLock<HashMap<K, Arc<V>, foldhash::fast::RandomState>>);

impl<K: Copy + Eq + Hash, V> Cache<K, V> {
    /// The value for `key`, if it was made.
    pub(super) fn find(&self, key: K) -> Option<Arc<V>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&key).cloned()
    }

    /// The value for `key`, from `make` if there is none yet.
    pub(super) fn get<E>(&self, key: K, make: impl FnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known.get(&key) {
            return Ok(Arc::clone(value));
        }
        drop(known);
        let made = Arc::new(make()?);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(known.entry(key).or_insert(made)))
    }
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}
