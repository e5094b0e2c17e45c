//! Inputs of the targets that are about sections: what stands in them, without the ELF file around
//! it, which fuzzing would mostly break.
//!
//! The first byte says which kind of file ([`BIG_ENDIAN`], [`NARROW`], and what the other file is). Then come sections: a byte with the number
//! of the name in [`NAMES`] and, in its top bit, whether it stands in the other file; the size in
//! two bytes; the bytes.

use spelunk_synth::Encoding;
use spelunk_synth::elf::{
    EM_X86_64, ET_EXEC, ElfBuilder, SHT_PROGBITS, SHT_STRTAB, SHT_SYMTAB, Section,
};

/// The sections that there can be, with their addresses.
pub(crate) const NAMES: [(&str, u64); 30] = [
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
];

const OTHER_FILE: u8 = 0x80;
const BIG_ENDIAN: u8 = 1;
const NARROW: u8 = 2;

/// A file's name and its bytes.
pub(crate) type OtherFile = (&'static str, Vec<u8>);

/// Makes files of an input: the main one, and the other one if there is any.
pub(crate) fn unpack(data: &[u8]) -> Option<(Vec<u8>, Option<OtherFile>)> {
    let (flags, mut rest) = data.split_first()?;
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
    let mut main = ElfBuilder::new(encoding, ET_EXEC, EM_X86_64);
    let mut other = main.clone();
    while let [number, low, high, bytes @ ..] = rest {
        let size = usize::from(u16::from_le_bytes([*low, *high])).min(bytes.len());
        let (bytes, behind) = bytes.split_at(size);
        rest = behind;
        let Some((name, address)) = NAMES.get(usize::from(number & !OTHER_FILE)) else {
            continue;
        };
        let is_other = number & OTHER_FILE != 0;
        let file = if is_other { &mut other } else { &mut main };
        let (kind, entry_size) = match *name {
            ".symtab" if encoding.is_64_bit => (SHT_SYMTAB, 24),
            ".symtab" => (SHT_SYMTAB, 16),
            ".strtab" => (SHT_STRTAB, 0),
            _ => (SHT_PROGBITS, 0),
        };
        file.sections.push(Section {
            name: match name.strip_prefix(".debug_") {
                Some(plain) if is_other && !plain.ends_with("_index") => format!("{name}{suffix}"),
                _ => (*name).to_owned(),
            },
            kind,
            entry_size,
            address: *address,
            data: bytes.to_vec(),
            ..Section::default()
        });
    }
    for file in [&mut main, &mut other] {
        let strings = file
            .sections
            .iter()
            .position(|section| section.kind == SHT_STRTAB);
        for section in file
            .sections
            .iter_mut()
            .filter(|section| section.kind == SHT_SYMTAB)
        {
            section.link = strings.map_or(0, |index| index as u32 + 1);
        }
    }
    let other = (!other.sections.is_empty()).then(|| (name, other.build()));
    Some((main.build(), other))
}
