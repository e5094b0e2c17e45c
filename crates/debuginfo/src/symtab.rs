//! Symbol tables: `.symtab`, or `.dynsym` where that is all there is.

use crate::demangle::demangle;
use crate::load_bias::is_fixed;
use hashbrown::HashTable;
use spelunk_base::{Cursor, Platform, Truncated};
use spelunk_elf::constants::{self as elf, SymbolBind, SymbolSection, SymbolType};
use spelunk_elf::{ElfError, ElfFile, SectionAddresses, SectionData};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::OnceLock;

/// No symbol has a longer name; a table of strings without NULs must not cost its size per symbol.
const MAX_NAME: usize = 1 << 14;

/// A symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Its name.
    pub name: Box<str>,
    /// Its address in the target.
    pub address: u64,
    /// Its size in bytes; 0 if it is not known.
    pub size: u64,
    /// Its binding: `STB_LOCAL`, `STB_GLOBAL`...
    pub binding: SymbolBind,
    /// Its type: `STT_FUNC`, `STT_OBJECT`...
    pub kind: SymbolType,
}

impl Symbol {
    /// The name as the source code has it: demangled, if it is one of C++ or Rust.
    #[must_use]
    pub fn demangled_name(&self) -> Cow<'_, str> {
        demangle(&self.name).map_or(Cow::Borrowed(&self.name), Cow::Owned)
    }
}

/// The symbols of a file, ready for look-ups.
#[derive(Default)]
pub struct SymbolTable {
    /// In the order of the file.
    entries: Vec<Entry>,
    strings: Option<SectionData>,
    by_address: Vec<Start>,
    by_name: OnceLock<HashTable<u32>>,
    hasher: foldhash::fast::RandomState,
}

#[derive(Clone, Copy)]
struct Entry {
    address: u64,
    size: u64,
    /// How many bytes of its section follow.
    rest: u64,
    name: u32,
    binding: SymbolBind,
    kind: SymbolType,
}

/// A symbol that is somewhere, in the order of addresses; those at one address in the order of
/// preference, least first.
struct Start {
    address: u64,
    /// The largest end of this and all earlier symbols.
    furthest: u64,
    entry: u32,
}

/// A symbol as it stands in the file.
struct RawSymbol {
    name: u32,
    info: u8,
    section: SymbolSection,
    value: u64,
    size: u64,
}

impl RawSymbol {
    fn parse(cursor: &mut Cursor<'_>, platform: Platform) -> Result<Self, Truncated> {
        let name = cursor.u32()?;
        if platform.is_64_bit {
            let info = cursor.u8()?;
            cursor.skip(1)?;
            let section = SymbolSection(cursor.u16()?);
            let value = cursor.u64()?;
            let size = cursor.u64()?;
            return Ok(Self {
                name,
                info,
                section,
                value,
                size,
            });
        }
        let value = u64::from(cursor.u32()?);
        let size = u64::from(cursor.u32()?);
        let info = cursor.u8()?;
        cursor.skip(1)?;
        let section = SymbolSection(cursor.u16()?);
        Ok(Self {
            name,
            info,
            section,
            value,
            size,
        })
    }
}

/// Where the symbols of a file are in the target.
struct Placement<'a> {
    elf: &'a ElfFile,
    addresses: &'a SectionAddresses,
    bias: u64,
    /// The addresses that the file takes, as it was linked.
    span: Range<u64>,
}

impl<'a> Placement<'a> {
    fn new(elf: &'a ElfFile, addresses: &'a SectionAddresses, bias: u64) -> Self {
        let loaded = || elf.sections().iter().filter(|section| is_moved(section));
        let start = loaded().map(|section| section.address).min();
        let end = loaded().map(|section| section.address.saturating_add(section.size));
        Self {
            elf,
            addresses,
            bias,
            span: start.unwrap_or(0)..end.max().unwrap_or(0),
        }
    }

    /// The address of a symbol and how many bytes of its section follow. `None` if the symbol is
    /// nowhere: undefined, or in a section that is not loaded.
    fn find(&self, symbol: &RawSymbol) -> Option<(u64, u64)> {
        let section = match symbol.section {
            elf::SHN_UNDEF => return None,
            elf::SHN_ABS if self.span.contains(&symbol.value) => {
                return Some((symbol.value.wrapping_add(self.bias), 0));
            }
            section if section.0 >= elf::SHN_LORESERVE => return Some((symbol.value, 0)),
            section => self.elf.section_at(u32::from(section.0))?,
        };
        if self.elf.is_relocatable() {
            let start = self.addresses.find(&section.name)?;
            let rest = section.size.saturating_sub(symbol.value);
            return Some((start.wrapping_add(symbol.value), rest));
        }
        let bias = if is_moved(section) { self.bias } else { 0 };
        let rest = symbol
            .value
            .checked_sub(section.address)
            .and_then(|offset| section.size.checked_sub(offset));
        Some((symbol.value.wrapping_add(bias), rest.unwrap_or(0)))
    }
}

