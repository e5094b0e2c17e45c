use super::letter;
use crate::symtab::{Entry, Name};
use crate::{Symbol, SymbolTable};

/// Behind a symbol whose next one is as far away or farther, there is likely nothing of its own: the largest that there
/// are, tables apart, have less.
const MAX_SIZE: u64 = 1 << 16;

/// The symbols of a kernel, in its order: by address.
#[derive(Clone, Default)]
pub struct Kallsyms {
    entries: Vec<Kallsym>,
    /// The names, NUL after each.
    names: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Kallsym {
    address: u64,
    name: u32,
    letter: u8,
}

impl Kallsyms {
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            entries: Vec::with_capacity(count),
            names: Vec::new(),
        }
    }

    /// Adds a symbol; `letter` is `nm`'s for its kind. One whose name has no room in 4 GiB is left out.
    pub(super) fn push(&mut self, letter: u8, name: &[u8], address: u64) {
        let Ok(offset) = u32::try_from(self.names.len()) else {
            return;
        };
        self.names.extend_from_slice(name);
        self.names.push(0);
        self.entries.push(Kallsym {
            address,
            name: offset,
            letter,
        });
    }

    pub(super) fn names_len(&self) -> usize {
        self.names.len()
    }

    /// How many symbols there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Address, letter and name of each, as `/proc/kallsyms` shows them.
    pub fn iter(&self) -> impl Iterator<Item = (u64, char, &[u8])> {
        let entries = self.entries.iter();
        entries.map(|entry| (entry.address, char::from(entry.letter), self.name(entry)))
    }

    fn name(&self, entry: &Kallsym) -> &[u8] {
        let rest = self.names.get(entry.name as usize..).unwrap_or_default();
        rest.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// The symbols, in the order of their addresses.
    ///
    /// kallsyms knows no sizes: a symbol ends where the next one begins, and is of unknown size (0) where that is 64 KiB
    /// away or farther.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        let sorted = self.sorted();
        let gaps = gaps(&sorted);
        let symbol = |(entry, gap): (&Kallsym, u64)| Symbol {
            name: String::from_utf8_lossy(self.name(entry))
                .into_owned()
                .into(),
            address: entry.address,
            size: size(gap),
            binding: letter::binding(entry.letter),
            kind: letter::kind(entry.letter),
        };
        sorted.iter().zip(gaps).map(symbol).collect()
    }

    /// The symbols, for look-ups. Unlike in a list of them, all symbols with one address are of one size, and what is
    /// behind a symbol of unknown size is the symbol's, up to the next one.
    #[must_use]
    pub fn into_table(self) -> SymbolTable {
        let sorted = self.sorted();
        let entry = |(entry, gap): (&Kallsym, u64)| Entry {
            address: entry.address,
            size: size(gap),
            rest: gap,
            name: Name {
                strings: 0,
                offset: entry.name,
            },
            binding: letter::binding(entry.letter),
            kind: letter::kind(entry.letter),
            is_old: false,
        };
        let mut gaps = gaps(&sorted);
        let mut following = None;
        for (entry, gap) in sorted.iter().zip(&mut gaps).rev() {
            if let Some((address, its_gap)) = following
                && address == entry.address
            {
                *gap = its_gap;
            }
            following = Some((entry.address, *gap));
        }
        let entries = sorted.iter().zip(gaps).map(entry).collect();
        SymbolTable::new(entries, vec![self.names.into()])
    }

    fn sorted(&self) -> Vec<Kallsym> {
        let mut sorted = self.entries.clone();
        sorted.sort_by_key(|entry| entry.address);
        sorted
    }
}

fn size(gap: u64) -> u64 {
    if gap < MAX_SIZE { gap } else { 0 }
}

/// How far behind each symbol the next one begins; 0 where none does.
fn gaps(sorted: &[Kallsym]) -> Vec<u64> {
    let next = sorted.iter().skip(1).map(|next| Some(next.address));
    let ends = next.chain([None]);
    sorted
        .iter()
        .zip(ends)
        .map(|(entry, end)| end.map_or(0, |end| end.saturating_sub(entry.address)))
        .collect()
}
