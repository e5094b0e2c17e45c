//! Makes seeds of files, for the targets that are about [`sections`]. Only for tests.

use super::sections;
use spelunk_base::ByteOrder;
use spelunk_elf::{ElfFile, FileData, Section, SectionAddresses};

/// What stands in front of the sections.
pub(crate) const EMPTY: [u8; 1] = [0];

/// Adds a section of the main file.
pub(crate) fn add_section(name: &str, data: &[u8], input: &mut Vec<u8>) {
    put(number(name).unwrap(), data, input);
}

fn number(name: &str) -> Option<u8> {
    let mut names = sections::NAMES.iter();
    let index = names.position(|(known, _)| *known == name)?;
    u8::try_from(index).ok()
}

fn put(number: u8, data: &[u8], input: &mut Vec<u8>) {
    let size = u16::try_from(data.len()).unwrap();
    input.push(number);
    input.extend(size.to_le_bytes());
    input.extend_from_slice(data);
}

/// Adds the sections of the main file, or of the one that it refers to.
pub(crate) fn add(bytes: &[u8], is_other: bool, input: &mut Vec<u8>) {
    let other = if is_other { 0x80 } else { 0 };
    let file = ElfFile::parse(FileData::from_bytes("seed", bytes.to_vec())).unwrap();
    let names = sections::NAMES.iter().filter(|(_, address)| *address != 0);
    let addresses: SectionAddresses = names
        .map(|(name, address)| ((*name).to_owned(), *address))
        .collect();
    if file.platform().byte_order == ByteOrder::Big {
        input[0] |= 1;
    }
    if file.platform().address_size() == 4 {
        input[0] |= 2;
    }
    let packed = file.sections().iter().filter_map(|section| {
        let name = section.name.strip_suffix(".dwo").unwrap_or(&section.name);
        Some((section, number(name)?))
    });
    let packed: Vec<(&Section, u8)> = packed.collect();
    for (section, number) in &packed {
        if let Ok(data) = file.relocated_data_of(section, &addresses) {
            let data = match &*section.name {
                ".symtab" | ".dynsym" => place_symbols(&file, &data, &packed),
                _ => data.to_vec(),
            };
            put(number | other, &data, input);
        }
    }
}

/// Symbols, of a machine with the least byte first, as they are in the file that is made of the packed sections.
fn place_symbols(file: &ElfFile, symbols: &[u8], packed: &[(&Section, u8)]) -> Vec<u8> {
    let platform = file.platform();
    // Of `st_shndx` and `st_value`.
    let (size, index_at, value_at) = match platform.address_size() {
        8 => (24, 6, 8),
        _ => (16, 14, 4),
    };
    let mut symbols = symbols.to_vec();
    for symbol in symbols.chunks_exact_mut(size) {
        let index = platform.byte_order.uint(&symbol[index_at..index_at + 2]);
        let place = (1u8..).zip(packed);
        let mut found = place.filter(|(_, (section, _))| u64::from(section.index) == index);
        let Some((place, (section, number))) = found.next() else {
            continue;
        };
        let (_, address) = sections::NAMES[usize::from(*number)];
        let value = &mut symbol[value_at..value_at + 4];
        let moved = platform.byte_order.uint(value) + address - section.address;
        value.copy_from_slice(&u32::try_from(moved).unwrap().to_le_bytes());
        symbol[index_at..index_at + 2].copy_from_slice(&[place, 0]);
    }
    symbols
}