/// Whether a section's symbols are addresses that the load bias moves.
fn is_moved(section: &spelunk_elf::Section) -> bool {
    section.flags.contains(elf::SHF_ALLOC) && !is_fixed(section)
}

impl SymbolTable {
    /// The symbols of `elf`, whose sections are at `addresses` (relocatable files) or which is
    /// loaded `bias` bytes from where it was linked for. Undefined symbols are left out.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn parse(elf: &ElfFile, addresses: &SectionAddresses, bias: u64) -> Result<Self, ElfError> {
        let tables = [elf::SHT_SYMTAB, elf::SHT_DYNSYM].into_iter();
        let section = tables
            .filter_map(|kind| elf.sections().iter().find(|section| section.kind == kind))
            .next();
        let Some(section) = section else {
            return Ok(Self::default());
        };
        let data = elf.data_of(section)?;
        let strings = elf.section_at(section.link);
        let strings = strings.map(|strings| elf.data_of(strings)).transpose()?;
        let placement = Placement::new(elf, addresses, bias);
        let mut cursor = Cursor::new(&data, elf.platform().byte_order);
        let mut table = Self {
            strings,
            ..Self::default()
        };
        while let Ok(raw) = RawSymbol::parse(&mut cursor, elf.platform()) {
            if let Some((address, rest)) = placement.find(&raw) {
                table.entries.push(Entry {
                    address,
                    rest,
                    size: raw.size,
                    name: raw.name,
                    binding: SymbolBind(raw.info >> 4),
                    kind: SymbolType(raw.info & 0xf),
                });
            }
        }
        table.sort();
        Ok(table)
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
        self.find_entry(address).map(|entry| self.symbol(entry))
    }

    fn find_entry(&self, address: u64) -> Option<&Entry> {
        let after = self
            .by_address
            .partition_point(|start| start.address <= address);
        let before = self.by_address.get(..after)?;
        if let Some(found) = self.containing(before, address).next() {
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
    ) -> impl Iterator<Item = &'a Entry> {
        before
            .iter()
            .rev()
            .take_while(move |start| address < start.furthest)
            .filter_map(|start| self.entry(start.entry))
            .filter(move |entry| address.wrapping_sub(entry.address) < entry.size)
    }

    /// All symbols that contain `address`; if there are none, what [`find`](Self::find) finds.
    #[must_use]
    pub fn all_at(&self, address: u64) -> Vec<Symbol> {
        let after = self
            .by_address
            .partition_point(|start| start.address <= address);
        let before = self.by_address.get(..after).unwrap_or_default();
        let mut symbols: Vec<_> = self
            .containing(before, address)
            .map(|entry| self.symbol(entry))
            .collect();
        if symbols.is_empty() {
            symbols.extend(self.find(address));
        }
        symbols
    }

    /// The symbol called `name`: a global one before a weak one before others, and of those the
    /// first in the file.
    #[must_use]
    pub fn find_name(&self, name: &str) -> Option<Symbol> {
        let mut best: Option<(u32, &Entry)> = None;
        for (index, entry) in self.named(name) {
            let key = (entry.rank(), index);
            if best.is_none_or(|(index, entry)| key < (entry.rank(), index)) {
                best = Some((index, entry));
            }
        }
        best.map(|(_, entry)| self.symbol(entry))
    }

    /// All symbols called `name`, in the order of the file.
    #[must_use]
    pub fn all_named(&self, name: &str) -> Vec<Symbol> {
        let mut indices: Vec<_> = self.named(name).collect();
        indices.sort_by_key(|(index, _)| *index);
        let entries = indices.into_iter().map(|(_, entry)| entry);
        entries.map(|entry| self.symbol(entry)).collect()
    }

    /// All symbols, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Symbol> {
        self.entries.iter().map(|entry| self.symbol(entry))
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (u32, &'a Entry)> {
        let hash = self.hasher.hash_one(name.as_bytes());
        self.names()
            .iter_hash(hash)
            .filter_map(|index| Some((*index, self.entry(*index)?)))
            .filter(move |(_, entry)| self.name(entry) == name.as_bytes())
    }

    /// All entries by the hash of their names.
    fn names(&self) -> &HashTable<u32> {
        self.by_name.get_or_init(|| {
            let hash = |index: &u32| {
                let entry = self.entry(*index);
                self.hasher
                    .hash_one(entry.map_or(&b""[..], |entry| self.name(entry)))
            };
            let mut names = HashTable::with_capacity(self.entries.len());
            for index in (0..).take(self.entries.len()) {
                names.insert_unique(hash(&index), index, hash);
            }
            names
        })
    }

    fn name(&self, entry: &Entry) -> &[u8] {
        let strings = self.strings.as_deref().unwrap_or_default();
        let rest = strings.get(entry.name as usize..).unwrap_or_default();
        let rest = rest.get(..MAX_NAME).unwrap_or(rest);
        let end = rest.iter().position(|byte| *byte == 0);
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    fn symbol(&self, entry: &Entry) -> Symbol {
        Symbol {
            name: match String::from_utf8_lossy(self.name(entry)) {
                Cow::Borrowed(name) => name.into(),
                Cow::Owned(name) => name.into(),
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
