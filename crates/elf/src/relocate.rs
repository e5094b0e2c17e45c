//! Relocation of ET_REL files: kernel modules and their debug files.
//!
//! Only those. A distribution's vmlinux is linked with `--emit-relocs` and carries relocation
//! sections that the linker has applied already; applying them again would add the addresses twice.

mod arm;
mod form;
mod loongarch;
mod mips;
mod powerpc;
mod riscv;
mod s390;
mod x86;

use crate::constants::{self as elf, Machine, RelocationType, SymbolSection};
use crate::data::SectionData;
use crate::elf_file::ElfFile;
use crate::error::ElfError;
use crate::section::Section;
use form::{Field, Form, Value};
use spelunk_base::{ByteOrder, Cursor, Platform, Truncated};
use std::collections::HashMap;

/// Where the sections of a relocatable file are in memory, by name; a missing one is at 0, which
/// is right for sections that are not loaded, such as those of debug information.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionAddresses {
    by_name: HashMap<String, u64>,
    /// Those of sections that share their name with others.
    by_index: HashMap<u32, u64>,
}

impl SectionAddresses {
    /// The address of the section of this name, if it is loaded.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u64> {
        self.by_name.get(name).copied()
    }

    /// Says where a section is that shares its name with others.
    pub fn place(&mut self, section: &Section, address: u64) {
        self.by_index.insert(section.index, address);
    }

    /// The address of a section, 0 if it is not loaded.
    fn of(&self, section: &Section) -> u64 {
        let own = self.by_index.get(&section.index).copied();
        own.or_else(|| self.find(&section.name)).unwrap_or(0)
    }

    /// The sections that are loaded, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.by_name
            .iter()
            .map(|(name, address)| (name.as_str(), *address))
    }
}

impl FromIterator<(String, u64)> for SectionAddresses {
    fn from_iter<I: IntoIterator<Item = (String, u64)>>(sections: I) -> Self {
        Self {
            by_name: sections.into_iter().collect(),
            by_index: HashMap::new(),
        }
    }
}

/// How relocations of a machine are applied; `None` for a type that has no place in debug data.
type FindForm = fn(RelocationType) -> Option<Form>;

fn find_forms(machine: Machine) -> Option<FindForm> {
    Some(match machine {
        elf::EM_X86_64 => x86::x86_64,
        elf::EM_386 => x86::i386,
        elf::EM_AARCH64 => arm::aarch64,
        elf::EM_ARM => arm::arm,
        elf::EM_PPC64 => powerpc::ppc64,
        elf::EM_PPC => powerpc::ppc,
        elf::EM_S390 => s390::s390,
        elf::EM_MIPS => mips::mips,
        elf::EM_RISCV => riscv::riscv,
        elf::EM_LOONGARCH => loongarch::loongarch,
        _ => return None,
    })
}

struct Relocation {
    offset: u64,
    kind: RelocationType,
    symbol: u32,
    /// `None` where the addend stands at the place itself (`SHT_REL`).
    addend: Option<u64>,
}

impl ElfFile {
    /// The bytes of the section of this name, decompressed, as they are when the file's sections
    /// are at `addresses`.
    ///
    /// In a file that is not relocatable these are the bytes as they stand: the linker applied
    /// its relocations.
    ///
    /// # Errors
    ///
    /// As [`section_data`](Self::section_data), and [`ElfError::Relocation`] for a relocation of
    /// an unknown type, outside of the section or against a symbol that does not exist.
    pub fn relocated_section_data(
        &self,
        name: &str,
        addresses: &SectionAddresses,
    ) -> Result<Option<SectionData>, ElfError> {
        self.find_stored_section(name)
            .map(|section| self.relocated_data_of(section, addresses))
            .transpose()
    }

    /// As [`relocated_section_data`](Self::relocated_section_data), of this section: relocatable
    /// files may have several of one name.
    ///
    /// # Errors
    ///
    /// As [`relocated_section_data`](Self::relocated_section_data).
    pub fn relocated_data_of(
        &self,
        section: &Section,
        addresses: &SectionAddresses,
    ) -> Result<SectionData, ElfError> {
        let data = self.data_of(section)?;
        if !self.is_relocatable() {
            return Ok(data);
        }
        let mut relocated: Option<Vec<u8>> = None;
        for table in self.relocation_tables(section) {
            let bytes = relocated.get_or_insert_with(|| data.to_vec());
            self.apply(table, section, addresses, bytes)?;
        }
        Ok(relocated.map_or(data, SectionData::from))
    }

    fn relocation_tables(&self, section: &Section) -> impl Iterator<Item = &Section> {
        let target = section.index;
        self.sections().iter().filter(move |table| {
            table.info == target && matches!(table.kind, elf::SHT_RELA | elf::SHT_REL)
        })
    }

