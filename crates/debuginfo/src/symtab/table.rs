use super::version::{Fit, fit, without_version};
use super::{Symbol, SymbolName};
use hashbrown::HashTable;
use spelunk_elf::SectionData;
use spelunk_elf::constants::{self as elf, SymbolBind, SymbolType};
use std::cmp::Reverse;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// No symbol has a longer name; a table of strings without NULs must not cost its size per symbol.
const MAX_NAME: usize = 1 << 14;
/// Linkers have names end in one another: `free` is the end of `kfree`. All names together may be so
/// many times as long as the strings,
const MAX_SHARED: usize = 4;
/// or so many bytes each. If they are longer, names are cut off there: a few strings can make any number
/// of long names, each of which is hashed, checked, and perhaps copied.
const SHORTEST_LIMIT: usize = 1 << 8;

/// Symbols, ready for look-ups.
#[derive(Default)]
pub struct SymbolTable {
    /// In the order of the file; where there are several tables, one after the other.
    entries: Vec<Entry>,
    /// The names, NUL after each, of each table.
    strings: Vec<Arc<SectionData>>,
    by_address: Vec<Start>,
    by_name: OnceLock<ByName>,
    hasher: foldhash::fast::RandomState,
}

/// Entries by the hash of their names, without versions.
struct ByName {
    entries: HashTable<u32>,
    /// Where names are cut off.
    limit: usize,
}

/// One of the symbols.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) address: u64,
    pub(crate) size: u64,
    /// How many bytes of its section follow.
    pub(crate) rest: u64,
    pub(crate) name: Name,
    pub(crate) binding: SymbolBind,
    pub(crate) kind: SymbolType,
    /// Whether it has another version than the one that a name alone stands for.
    pub(crate) is_old: bool,
}

/// Where the name of a symbol is.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    /// Which of the tables of strings.
    pub(crate) strings: u8,
    pub(crate) offset: u32,
}

/// A symbol that is somewhere, in the order of addresses; those at one address in the order of
/// preference, least first.
struct Start {
    address: u64,
    /// The largest end of this and all earlier symbols.
    furthest: u64,
    entry: u32,
}

impl SymbolTable {
    /// The symbols `entries`, whose names are in `strings`.
    pub(crate) fn new(entries: Vec<Entry>, strings: Vec<SectionData>) -> Self {
        let mut table = Self {
            entries,
            strings: strings.into_iter().map(Arc::new).collect(),
            ..Self::default()
        };
        table.sort();
        table
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn sort(&mut self) {
        let entries = self.entries.iter().zip(0u32..);
        let somewhere = entries.filter(|(entry, _)| entry.is_somewhere());
        // Of equals the first in the file is preferred, and so stands last.
        let mut order: Vec<_> = somewhere
            .map(|(entry, index)| (entry.address, Reverse(entry.rank()), Reverse(index)))
            .collect();
        order.sort_unstable();
        let mut furthest = 0;
        let starts = order
            .into_iter()
            .filter_map(|(address, _, Reverse(index))| {
                let entry = self.entry(index)?;
                furthest = address.saturating_add(entry.size).max(furthest);
                Some(Start {
                    address,
                    furthest,
                    entry: index,
                })
            });
        self.by_address = starts.collect();
    }

    fn entry(&self, index: u32) -> Option<&Entry> {
        self.entries.get(index as usize)
    }

    /// The symbol that best names `address`.
    ///
    /// Of the symbols that contain the address, the one that starts last; of those, a global one
    /// before a weak one before others; of those, the first in the file. If none contains it and
    /// the last symbol before it in its section has no size (such as a label in assembly) and is in
    /// no other, that one.
    #[must_use]
    pub fn find(&self, address: u64) -> Option<Symbol> {
        self.find_entry(address)
            .map(|entry| self.symbol(entry, MAX_NAME))
    }

    fn find_entry(&self, address: u64) -> Option<&Entry> {
        let before = self.before(address);
        if let Some((_, found)) = self.containing(before, address).next() {
            return Some(found);
        }
        let last = before.last()?;
        let nearest = last.address;
        // A label inside of something names nothing behind its end.
        if nearest < last.furthest {
            return None;
        }
        let same = before
            .iter()
            .rev()
            .take_while(|start| start.address == nearest);
        same.filter_map(|start| self.entry(start.entry))
            .find(|entry| entry.size == 0 && address.wrapping_sub(entry.address) < entry.rest)
    }

    /// The symbols of `before`, all of which start at `address` at the latest, that contain it: the
    /// best first.
    fn containing<'a>(
        &'a self,
        before: &'a [Start],
        address: u64,
    ) -> impl Iterator<Item = (u32, &'a Entry)> {
        before
            .iter()
            .rev()
            .take_while(move |start| address < start.furthest)
            .filter_map(|start| Some((start.entry, self.entry(start.entry)?)))
            .filter(move |(_, entry)| address.wrapping_sub(entry.address) < entry.size)
    }

