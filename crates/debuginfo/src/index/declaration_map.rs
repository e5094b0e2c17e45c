use super::declaration::Declaration;
use hashbrown::HashTable;
use std::hash::{BuildHasher, RandomState};

/// What is known of declarations. The table holds places in the list only, as it is moved each time
/// that it grows.
pub(super) struct DeclarationMap<T> {
    list: Vec<(Declaration, T)>,
    places: HashTable<u32>,
    seed: u64,
}

impl<T> DeclarationMap<T> {
    pub(super) fn new() -> Self {
        Self {
            list: Vec::new(),
            places: HashTable::new(),
            seed: RandomState::new().hash_one(0),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.places.clear();
    }

    #[inline]
    pub(super) fn get(&self, declaration: &Declaration) -> Option<&T> {
        let known = |place: &u32| self.list.get(*place as usize);
        let is_same = |place: &u32| known(place).is_some_and(|(known, _)| known == declaration);
        let place = self.places.find(declaration.hash(self.seed), is_same)?;
        known(place).map(|(_, value)| value)
    }

    /// Adds one that is not there.
    pub(super) fn insert(&mut self, declaration: Declaration, value: T) {
        let Self { list, places, seed } = self;
        if let Ok(place) = u32::try_from(list.len()) {
            list.push((declaration, value));
            places.insert_unique(declaration.hash(*seed), place, |place| {
                let known = list.get(*place as usize);
                known.map_or(0, |(declaration, _)| declaration.hash(*seed))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inserted_is_found_until_all_is_cleared() {
        let declaration = |number: u32| {
            let mut bytes = [0; 40];
            let [name, form, ..] = number.to_le_bytes();
            bytes[..4].copy_from_slice(&[0x34, 0, name & 0x7f, form | 1]);
            Declaration::find(&bytes).unwrap().0
        };
        let numbers = || (0..1 << 12).filter(|number| number & 0x180 == 0);
        let mut known = DeclarationMap::new();
        for number in numbers() {
            assert_eq!(known.get(&declaration(number)), None);
            known.insert(declaration(number), number);
        }
        assert_eq!(known.len(), numbers().count());
        for number in numbers() {
            assert_eq!(known.get(&declaration(number)), Some(&number));
        }
        known.clear();
        assert_eq!((known.len(), known.get(&declaration(1))), (0, None));
    }
}