    fn apply(
        &self,
        table: &Section,
        section: &Section,
        addresses: &SectionAddresses,
        bytes: &mut [u8],
    ) -> Result<(), ElfError> {
        let machine = self.header().machine;
        let find_form = find_forms(machine).ok_or(ElfError::RelocationMachine(machine))?;
        let symbols = Symbols::read(self, table.link, addresses)?;
        let section_address = addresses.of(section);
        let order = self.platform().byte_order;
        let data = self.data_of(table)?;
        let mut cursor = Cursor::new(&data, order);
        // A table that is cut off ends in part of an entry.
        while let Ok(relocation) = Relocation::parse(&mut cursor, table, self.platform(), machine) {
            let error = |reason| ElfError::Relocation {
                section: section.name.clone(),
                offset: relocation.offset,
                kind: relocation.kind,
                reason,
            };
            let Form { field, value } = find_form(relocation.kind)
                .ok_or_else(|| error("this type of relocation is not known"))?;
            if field == Field::None {
                continue;
            }
            let place = usize::try_from(relocation.offset)
                .ok()
                .and_then(|offset| field.place(bytes.get_mut(offset..)?))
                .ok_or_else(|| error("the place is outside of the section"))?;
            let symbol = symbols
                .value(relocation.symbol)
                .ok_or_else(|| error("the symbol does not exist"))?;
            let before = field.load(place, order);
            let address = symbol.wrapping_add(relocation.addend.unwrap_or(before));
            let value = match value {
                Value::Absolute => address,
                Value::Relative => address
                    .wrapping_sub(section_address)
                    .wrapping_sub(relocation.offset),
                Value::Add => before.wrapping_add(address),
                Value::Subtract => before.wrapping_sub(address),
                Value::ThreadLocal(bias) => address.wrapping_sub(bias),
            };
            field.store(place, value, order);
        }
        Ok(())
    }
}

impl Relocation {
    fn parse(
        cursor: &mut Cursor<'_>,
        table: &Section,
        platform: Platform,
        machine: Machine,
    ) -> Result<Self, Truncated> {
        let word = usize::from(platform.address_size());
        let offset = cursor.uint(word)?;
        let (symbol, kind) = match machine {
            // Two numbers, of which the second is in the order of its bytes everywhere.
            elf::EM_MIPS if platform.is_64_bit => {
                let symbol = cursor.u32()?;
                (u64::from(symbol), ByteOrder::Big.uint(cursor.bytes(4)?))
            }
            _ => match (cursor.uint(word)?, platform.is_64_bit) {
                (info, true) => (info >> 32, info & 0xffff_ffff),
                (info, false) => (info >> 8, info & 0xff),
            },
        };
        let addend = if table.kind == elf::SHT_RELA {
            Some(cursor.uint(word)?)
        } else {
            None
        };
        Ok(Self {
            offset,
            kind: RelocationType(u32::try_from(kind).unwrap_or(u32::MAX)),
            symbol: u32::try_from(symbol).unwrap_or(u32::MAX),
            addend,
        })
    }
}

/// The values of a file's symbols when its sections are at given addresses.
struct Symbols(Vec<u64>);

impl Symbols {
    fn read(file: &ElfFile, index: u32, addresses: &SectionAddresses) -> Result<Self, ElfError> {
        let Some(table) = file.section_at(index) else {
            return Ok(Self(Vec::new()));
        };
        let data = file.data_of(table)?;
        let extended = file
            .sections()
            .iter()
            .find(|section| section.kind == elf::SHT_SYMTAB_SHNDX && section.link == index)
            .map(|section| file.data_of(section))
            .transpose()?;
        let section_addresses: Vec<u64> = file
            .sections()
            .iter()
            .map(|section| addresses.of(section))
            .collect();
        let platform = file.platform();
        let mut indices = Cursor::new(extended.as_deref().unwrap_or(&[]), platform.byte_order);
        let mut cursor = Cursor::new(&data, platform.byte_order);
        let mut values = Vec::new();
        while let Ok((value, section)) = parse_symbol(&mut cursor, platform) {
            let extended_index = indices.u32().unwrap_or(0);
            let section = match section {
                elf::SHN_XINDEX => extended_index,
                section if section.is_reserved() => 0,
                section => u32::from(section.0),
            };
            let base = usize::try_from(section)
                .ok()
                .and_then(|section| section_addresses.get(section))
                .copied()
                .unwrap_or(0);
            values.push(value.wrapping_add(base));
        }
        Ok(Self(values))
    }

    fn value(&self, symbol: u32) -> Option<u64> {
        self.0.get(usize::try_from(symbol).ok()?).copied()
    }
}

/// The value of the next symbol and the section that it is relative to.
fn parse_symbol(
    cursor: &mut Cursor<'_>,
    platform: Platform,
) -> Result<(u64, SymbolSection), Truncated> {
    let _name = cursor.u32()?;
    if platform.is_64_bit {
        let _info_and_other = cursor.u16()?;
        let section = SymbolSection(cursor.u16()?);
        let value = cursor.u64()?;
        let _size = cursor.u64()?;
        Ok((value, section))
    } else {
        let value = u64::from(cursor.u32()?);
        let _size = cursor.u32()?;
        let _info_and_other = cursor.u16()?;
        Ok((value, SymbolSection(cursor.u16()?)))
    }
}