    /// All symbols that contain `address`, in the order of the file; if there are none, what
    /// [`find`](Self::find) finds.
    #[must_use]
    pub fn all_at(&self, address: u64) -> Vec<Symbol> {
        let mut found: Vec<_> = self.containing(self.before(address), address).collect();
        found.sort_unstable_by_key(|(index, _)| *index);
        if found.is_empty() {
            return self.find(address).into_iter().collect();
        }
        self.symbols(found.into_iter().map(|(_, entry)| entry))
            .collect()
    }

    /// The symbols that start at `address` at the latest.
    fn before(&self, address: u64) -> &[Start] {
        let after = self
            .by_address
            .partition_point(|start| start.address <= address);
        self.by_address.get(..after).unwrap_or_default()
    }

    /// The symbol called `name`: a global one before a weak one before others, of those one whose
    /// version is the default, and of those the first in the file.
    ///
    /// If none is called so, those are that are but for a version: `memcpy@@GLIBC_2.14`, the default,
    /// or else older ones (`memcpy@GLIBC_2.2.5`).
    #[must_use]
    pub fn find_name(&self, name: &str) -> Option<Symbol> {
        let named = self.named(name).into_iter();
        let best = named.min_by_key(|(index, entry)| (entry.rank(), entry.is_old, *index));
        best.map(|(_, entry)| self.symbol(entry, self.names().limit))
    }

    /// All symbols called `name`, or so but for a version, as [`find_name`](Self::find_name) has it;
    /// in the order of the file.
    #[must_use]
    pub fn all_named(&self, name: &str) -> Vec<Symbol> {
        let mut named = self.named(name);
        named.sort_by_key(|(index, _)| *index);
        self.symbols(named.into_iter().map(|(_, entry)| entry))
            .collect()
    }

    /// All symbols, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Symbol> {
        self.symbols(self.entries.iter())
    }

    /// The symbols of many entries. Once their names are as long as all may be, the rest are cut off.
    fn symbols<'a>(
        &'a self,
        entries: impl Iterator<Item = &'a Entry>,
    ) -> impl Iterator<Item = Symbol> {
        let mut left = Some(self.longest_names());
        entries.map(move |entry| {
            let limit = left.map_or(SHORTEST_LIMIT, |_| MAX_NAME);
            let place = self.place_of_name(entry, limit);
            let length = place.as_ref().map_or(0, |(_, range)| range.len());
            left = left.and_then(|left| left.checked_sub(length));
            Self::symbol_called(entry, place)
        })
    }

    /// The symbols whose names fit best.
    fn named(&self, name: &str) -> Vec<(u32, &Entry)> {
        let name = name.as_bytes();
        let hash = self.hasher.hash_one(without_version(name));
        let mut best = Fit::OldVersion;
        let mut found = Vec::new();
        let ByName { entries, limit } = self.names();
        for index in entries.iter_hash(hash) {
            if let Some(entry) = self.entry(*index)
                && let Some(fit) = fit(self.name(entry, *limit), name)
                && fit <= best
            {
                if fit < best {
                    found.clear();
                    best = fit;
                }
                found.push((*index, entry));
            }
        }
        found
    }

    fn names(&self) -> &ByName {
        self.by_name.get_or_init(|| {
            let whole = self.hash_names(MAX_NAME, self.longest_names());
            let cut_off = || self.hash_names(SHORTEST_LIMIT, usize::MAX);
            ByName {
                limit: whole.as_ref().map_or(SHORTEST_LIMIT, |_| MAX_NAME),
                entries: whole.or_else(cut_off).unwrap_or_default(),
            }
        })
    }

    /// The entries by their names, of which `limit` bytes count; `None` if all names together have more
    /// than `most`.
    fn hash_names(&self, limit: usize, most: usize) -> Option<HashTable<u32>> {
        let mut left = most;
        let hash = |name: &[u8]| self.hasher.hash_one(without_version(name));
        let mut names = HashTable::with_capacity(self.entries.len());
        for (entry, index) in self.entries.iter().zip(0..) {
            let name = self.name(entry, limit);
            left = left.checked_sub(name.len())?;
            // There is room for all.
            names.insert_unique(hash(name), index, |_| 0);
        }
        Some(names)
    }

    /// How long all names together may be.
    fn longest_names(&self) -> usize {
        let strings = self.strings.iter().map(|strings| strings.len());
        let shared = strings.sum::<usize>().saturating_mul(MAX_SHARED);
        shared.max(self.entries.len().saturating_mul(SHORTEST_LIMIT))
    }

    /// The name of a symbol, of which `limit` bytes count.
    fn name(&self, entry: &Entry, limit: usize) -> &[u8] {
        let found = self.place_of_name(entry, limit);
        found.map_or(&[], |(strings, range)| {
            strings.get(range).unwrap_or_default()
        })
    }

    /// Where the name of a symbol stands, of which `limit` bytes count.
    fn place_of_name(
        &self,
        entry: &Entry,
        limit: usize,
    ) -> Option<(&Arc<SectionData>, Range<usize>)> {
        let strings = self.strings.get(usize::from(entry.name.strings))?;
        let start = entry.name.offset as usize;
        let rest = strings.get(start..)?;
        let rest = rest.get(..limit).unwrap_or(rest);
        let length = memchr::memchr(0, rest).unwrap_or(rest.len());
        Some((strings, start..start.saturating_add(length)))
    }

    fn symbol(&self, entry: &Entry, limit: usize) -> Symbol {
        Self::symbol_called(entry, self.place_of_name(entry, limit))
    }

    fn symbol_called(entry: &Entry, place: Option<(&Arc<SectionData>, Range<usize>)>) -> Symbol {
        Symbol {
            name: match place {
                Some((strings, range)) => SymbolName::new(strings, range),
                None => "".into(),
            },
            address: entry.address,
            size: entry.size,
            binding: entry.binding,
            kind: entry.kind,
        }
    }
}

