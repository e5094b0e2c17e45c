use super::list::{Entry, List, ListId, ListPlace};
use super::split::SplitImports;
use super::text;
use crate::hash::hash_bytes;
use crate::unit::{Unit, UnitIndex};
use crate::units::Units;
use hashbrown::{HashMap, HashSet};
use spelunk_base::{Cancel, Cancelled};
use std::collections::BTreeSet;

/// Lists that import one another.
const MAX_DEPTH: u32 = 16;

/// Which units define a name: through which lists.
#[derive(Default)]
pub(super) struct MacroIndex {
    /// The hash of a name, and a list that defines it. Sorted.
    names: Vec<(u32, u32)>,
    /// A list, and a unit that it belongs to. Sorted.
    users: Vec<(u32, UnitIndex)>,
    /// Where each list is, as a unit sees it that it belongs to.
    lists: Vec<(UnitIndex, ListPlace)>,
}

impl MacroIndex {
    /// Reads all lists of a file, each once.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] if `cancel` says so.
    pub(super) fn new(units: &Units<'_>, cancel: &Cancel) -> Result<Self, Cancelled> {
        let budget = units.macro_bytes();
        // Each unit tells of a list that it uses in 5 bytes, unless lists use others in its place.
        let max_users = budget.saturating_mul(2);
        let mut builder = Builder {
            budget,
            ..Builder::default()
        };
        for index in units.indices() {
            cancel.check()?;
            if builder.index.users.len() > max_users {
                break;
            }
            let Ok(unit) = units.unit(index) else {
                continue;
            };
            let Some(place) = ListPlace::of(unit) else {
                continue;
            };
            let Some(list) = List::open(unit, place) else {
                continue;
            };
            let mut lists = HashSet::new();
            builder.add(index, unit, list, &mut lists, 0);
            let users = lists.into_iter().map(|list| (list, index));
            builder.index.users.extend(users);
        }
        let mut index = builder.index;
        index.names.sort_unstable();
        index.names.dedup();
        index.users.sort_unstable();
        index.names.shrink_to_fit();
        index.users.shrink_to_fit();
        Ok(index)
    }

    /// For each list that may define `name` the units that it belongs to.
    pub(super) fn find(&self, name: &str) -> impl Iterator<Item = impl Iterator<Item = UnitIndex>> {
        let hash = hash(name.as_bytes());
        equal(&self.names, hash).iter().map(|(_, list)| {
            let users = equal(&self.users, *list).iter();
            users.map(|(_, unit)| *unit)
        })
    }

    /// The names that start with `prefix` of macros that stand for something and take no arguments,
    /// sorted, `limit` at most.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] if `cancel` says so.
    pub(super) fn names(
        &self,
        units: &Units<'_>,
        prefix: &str,
        limit: usize,
        cancel: &Cancel,
    ) -> Result<BTreeSet<String>, Cancelled> {
        let mut names = BTreeSet::new();
        // Lists don't overlap.
        let mut budget = units.macro_bytes();
        for (unit, place) in &self.lists {
            cancel.check()?;
            let Some(mut list) = units
                .unit(*unit)
                .ok()
                .and_then(|unit| List::open(unit, *place))
            else {
                continue;
            };
            let start = list.position();
            while list.position().saturating_sub(start) <= budget
                && let Some(entry) = list.next()
            {
                if let Entry::Define { text, .. } = entry
                    && text.starts_with(prefix.as_bytes())
                    && let name = text::name(text)
                    && matches!(text.get(name.len()..), Some([b' ', _, ..]))
                    && let Ok(name) = std::str::from_utf8(name)
                    && !names.contains(name)
                {
                    names.insert(name.to_owned());
                    if names.len() > limit {
                        names.pop_last();
                    }
                }
            }
            budget = budget.saturating_sub(list.position().saturating_sub(start));
        }
        Ok(names)
    }
}

/// The pairs of a sorted list that start with `key`.
fn equal<T>(pairs: &[(u32, T)], key: u32) -> &[(u32, T)] {
    let start = pairs.partition_point(|(known, _)| *known < key);
    let rest = pairs.get(start..).unwrap_or_default();
    let end = rest.partition_point(|(known, _)| *known == key);
    rest.get(..end).unwrap_or_default()
}

fn hash(name: &[u8]) -> u32 {
    (hash_bytes(name) >> 32) as u32
}

#[derive(Default)]
struct Builder {
    index: MacroIndex,
    /// The number of each list, and those that it imports.
    lists: HashMap<ListId, u32>,
    imports: Vec<Vec<u32>>,
    /// How many bytes there can be still: lists don't overlap.
    budget: usize,
}

impl Builder {
    /// Reads a list and those that it imports, unless they are known; all go to `reached`.
    fn add(
        &mut self,
        index: UnitIndex,
        unit: &Unit<'_>,
        mut list: List<'_, '_>,
        reached: &mut HashSet<u32>,
        depth: u32,
    ) {
        if self.budget == 0 || depth > MAX_DEPTH {
            return;
        }
        let count = u32::try_from(self.imports.len()).unwrap_or(u32::MAX);
        let number = *self.lists.entry(list.id()).or_insert(count);
        if !reached.insert(number) {
            return;
        }
        if number < count {
            self.reach(number, reached);
            return;
        }
        self.imports.push(Vec::new());
        self.index.lists.push((index, list.place()));
        let root = list.place();
        let split = match depth {
            0 => SplitImports::of(unit, root),
            _ => None,
        };
        let mut imported = 0;
        let mut position = list.position();
        while self.budget > 0
            && let Some(entry) = list.next()
        {
            let before = std::mem::replace(&mut position, list.position());
            self.budget = self.budget.saturating_sub(position.saturating_sub(before));
            let place = match (entry, &split) {
                (Entry::Define { text, .. }, _) => {
                    self.index.names.push((hash(text::name(text)), number));
                    continue;
                }
                (Entry::Import(place), Some(split)) if place == root => {
                    imported += 1;
                    split.get(imported - 1)
                }
                (Entry::Import(place), _) => Some(place),
                _ => continue,
            };
            let Some(other) = place.and_then(|place| List::open(unit, place)) else {
                continue;
            };
            let id = other.id();
            self.add(index, unit, other, reached, depth + 1);
            if let Some(other) = self.lists.get(&id).copied()
                && let Some(imports) = self.imports.get_mut(number as usize)
            {
                imports.push(other);
            }
        }
        // Each of them once: all units that use this list go through it.
        if let Some(imports) = self.imports.get_mut(number as usize) {
            imports.sort_unstable();
            imports.dedup();
        }
    }

    /// Adds all lists that a known one imports.
    fn reach(&self, number: u32, reached: &mut HashSet<u32>) {
        let mut wanted = vec![number];
        while let Some(number) = wanted.pop() {
            let imports = self.imports.get(number as usize);
            for other in imports.map(Vec::as_slice).unwrap_or_default() {
                if reached.insert(*other) {
                    wanted.push(*other);
                }
            }
        }
    }
}
