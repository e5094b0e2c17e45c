//! The seeds of the fuzz targets of this crate.

#[path = "../../../../fuzz/bodies/codecs.rs"]
mod codecs;
#[path = "../../../../fuzz/bodies/elf_file.rs"]
mod elf_file;

use spelunk_synth::elf::{self as synth, ElfBuilder, Section, Segment, rela, symbol};
use spelunk_synth::{Encoding, Writer, compress, exercise};

/// A module with notes, compressed debug information, relocations and symbols.
fn module(encoding: Encoding) -> Vec<u8> {
    let mut compressed = Writer::new(encoding);
    compressed.u32(1);
    if encoding.is_64_bit {
        compressed.u32(0);
    }
    compressed.word(64).word(1).put(&compress::zlib(&[7; 64]));
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
            ..section(".debug_info", synth::SHT_PROGBITS, compressed.bytes)
        })
        .section(Section {
            link: 4,
            info: 2,
            ..section(".rela.debug_info", synth::SHT_RELA, relocations)
        })
        .section(section(".symtab", synth::SHT_SYMTAB, symbols))
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
        (
            5,
            b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0".to_vec(),
        ),
        (6, compress::zstd(&page)),
        (
            7,
            b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36\0\0\0\0\x1c\xdf\x44\x21".to_vec(),
        ),
    ]
    .into_iter()
    .map(|(choice, data)| [vec![choice], data].concat())
    .collect();
    exercise(&seeds, 500, codecs::run);
}
