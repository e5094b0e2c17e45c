//! The seeds of the fuzz targets of this crate.

#[path = "../../../../fuzz/bodies/codecs.rs"]
mod codecs;
#[path = "../../../../fuzz/bodies/elf_file.rs"]
mod elf_file;

use spelunk_synth::elf::{self as synth, ElfBuilder, Section, Segment, rela, symbol};
use spelunk_synth::{Encoding, Writer, compress, exercise};

/// A compressed section: `Elf32_Chdr` or `Elf64_Chdr`, and the bytes.
fn compressed(encoding: Encoding, kind: u32, bytes: &[u8]) -> Vec<u8> {
    let mut section = Writer::new(encoding);
    section.u32(kind);
    if encoding.is_64_bit {
        section.u32(0);
    }
    section.word(64).word(1).put(bytes);
    section.bytes
}

/// A module with notes, compressed debug information, relocations and symbols.
fn module(encoding: Encoding) -> Vec<u8> {
    let zlib = compress::zlib(&[7; 64]);
    let old = [b"ZLIB\0\0\0\0\0\0\0\x40", &zlib[..]].concat();
    let section = |name: &str, kind, data: Vec<u8>| Section {
        name: name.to_owned(),
        kind,
        data,
        ..Section::default()
    };
    let relocations = [rela(encoding, 0, 1, 1, 4), rela(encoding, 8, 1, 10, 0)].concat();
    let symbols = [symbol(encoding, 0, 0), symbol(encoding, 16, 1)].concat();
    let mut link = Writer::new(encoding);
    link.put(b"a.debug\0").u32(0x1234_5678);
    let note = synth::note(encoding, 4, "GNU", synth::NT_GNU_BUILD_ID, &[1; 20]);
    ElfBuilder::new(encoding, synth::ET_REL, synth::EM_X86_64)
        .segment(Segment {
            kind: synth::PT_NOTE,
            data: note.clone(),
            ..Segment::default()
        })
        .section(section(".text", synth::SHT_PROGBITS, vec![0x90; 32]))
        .section(Section {
            flags: synth::SHF_COMPRESSED,
            ..section(
                ".debug_info",
                synth::SHT_PROGBITS,
                compressed(encoding, 1, &zlib),
            )
        })
        .section(Section {
            link: 4,
            info: 2,
            ..section(".rela.debug_info", synth::SHT_RELA, relocations)
        })
        .section(section(".symtab", synth::SHT_SYMTAB, symbols))
        .section(Section {
            flags: synth::SHF_COMPRESSED,
            ..section(
                ".debug_line",
                synth::SHT_PROGBITS,
                compressed(encoding, 2, &compress::zstd(&[7; 64])),
            )
        })
        .section(section(".zdebug_str", synth::SHT_PROGBITS, old))
        .section(section(".gnu_debuglink", synth::SHT_PROGBITS, link.bytes))
        .section(section(".note.gnu.build-id", synth::SHT_NOTE, note))
        .build()
}

#[test]
fn elf_files() {
    let seeds: Vec<Vec<u8>> = Encoding::ALL.into_iter().map(module).collect();
    exercise(&seeds, 500, elf_file::run);
}

#[test]
fn compressed_data() {
    let page = b"page table ".repeat(400);
    let seeds: Vec<Vec<u8>> = [
        (0, compress::zlib(&page)),
        (1, compress::lzo(&page)),
        (2, compress::snappy(&page)),
        (3, compress::zstd(&page)),
        (4, compress::zlib(&page)),
        (5, compress::gzip(&page)),
        (6, compress::zstd(&page)),
        (7, compress::lz4(&page)),
        (8, compress::xz(&page)),
    ]
    .into_iter()
    .map(|(choice, data)| [vec![choice], data].concat())
    .collect();
    exercise(&seeds, 500, codecs::run);
}
