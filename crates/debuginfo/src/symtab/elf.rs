//! The symbols of ELF files: `.symtab`; where there is none, `.dynsym` with what MiniDebugInfo adds.

use super::version::Versions;
use super::{Entry, Name, SymbolTable};
use crate::load_bias::is_fixed;
use spelunk_base::{Cursor, Platform, Truncated};
use spelunk_elf::codec::{StreamCodec, decode_unsized};
use spelunk_elf::constants::{self as elf, SectionType, SymbolBind, SymbolSection, SymbolType};
use spelunk_elf::{ElfError, ElfFile, FileData, Section, SectionAddresses, SectionData};
use std::ops::Range;

/// MiniDebugInfo of more bytes is refused: that of a browser of 200 MiB has 10 MiB.
const MAX_MINI_DEBUG_INFO: u64 = 1 << 28;

/// How far a label reaches at most where its section is not known.
const LABEL_SIZE: u64 = 1 << 16;

impl SymbolTable {
    /// The symbols of `elf`, whose sections are at `addresses` (relocatable files) or which is
    /// loaded `bias` bytes from where it was linked for. Undefined symbols are left out.
    ///
    /// Where there is no `.symtab`, those of `.dynsym` and behind them those of MiniDebugInfo: `.gnu_debugdata`, a small ELF
    /// file, compressed by xz, with the symbols that `.dynsym` lacks. If that is damaged, `.dynsym` has to do.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn parse(elf: &ElfFile, addresses: &SectionAddresses, bias: u64) -> Result<Self, ElfError> {
        let mut symbols = ElfSymbols::default();
        if let Some(section) = find_table(elf, elf::SHT_SYMTAB) {
            symbols.add(section, &Placement::new(elf, addresses, bias))?;
        } else {
            if let Some(section) = find_table(elf, elf::SHT_DYNSYM) {
                symbols.add(section, &Placement::new(elf, addresses, bias))?;
            }
            if let Some(mini) = mini_debug_info(elf)
                && let Some(section) = find_table(&mini, elf::SHT_SYMTAB)
            {
                symbols.add(section, &Placement::new(&mini, addresses, bias))?;
            }
        }
        Ok(Self::new(symbols.entries, symbols.strings))
    }
}

impl SymbolTable {
    /// The symbols of a table that stands in memory, with the addresses that they have there, such as the kernel keeps of a
    /// module. Those without a name, or undefined, are left out.
    ///
    /// `read_names` gets the offset of the last name and returns all of them, up to the end of that.
    ///
    /// # Errors
    ///
    /// Those of `read_names`.
    pub fn parse_loaded<E>(
        symbols: &[u8],
        platform: Platform,
        read_names: impl FnOnce(u32) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        let mut cursor = Cursor::new(symbols, platform.byte_order);
        let symbols = std::iter::from_fn(|| RawSymbol::parse(&mut cursor, platform).ok());
        let is_named = |symbol: &RawSymbol| symbol.name != 0 && symbol.section != elf::SHN_UNDEF;
        let symbols: Vec<_> = symbols.filter(is_named).collect();
        let Some(last) = symbols.iter().map(|symbol| symbol.name).max() else {
            return Ok(Self::default());
        };
        let names = read_names(last)?;
        let entries = symbols
            .iter()
            .map(|symbol| symbol.entry(0, symbol.value, LABEL_SIZE));
        Ok(Self::new(entries.collect(), vec![names.into()]))
    }
}

fn find_table(elf: &ElfFile, kind: SectionType) -> Option<&Section> {
    elf.sections().iter().find(|section| section.kind == kind)
}

/// The ELF file in `.gnu_debugdata`, if there is one and it can be read.
fn mini_debug_info(elf: &ElfFile) -> Option<ElfFile> {
    let compressed = elf.section_data(".gnu_debugdata").ok()??;
    let bytes = decode_unsized(StreamCodec::Xz, &compressed, MAX_MINI_DEBUG_INFO).ok()?;
    let name = format!("{}: .gnu_debugdata", elf.name());
    ElfFile::parse(FileData::from_bytes(&name, bytes)).ok()
}

/// The symbols of one table after the other.
#[derive(Default)]
struct ElfSymbols {
    entries: Vec<Entry>,
    strings: Vec<SectionData>,
}

