use crate::parse;
use spelunk_base::{Architecture, BuildId, ByteOrder};
use spelunk_elf::constants as elf;
use spelunk_elf::{ElfError, ElfFile, FileData};
use spelunk_synth::Encoding;
use spelunk_synth::elf::{self as synth, ElfBuilder, Section, Segment};

fn load(address: u64, data: &[u8]) -> Segment {
    Segment {
        kind: synth::PT_LOAD,
        virtual_address: address,
        physical_address: address + 0x1000,
        data: data.to_vec(),
        memory_size: 64,
        alignment: 16,
    }
}

fn text(data: &[u8]) -> Section {
    Section {
        name: ".text".to_owned(),
        kind: synth::SHT_PROGBITS,
        data: data.to_vec(),
        address: 0x400,
        alignment: 8,
        ..Section::default()
    }
}

#[test]
fn all_encodings_parse() {
    for encoding in Encoding::ALL {
        for segments_last in [false, true] {
            let mut builder = ElfBuilder::new(encoding, synth::ET_EXEC, synth::EM_X86_64)
                .segment(load(0x1000, b"hello"))
                .section(text(b"code"))
                .section(Section {
                    name: ".bss".to_owned(),
                    kind: synth::SHT_NOBITS,
                    size: 1 << 30,
                    ..Section::default()
                });
            builder.segments_last = segments_last;
            let file = parse(builder.build());
            assert_eq!(file.platform().is_64_bit, encoding.is_64_bit);
            let order = file.platform().byte_order;
            assert_eq!(order == ByteOrder::Big, encoding.big_endian);
            assert_eq!(file.platform().architecture, Architecture::X86_64);
            let segment = file.segments()[0];
            assert_eq!(segment.kind, elf::PT_LOAD);
            assert_eq!(segment.virtual_address, 0x1000);
            assert_eq!(segment.physical_address, 0x2000);
            assert_eq!((segment.file_size, segment.memory_size), (5, 64));
            let at = usize::try_from(segment.offset).unwrap();
            assert_eq!(&file.data().bytes().unwrap()[at..at + 5], b"hello");
            let names: Vec<&str> = file.sections().iter().map(|s| s.name.as_str()).collect();
            assert_eq!(names, ["", ".text", ".bss", ".shstrtab"]);
            assert_eq!(&*file.section_data(".text").unwrap().unwrap(), b"code");
            assert!(file.section_data(".bss").unwrap().is_none());
            assert!(file.section_data(".data").unwrap().is_none());
            assert_eq!(file.find_section(".text").unwrap().address, 0x400);
            assert_eq!(file.section_at(2).unwrap().size, 1 << 30);
            assert_eq!(file.damage(), []);
        }
    }
}

#[test]
fn more_segments_than_the_header_can_count() {
    for count in [0xfffe, 0xffff, 70_000] {
        let mut builder = ElfBuilder::new(Encoding::LITTLE_64, synth::ET_CORE, synth::EM_X86_64);
        builder.segments = (0..count).map(|index| load(index << 12, b"")).collect();
        let file = parse(builder.build());
        assert_eq!(file.segments().len() as u64, count);
        let last = file.segments().last().unwrap();
        assert_eq!(last.virtual_address, (count - 1) << 12);
    }
}

#[test]
fn more_sections_than_the_header_can_count() {
    let mut builder = ElfBuilder::new(Encoding::LITTLE_64, synth::ET_REL, synth::EM_X86_64);
    builder.sections = (0..0xff10).map(|_| text(b"")).collect();
    let file = parse(builder.build());
    assert_eq!(file.sections().len(), 0xff12);
    assert_eq!(file.sections().last().unwrap().name, ".shstrtab");
}

#[test]
fn notes_have_either_alignment() {
    for encoding in Encoding::ALL {
        for alignment in [4, 8] {
            let notes = [
                synth::note(encoding, alignment, "CORE", synth::NT_PRSTATUS, b"12345"),
                synth::note(
                    encoding,
                    alignment,
                    "GNU",
                    synth::NT_GNU_BUILD_ID,
                    &[1, 2, 3],
                ),
                synth::note(encoding, alignment, "LONGNAME", 7, b""),
            ]
            .concat();
            let segment = Segment {
                kind: synth::PT_NOTE,
                data: notes.clone(),
                alignment: alignment as u64,
                ..Segment::default()
            };
            let section = Section {
                name: ".note".to_owned(),
                kind: synth::SHT_NOTE,
                data: notes,
                alignment: alignment as u64,
                ..Section::default()
            };
            let builder = ElfBuilder::new(encoding, synth::ET_CORE, synth::EM_X86_64);
            for file in [
                parse(builder.clone().segment(segment.clone()).build()),
                parse(builder.clone().section(section.clone()).build()),
                parse(builder.segment(segment).section(section).build()),
            ] {
                let notes: Vec<_> = file
                    .notes()
                    .map(|note| (note.name, note.kind.0, note.desc))
                    .collect();
                assert_eq!(
                    notes,
                    [
                        (&b"CORE"[..], 1, &b"12345"[..]),
                        (b"GNU", 3, &[1, 2, 3]),
                        (b"LONGNAME", 7, b""),
                    ]
                );
                assert_eq!(file.build_id(), BuildId::new(&[1, 2, 3]));
            }
        }
    }
}

#[test]
fn a_file_cut_off_anywhere_gives_what_is_left() {
    let bytes = ElfBuilder::new(Encoding::LITTLE_64, synth::ET_EXEC, synth::EM_X86_64)
        .segment(load(0x1000, b"hello"))
        .section(text(&[7; 100]))
        .build();
    let whole = parse(bytes.clone());
    let section = whole.find_section(".text").unwrap().clone();
    for size in 0..bytes.len() {
        let file = FileData::from_bytes("cut", bytes[..size].to_vec());
        match ElfFile::parse(file) {
            Ok(file) => {
                assert!(size >= 64);
                assert_eq!(file.segments().len(), usize::from(size >= 64 + 56));
                assert!(!file.damage().is_empty());
                let found = file.data_of(&section).unwrap();
                assert_eq!(
                    found.len() as u64,
                    (size as u64).saturating_sub(section.offset).min(100)
                );
            }
            Err(error) => {
                assert!(size < 64);
                assert!(matches!(
                    error,
                    ElfError::NotElf | ElfError::Table { .. } | ElfError::Header { .. }
                ));
            }
        }
    }
}

#[test]
fn what_is_no_elf_file_is_refused() {
    let parse = |bytes: &[u8]| ElfFile::parse(FileData::from_bytes("x", bytes.to_vec())).err();
    assert_eq!(parse(b""), Some(ElfError::NotElf));
    assert_eq!(parse(b"#!/bin/sh"), Some(ElfError::NotElf));
    let error = parse(b"\x7fELF\x05\x01").unwrap();
    assert_eq!(
        error.to_string(),
        "ELF header: class is 0x5, which ELF does not have"
    );
}
