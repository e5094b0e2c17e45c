//! Inputs of the targets that are about sections: what stands in them, without the ELF file around
//! it, which fuzzing would mostly break.
//!
//! The first byte says which kind of file ([`BIG_ENDIAN`], [`NARROW`], and what the other file is). Then come sections: a byte with the number
//! of the name in [`NAMES`] and, in its top bit, whether it stands in the other file; the size in
//! two bytes; the bytes.

use spelunk_synth::elf::{
    ET_EXEC, ElfBuilder, SHF_ALLOC, SHT_DYNSYM, SHT_GNU_VERSYM, SHT_PROGBITS, SHT_STRTAB,
    SHT_SYMTAB, Section,
};
use spelunk_synth::{Encoding, compress};

/// The sections that there can be, with their addresses.
pub(crate) const NAMES: [(&str, u64); 34] = [
    (".debug_abbrev", 0),
    (".debug_info", 0),
    (".debug_str", 0),
    (".debug_line_str", 0),
    (".debug_str_offsets", 0),
    (".debug_addr", 0),
    (".debug_rnglists", 0),
    (".debug_loclists", 0),
    (".debug_ranges", 0),
    (".debug_loc", 0),
    (".debug_line", 0),
    (".debug_aranges", 0),
    (".debug_types", 0),
    (".debug_frame", 0),
    (".eh_frame", 0x2000),
    (".text", 0x1000),
    (".symtab", 0),
    (".strtab", 0),
    (".debug_macro", 0),
    (".debug_macinfo", 0),
    (".debug_cu_index", 0),
    (".debug_tu_index", 0),
    (".gnu_debugaltlink", 0),
    (".debug_sup", 0),
    (".orc_unwind", 0x3000),
    (".orc_unwind_ip", 0x4000),
    (".orc_header", 0),
    (".debug_names", 0),
    (".gnu_debuglink", 0),
    (".note.x", 0),
    (".dynsym", 0),
    (".dynstr", 0),
    (".gnu.version", 0),
    (MINI_DEBUG_INFO, 0),
];

/// A compressed file in the file, which is made of sections, too.
const MINI_DEBUG_INFO: &str = ".gnu_debugdata";

const OTHER_FILE: u8 = 0x80;
const BIG_ENDIAN: u8 = 1;
const NARROW: u8 = 2;

/// A file's name and its bytes.
pub(crate) type OtherFile = (&'static str, Vec<u8>);

/// Makes files of an input, for a machine: the main one, and the other one if there is any.
pub(crate) fn unpack(machine: u16, data: &[u8]) -> Option<(Vec<u8>, Option<OtherFile>)> {
    let (flags, rest) = data.split_first()?;
    let encoding = Encoding {
        big_endian: flags & BIG_ENDIAN != 0,
        is_64_bit: flags & NARROW == 0,
    };
    // What the other file is called, and how its sections are.
    let (name, suffix) = match flags >> 2 & 3 {
        0 => ("other.dwo", ".dwo"),
        1 => ("main.dwp", ".dwo"),
        _ => ("other.sup", ""),
    };
    let mut main = ElfBuilder::new(encoding, ET_EXEC, machine);
    let mut other = main.clone();
    for input in inputs(rest) {
        let mut section = section(encoding, input.name, input.address);
        let is_plain = section.name.ends_with("_index");
        if input.is_other && !is_plain && section.name.starts_with(".debug_") {
            section.name.push_str(suffix);
        }
        section.data = match input.name {
            MINI_DEBUG_INFO => compress::xz(&small_file(main.clone(), input.bytes)),
            _ => input.bytes.to_vec(),
        };
        let file = match input.is_other {
            true => &mut other,
            false => &mut main,
        };
        file.sections.push(section);
    }
    let other = (!other.sections.is_empty()).then(|| (name, build(other)));
    Some((build(main), other))
}

struct Input<'a> {
    name: &'static str,
    address: u64,
    is_other: bool,
    bytes: &'a [u8],
}

fn inputs(mut rest: &[u8]) -> impl Iterator<Item = Input<'_>> {
    let next = move || {
        let [number, low, high, bytes @ ..] = rest else {
            return None;
        };
        let size = usize::from(u16::from_le_bytes([*low, *high])).min(bytes.len());
        let (bytes, behind) = bytes.split_at(size);
        rest = behind;
        Some((*number, bytes))
    };
    std::iter::from_fn(next).filter_map(|(number, bytes)| {
        let (name, address) = NAMES.get(usize::from(number & !OTHER_FILE))?;
        Some(Input {
            name,
            address: *address,
            is_other: number & OTHER_FILE != 0,
            bytes,
        })
    })
}

fn section(encoding: Encoding, name: &str, address: u64) -> Section {
    let symbol = if encoding.is_64_bit { 24 } else { 16 };
    let (kind, entry_size) = match name {
        ".symtab" => (SHT_SYMTAB, symbol),
        ".dynsym" => (SHT_DYNSYM, symbol),
        ".strtab" | ".dynstr" => (SHT_STRTAB, 0),
        ".gnu.version" => (SHT_GNU_VERSYM, 2),
        _ => (SHT_PROGBITS, 0),
    };
    Section {
        name: name.to_owned(),
        kind,
        entry_size,
        address,
        flags: if address == 0 { 0 } else { SHF_ALLOC },
        ..Section::default()
    }
}

/// The file in a file, of which there are no more in it.
fn small_file(mut file: ElfBuilder, data: &[u8]) -> Vec<u8> {
    file.sections.clear();
    for input in inputs(data).filter(|input| input.name != MINI_DEBUG_INFO) {
        file.sections.push(Section {
            data: input.bytes.to_vec(),
            ..section(file.encoding, input.name, input.address)
        });
    }
    build(file)
}

/// Has symbols refer to their names, and versions to their symbols.
fn build(mut file: ElfBuilder) -> Vec<u8> {
    for (name, linked) in [
        (".symtab", ".strtab"),
        (".dynsym", ".dynstr"),
        (".gnu.version", ".dynsym"),
    ] {
        let mut sections = file.sections.iter();
        let linked = sections.position(|section| section.name == linked);
        let users = file.sections.iter_mut();
        for user in users.filter(|section| section.name == name) {
            user.link = linked.map_or(0, |index| index as u32 + 1);
        }
    }
    file.build()
}