impl ElfSymbols {
    fn add(&mut self, table: &Section, placement: &Placement<'_>) -> Result<(), ElfError> {
        let elf = placement.elf;
        let Ok(strings) = u8::try_from(self.strings.len()) else {
            return Ok(());
        };
        let names = elf.section_at(table.link);
        let names = names.map(|names| elf.data_of(names)).transpose()?;
        self.strings
            .push(names.unwrap_or_else(|| Vec::new().into()));
        let extended = ExtendedSections::of(elf, table)?;
        let versions = Versions::of(elf, table)?;
        let data = elf.data_of(table)?;
        let mut cursor = Cursor::new(&data, elf.platform().byte_order);
        let symbols = std::iter::from_fn(|| RawSymbol::parse(&mut cursor, elf.platform()).ok());
        for (index, raw) in symbols.enumerate() {
            if let Some((address, rest)) = placement.find(&raw, || extended.section(index)) {
                self.entries.push(Entry {
                    is_old: versions.is_old(index),
                    ..raw.entry(strings, address, rest)
                });
            }
        }
        Ok(())
    }
}

/// `SHT_SYMTAB_SHNDX`: the symbols' sections, where a file has more than fit into 16 bits.
struct ExtendedSections {
    data: Option<SectionData>,
    platform: Platform,
}

impl ExtendedSections {
    fn of(elf: &ElfFile, table: &Section) -> Result<Self, ElfError> {
        let mut sections = elf.sections().iter();
        let section = sections
            .find(|section| section.kind == elf::SHT_SYMTAB_SHNDX && section.link == table.index);
        Ok(Self {
            data: section.map(|section| elf.data_of(section)).transpose()?,
            platform: elf.platform(),
        })
    }

    /// That of symbol `index`.
    fn section(&self, index: usize) -> Option<u32> {
        let mut cursor = Cursor::new(self.data.as_deref()?, self.platform.byte_order);
        cursor.seek(index.checked_mul(4)?);
        cursor.u32().ok()
    }
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

impl RawSymbol {
    /// The symbol at `address`, with its name in table `strings`; `rest` is how much of its section follows.
    fn entry(&self, strings: u8, address: u64, rest: u64) -> Entry {
        Entry {
            address,
            rest,
            size: self.size,
            name: Name {
                strings,
                offset: self.name,
            },
            binding: SymbolBind(self.info >> 4),
            kind: self.kind(),
            is_old: false,
        }
    }

    fn kind(&self) -> SymbolType {
        SymbolType(self.info & 0xf)
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
    fn find(
        &self,
        symbol: &RawSymbol,
        extended: impl FnOnce() -> Option<u32>,
    ) -> Option<(u64, u64)> {
        let section = match symbol.section {
            elf::SHN_UNDEF => return None,
            elf::SHN_ABS if self.span.contains(&symbol.value) => {
                return Some((symbol.value.wrapping_add(self.bias), 0));
            }
            elf::SHN_XINDEX => self.elf.section_at(extended()?)?,
            section if section.0 >= elf::SHN_LORESERVE => return Some((symbol.value, 0)),
            section => self.elf.section_at(u32::from(section.0))?,
        };
        if self.elf.is_relocatable() {
            let start = self.addresses.find(&section.name)?;
            let rest = section.size.saturating_sub(symbol.value);
            return Some((start.wrapping_add(symbol.value), rest));
        }
        if symbol.kind() == elf::STT_TLS {
            // An offset into the thread's copy.
            return Some((symbol.value, 0));
        }
        let rest = symbol
            .value
            .checked_sub(section.address)
            .and_then(|offset| section.size.checked_sub(offset));
        // A linker script may say of an address that it is in the per-CPU section, though it is where that is loaded:
        // `__per_cpu_load`, `__init_begin`.
        let is_elsewhere = rest.is_none() && self.span.contains(&symbol.value);
        let bias = if is_moved(section) || is_elsewhere {
            self.bias
        } else {
            0
        };
        Some((symbol.value.wrapping_add(bias), rest.unwrap_or(0)))
    }
}

/// Whether a section's symbols are addresses that the load bias moves.
fn is_moved(section: &Section) -> bool {
    section.flags.contains(elf::SHF_ALLOC) && !is_fixed(section)
}
