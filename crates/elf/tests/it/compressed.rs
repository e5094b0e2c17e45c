use crate::parse;
use spelunk_elf::codec::CodecError;
use spelunk_elf::{ElfError, ElfFile};
use spelunk_synth::elf::{self as synth, ElfBuilder, Section};
use spelunk_synth::{Encoding, Writer, compress};

fn content() -> Vec<u8> {
    b"debug information ".repeat(1000)
}

/// A section of `size` bytes, compressed with `kind`'s format.
fn section(encoding: Encoding, kind: u32, size: u64, compressed: &[u8]) -> Section {
    let mut data = Writer::new(encoding);
    data.u32(kind);
    if encoding.is_64_bit {
        data.u32(0);
    }
    data.word(size).word(1).put(compressed);
    Section {
        name: ".debug_info".to_owned(),
        kind: synth::SHT_PROGBITS,
        flags: synth::SHF_COMPRESSED,
        data: data.bytes,
        ..Section::default()
    }
}

fn file(encoding: Encoding, section: Section) -> ElfFile {
    let builder = ElfBuilder::new(encoding, synth::ET_EXEC, synth::EM_X86_64);
    parse(builder.section(section).build())
}

const ZLIB: u32 = 1;
const ZSTD: u32 = 2;

#[test]
fn sections_of_all_formats_decompress() {
    let content = content();
    let size = content.len() as u64;
    for encoding in Encoding::ALL {
        for (kind, compressed) in [
            (ZLIB, compress::zlib(&content)),
            (ZSTD, compress::zstd(&content)),
        ] {
            let file = file(encoding, section(encoding, kind, size, &compressed));
            let data = file.section_data(".debug_info").unwrap().unwrap();
            assert_eq!(*data, content);
            // It is there once, however many have it.
            let again = file.section_data(".debug_info").unwrap().unwrap();
            assert_eq!(again.as_ptr(), data.as_ptr());
            drop((data, again));
            let data = file.section_data(".debug_info").unwrap().unwrap();
            assert_eq!(*data, content);
        }
        let mut old = b"ZLIB".to_vec();
        old.extend(size.to_be_bytes());
        old.extend(compress::zlib(&content));
        let section = Section {
            name: ".zdebug_info".to_owned(),
            kind: synth::SHT_PROGBITS,
            data: old,
            ..Section::default()
        };
        let file = file(encoding, section);
        let data = file.section_data(".debug_info").unwrap().unwrap();
        assert_eq!(*data, content);
    }
}

#[test]
fn a_wrong_size_or_format_is_an_error_that_names_the_section() {
    let content = content();
    let size = content.len() as u64;
    let compressed = compress::zlib(&content);
    let encoding = Encoding::LITTLE_64;
    for (section, error) in [
        (
            section(encoding, ZLIB, size + 1, &compressed),
            CodecError::WrongSize { expected: size + 1 },
        ),
        (
            section(encoding, ZLIB, size - 1, &compressed),
            CodecError::WrongSize { expected: size - 1 },
        ),
        // What it claims is not allocated.
        (
            section(encoding, ZLIB, u64::MAX, &compressed),
            CodecError::WrongSize { expected: u64::MAX },
        ),
        (
            section(encoding, ZLIB, size, &compressed[..50]),
            CodecError::CutOff,
        ),
        (
            section(encoding, ZLIB, size, b"garbage"),
            CodecError::Damaged,
        ),
        (
            section(encoding, ZSTD, size, &compressed),
            CodecError::Damaged,
        ),
        (
            section(encoding, 77, size, &compressed),
            CodecError::UnknownFormat,
        ),
    ] {
        let file = file(encoding, section);
        let found = file.section_data(".debug_info").unwrap_err();
        let section = ".debug_info".to_owned();
        assert_eq!(found, ElfError::Compressed { section, error });
    }
}
