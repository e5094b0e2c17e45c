use crate::parse;
use spelunk_elf::constants::RelocationType;
use spelunk_elf::{ElfError, ElfFile, FileData, SectionAddresses};
use spelunk_synth::Encoding;
use spelunk_synth::elf::{self as synth, ElfBuilder, Section, rela, symbol};
use std::process::Command;

const E: Encoding = Encoding::LITTLE_64;
/// System V ABI AMD64, table 4.9.
const R_64: u32 = 1;
const R_PC32: u32 = 2;
const R_32: u32 = 10;
const R_GOTPCREL: u32 = 9;

/// A file with `.text` (1), `.debug_info` (2) of 16 bytes, its relocations and the symbols.
fn file(kind: u16, relocations: &[Vec<u8>]) -> ElfFile {
    let section = |name: &str, kind, data: Vec<u8>| Section {
        name: name.to_owned(),
        kind,
        data,
        ..Section::default()
    };
    let symbols = [
        symbol(E, 0, 0),
        symbol(E, 0, 1),
        symbol(E, 0x10, 1),
        symbol(E, 5, 0xfff1),
    ];
    parse(
        ElfBuilder::new(E, kind, synth::EM_X86_64)
            .section(section(".text", synth::SHT_PROGBITS, vec![0x90; 8]))
            .section(section(".debug_info", synth::SHT_PROGBITS, vec![0xaa; 16]))
            .section(Section {
                link: 4,
                info: 2,
                ..section(".rela.debug_info", synth::SHT_RELA, relocations.concat())
            })
            .section(section(".symtab", synth::SHT_SYMTAB, symbols.concat()))
            .build(),
    )
}

fn relocate(file: &ElfFile) -> Result<Vec<u8>, ElfError> {
    let addresses: SectionAddresses = [
        (".text".to_owned(), 0xffff_ffff_c000_0000),
        (".debug_info".to_owned(), 0xffff_ffff_c000_1000),
    ]
    .into_iter()
    .collect();
    let data = file.relocated_section_data(".debug_info", &addresses)?;
    Ok(data.unwrap().to_vec())
}

#[test]
fn relocations_apply_to_relocatable_files() {
    let relocations = [
        rela(E, 0, 2, R_64, 4),
        rela(E, 8, 3, R_32, -1),
        rela(E, 12, 1, R_PC32, -4),
    ];
    let mut expected = 0xffff_ffff_c000_0014_u64.to_le_bytes().to_vec();
    expected.extend(4u32.to_le_bytes());
    // S + A - P
    expected.extend((-4i32 - 0x1000 - 12).to_le_bytes());
    assert_eq!(relocate(&file(synth::ET_REL, &relocations)), Ok(expected));
}

// Distributions link vmlinux with --emit-relocs.
#[test]
fn relocations_of_linked_files_were_applied_by_the_linker() {
    let relocations = [rela(E, 0, 2, R_64, 4)];
    assert_eq!(
        relocate(&file(synth::ET_EXEC, &relocations)),
        Ok(vec![0xaa; 16])
    );
}

#[test]
fn what_cannot_be_applied_is_an_error_that_says_where() {
    for (relocation, offset, kind) in [
        (rela(E, 8, 1, R_GOTPCREL, 0), 8, R_GOTPCREL),
        (rela(E, 12, 1, R_64, 0), 12, R_64),
        (rela(E, u64::MAX, 1, R_64, 0), u64::MAX, R_64),
        (rela(E, 0, 4, R_64, 0), 0, R_64),
    ] {
        match relocate(&file(synth::ET_REL, &[relocation])) {
            Err(ElfError::Relocation {
                section,
                offset: found,
                kind: RelocationType(found_kind),
                ..
            }) => {
                assert_eq!(
                    (section.as_str(), found, found_kind),
                    (".debug_info", offset, kind)
                );
            }
            other => assert_eq!(other, Err(ElfError::NotElf), "should be an error"),
        }
    }
}

/// The linker is asked what it makes of the same object: one input file, whose sections stay whole.
#[test]
fn relocated_debug_sections_are_what_the_linker_makes() {
    let folder = std::env::temp_dir().join(format!("spelunk-relocation-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let run = |tool: &str, arguments: &[&str]| {
        let status = Command::new(tool)
            .args(arguments)
            .current_dir(&folder)
            .status();
        assert!(status.unwrap().success(), "{tool} {arguments:?}");
    };
    let source = "int counter = 3; static int twice(int x) { return 2 * x; }\n\
        __attribute__((section(\"cold_code\"), noinline)) int cold(int x) { return x + counter; }\n\
        int _start(int x) { int y = twice(x); for (int i = 0; i < y; i++) y += cold(i); return y; }\n";
    std::fs::write(folder.join("a.c"), source).unwrap();
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        run(
            "gcc",
            &[
                version,
                "-O2",
                "-c",
                "-fno-pic",
                // Else the linker puts strings that are there twice together.
                "-fno-merge-debug-strings",
                "a.c",
                "-o",
                "a.o",
            ],
        );
        run("ld", &["-Ttext=0x12345000", "a.o", "-o", "a.out"]);
        let open =
            |name: &str| ElfFile::parse(FileData::open(&folder.join(name)).unwrap()).unwrap();
        let (object, linked) = (open("a.o"), open("a.out"));
        assert!(object.is_relocatable() && !linked.is_relocatable());
        let addresses: SectionAddresses = linked
            .sections()
            .iter()
            .filter(|section| section.address != 0)
            .map(|section| (section.name.clone(), section.address))
            .collect();
        let mut compared = 0;
        for section in object.sections() {
            let name = section.name.as_str();
            // The assembler lets the linker reorder the strings of DWARF 5's line table.
            let reordered = version == "-gdwarf-5" && name.starts_with(".debug_line");
            if !name.starts_with(".debug_") || section.size == 0 || reordered {
                continue;
            }
            let ours = object
                .relocated_section_data(name, &addresses)
                .unwrap()
                .unwrap();
            let linkers = linked.section_data(name).unwrap().unwrap();
            assert!(*ours == *linkers, "{name} of {version}");
            compared += 1;
        }
        assert!(compared >= 5, "{compared} sections");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
