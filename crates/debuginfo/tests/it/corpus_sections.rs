//! The bodies of the fuzz targets that are about sections, over those of compiled files.

#[path = "../../../../fuzz/bodies/code_sections.rs"]
mod code_sections;
#[path = "../../../../fuzz/bodies/dwarf_sections.rs"]
mod dwarf_sections;
#[path = "../../../../fuzz/bodies/index_file.rs"]
mod index_file;
#[path = "../../../../fuzz/bodies/macros.rs"]
mod macros;
#[path = "../../../../fuzz/bodies/pack_sections.rs"]
mod pack_sections;
#[path = "../../../../fuzz/bodies/section_files.rs"]
mod section_files;
#[path = "../../../../fuzz/bodies/sections.rs"]
mod sections;

use crate::corpus::{C, CPP, Other, debug_file, frames, sources};
use crate::program::compile;
use spelunk_debuginfo::SymbolTable;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_synth::Workshop;

/// The input that stands for a file with another one, in which sections are called so.
fn pack(main: &[u8], other: Option<(Other, &[u8])>) -> Vec<u8> {
    let mut input = pack_sections::EMPTY.to_vec();
    pack_sections::add(main, false, &mut input);
    if let Some((kind, other)) = other {
        let kind = match kind {
            Other::SplitObject => 0,
            Other::Package => 1,
            Other::Supplementary => 2,
        };
        input[0] |= kind << 2;
        pack_sections::add(other, true, &mut input);
    }
    input
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for version in ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"] {
        for more in ["-O1", "-m32", "-gdwarf64"] {
            for (name, source) in [("a.c", C), ("a.cpp", CPP)] {
                if (more, version) != ("-gdwarf64", "-gdwarf-2") {
                    let flags = ["-g", "-c", more, version];
                    seeds.push(pack(&compile(&[(name, source)], &flags), None));
                }
            }
        }
    }
    seeds
}

#[test]
fn dwarf_sections() {
    let mut seeds = seeds();
    for (main, kind, other) in sources() {
        seeds.push(pack(&main, Some((kind, &other))));
    }
    spelunk_synth::exercise(&seeds, 50, dwarf_sections::run);
}

/// A library without `.symtab`, whose symbols have versions, with MiniDebugInfo.
fn stripped_library(width: &str) -> Vec<u8> {
    let (process, thread) = (std::process::id(), std::thread::current().id());
    let name = format!("corpus-stripped{width}-{process}-{thread:?}");
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
    let source = "int old(void) { return 1; } int new(void) { return 2; } static int hidden(void) { return 3; }
        __asm__(\".symver old, f@V1\\n.symver new, f@@V2\"); int g(void) { return hidden() + new(); }";
    workshop.write("a.c", source);
    workshop.write(
        "a.map",
        "V1 { global: f; local: *; }; V2 { global: f; g; } V1;",
    );
    let flags = [
        "-shared",
        "-fPIC",
        "-Wl,--version-script=a.map",
        "-Wl,--build-id=none",
        "-o",
        "a.so",
        "a.c",
    ];
    workshop.run("gcc", [width].iter().chain(&flags));
    let mut small = pack_sections::EMPTY.to_vec();
    pack_sections::add(&workshop.read("a.so"), false, &mut small);
    workshop.run("strip", ["a.so"]);
    let mut input = pack(&workshop.read("a.so"), None);
    workshop.remove();
    pack_sections::add_section(".gnu_debugdata", &small[1..], &mut input);
    input
}

#[test]
fn code_sections() {
    let mut seeds = seeds();
    seeds.extend(["-m64", "-m32"].map(stripped_library));
    spelunk_synth::exercise(&seeds, 50, code_sections::run);
}

#[test]
fn a_seed_has_symbols_of_all_kinds() {
    let input = stripped_library("-m64");
    let (main, _) = sections::unpack(62, &input).unwrap();
    let elf = ElfFile::parse(FileData::from_bytes("seed", main)).unwrap();
    let symbols = SymbolTable::parse(&elf, &SectionAddresses::default(), 0).unwrap();
    let default = symbols.find_name("f").unwrap();
    assert_eq!(default.address, symbols.find_name("new").unwrap().address);
    let hidden = symbols.find_name("hidden").unwrap();
    assert!((0x1000..0x2000).contains(&hidden.address), "{hidden:?}");
}

#[test]
fn macro_lists() {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), "corpus-macros");
    let source = "#include \"a.h\"\n#define A(x) x\n#undef A\n#define B A(1)\nint x = H;";
    workshop.write("a.c", source);
    workshop.write("a.h", "#define H 1\n#define A 2\n");
    let folder = workshop.path("").display().to_string();
    let folder = folder.trim_end_matches('/');
    let map = format!("-fdebug-prefix-map={folder}=/nowhere");
    let compile = |flags: &[&str]| {
        let always = ["-g3", "-undef", "-w", "-Wl,--build-id=none", &map, "a.c"];
        workshop.run("gcc", always.iter().chain(flags));
    };
    let mut seeds = Vec::new();
    for flags in [
        &["-c", "-o", "a.o"][..],
        &["-c", "-o", "a.o", "-gdwarf-2", "-gstrict-dwarf"],
        &["-shared", "-o", "a.o", "-gdwarf-4"],
        &["-shared", "-o", "a.o"],
    ] {
        compile(flags);
        seeds.push(pack(&workshop.read("a.o"), None));
    }
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        compile(&["-c", "-gsplit-dwarf", version, "-o", "other.o"]);
        let other = workshop.read("other.dwo");
        let other = Some((Other::SplitObject, &other[..]));
        seeds.push(pack(&workshop.read("other.o"), other));
    }
    for name in ["one", "two"] {
        compile(&["-shared", "-fPIC", "-o", name]);
    }
    workshop.run("dwz", ["-m", "other.sup", "-M", "other.sup", "one", "two"]);
    let other = workshop.read("other.sup");
    let other = Some((Other::Supplementary, &other[..]));
    seeds.push(pack(&workshop.read("one"), other));
    workshop.remove();
    spelunk_synth::exercise(&seeds, 100, macros::run);
}

/// Numbers of all sizes at many offsets of the index file.
#[test]
fn index_file() {
    let patches = (0..0x300u16).step_by(4).flat_map(|offset| {
        let [low, high] = offset.to_le_bytes();
        let values: [&[u8]; 4] = [&[], &[0xff], &[0xff; 4], &[7, 0, 0, 0]];
        values.map(|value| [&[low, high, u8::try_from(value.len()).unwrap()], value].concat())
    });
    let seeds: Vec<_> = patches.collect();
    spelunk_synth::exercise(&seeds, 1, index_file::run);
}