impl Entry {
    /// Whether it names an address: not a source file, not an offset into thread-local storage.
    /// (What names a section does so without a name.)
    fn is_somewhere(&self) -> bool {
        !matches!(self.kind, elf::STT_FILE | elf::STT_SECTION | elf::STT_TLS)
    }

    /// Of two symbols with the same claim the one with the smaller rank is better.
    fn rank(&self) -> u8 {
        match self.binding {
            elf::STB_GLOBAL | elf::STB_GNU_UNIQUE => 0,
            elf::STB_WEAK => 1,
            _ => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: u32 = 40_000;

    /// Symbols whose names start at each of the first offsets of these strings.
    fn overlapping(strings: Vec<u8>) -> SymbolTable {
        let entry = |offset: u32| Entry {
            address: offset.into(),
            size: 1,
            rest: 0,
            name: Name { strings: 0, offset },
            binding: elf::STB_GLOBAL,
            kind: elf::STT_FUNC,
            is_old: false,
        };
        SymbolTable::new((0..COUNT).map(entry).collect(), vec![strings.into()])
    }

    #[test]
    fn names_that_overlap_cost_no_more_than_the_strings_and_the_symbols() {
        for byte in [b'a', 0xff] {
            let strings = vec![byte; COUNT as usize + MAX_NAME];
            // Those that are whole, and those that are cut off.
            let size = strings.len() * MAX_SHARED + 2 * COUNT as usize * SHORTEST_LIMIT;
            let table = overlapping(strings);
            let length = |symbol: Symbol| symbol.name.len();
            // What is no UTF-8 takes three bytes for each of its own.
            assert!(table.iter().map(length).sum::<usize>() <= 3 * size);
            let first = table.iter().next().unwrap();
            let named = table.all_named(&first.name);
            assert!(named.into_iter().map(length).sum::<usize>() <= 3 * size);
            // One alone is whole.
            assert!(
                table
                    .find(0)
                    .is_some_and(|symbol| length(symbol) >= MAX_NAME)
            );
        }
    }

    #[test]
    fn names_that_end_in_one_another_as_linkers_have_them_are_whole() {
        let short = |at| if at % 8 == 0 { 0 } else { b'n' };
        let mut strings: Vec<u8> = (0..=COUNT).map(short).collect();
        let start = strings.len();
        strings.extend([b'x'; 5000]);
        let mut table = overlapping(strings);
        table.entries[0].name.offset = start.try_into().unwrap();
        assert_eq!(table.iter().next().unwrap().name.len(), 5000);
    }
}
