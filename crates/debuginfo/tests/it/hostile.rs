//! Debugging information as no compiler writes it: entries that lead in circles, lists that make no
//! sense, indices that lie. Each is an error that says where, and the rest stays usable.

use crate::corpus::dwarf_types;
use crate::program::{Program, compile};
use spelunk_debuginfo::{DebugFile, ObjectKinds};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_types::{TypeData, TypeKind};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

type Attributes = &'static [(u32, u32)];

/// Abbreviations: code, tag, whether there are entries inside, attributes with forms (DWARF 5,
/// section 7.5).
const ABBREVIATIONS: &[(u32, u32, u8, Attributes)] = &[
    // Units, and what imports them.
    (1, 0x11, 1, &[(0x03, 0x08), (0x13, 0x0b)]),
    (2, 0x3c, 1, &[]),
    (3, 0x3d, 0, &[(0x18, 0x10)]),
    (4, 0x41, 1, &[(0x13, 0x0b)]),
    // A base type: name, encoding, size.
    (5, 0x24, 0, &[(0x03, 0x08), (0x3e, 0x0b), (0x0b, 0x0b)]),
    // Variables: with name and type, with name and signature of the type, with specification.
    (6, 0x34, 0, &[(0x03, 0x08), (0x49, 0x10)]),
    (7, 0x34, 0, &[(0x03, 0x08), (0x49, 0x20)]),
    (8, 0x34, 0, &[(0x47, 0x10), (0x02, 0x18)]),
    // A function's code, with abstract origin.
    (9, 0x2e, 0, &[(0x31, 0x10), (0x11, 0x01)]),
    // A structure: name, size; base and member: type, offset.
    (10, 0x13, 1, &[(0x03, 0x08), (0x0b, 0x0b)]),
    (11, 0x1c, 0, &[(0x49, 0x10), (0x38, 0x0b)]),
    (12, 0x0d, 0, &[(0x03, 0x08), (0x49, 0x10), (0x38, 0x0b)]),
    // A typedef, and `const`.
    (13, 0x16, 0, &[(0x03, 0x08), (0x49, 0x10)]),
    (14, 0x26, 0, &[(0x49, 0x10)]),
    // A part with variants: discriminant; a variant: list of discriminants.
    (15, 0x33, 1, &[(0x15, 0x10)]),
    (16, 0x19, 1, &[(0x3d, 0x0a)]),
    // A structure that is declared by signature alone.
    (17, 0x13, 0, &[(0x3c, 0x19), (0x69, 0x20)]),
    // A structure with a signature inside of its own unit.
    (18, 0x13, 1, &[(0x03, 0x08), (0x3c, 0x19), (0x69, 0x20)]),
];

const UNITS: &str = r#"
unit compilation 1
    .uleb128 1; .asciz "circles.cpp"; .byte 4
    .uleb128 3; ref partial_one
int: .uleb128 5; .asciz "int"; .byte 5, 4
    .uleb128 6; .asciz "good"; ref int

one: .uleb128 8; ref two; .byte 1, 0x9c
two: .uleb128 8; ref one; .byte 1, 0x9c
code: .uleb128 9; ref code; .quad 0x10

first: .uleb128 10; .asciz "first"; .byte 8
    .uleb128 11; ref second; .byte 0
    .uleb128 12; .asciz "x"; ref int; .byte 4
    .uleb128 0
second: .uleb128 10; .asciz "second"; .byte 8
    .uleb128 11; ref first; .byte 0
    .uleb128 12; .asciz "y"; ref int; .byte 4
    .uleb128 0
    .uleb128 6; .asciz "heir"; ref first
own: .uleb128 10; .asciz "own"; .byte 8
    .uleb128 12; .asciz "inner"; ref own; .byte 0
    .uleb128 12; .asciz "z"; ref int; .byte 0
    .uleb128 0

alias: .uleb128 13; .asciz "alias"; ref other_alias
other_alias: .uleb128 13; .asciz "other_alias"; ref alias
constant: .uleb128 14; ref other_constant
other_constant: .uleb128 14; ref constant
    .uleb128 6; .asciz "qualified"; ref constant

    .uleb128 10; .asciz "cut_off"; .byte 8
part: .uleb128 15; ref tag
tag: .uleb128 12; .asciz "tag"; ref int; .byte 0
    .uleb128 16; .byte 2, 1, 5
    .uleb128 0
    .uleb128 0
    .uleb128 12; .asciz "sound"; ref int; .byte 4
    .uleb128 0
    .uleb128 10; .asciz "many"; .byte 8
    .uleb128 15; ref many_tag
many_tag: .uleb128 12; .asciz "tag"; ref int; .byte 0
    .uleb128 16; .byte 252; .fill 126, 2, 0x0100
    .uleb128 0
    .uleb128 0
    .uleb128 0

    .uleb128 7; .asciz "round"; .quad 1
    .uleb128 7; .asciz "declared"; .quad 3
    .uleb128 7; .asciz "nowhere"; .quad 99
    .uleb128 0
end

unit partial_one 3
    .uleb128 2
    .uleb128 3; ref partial_two
    .uleb128 3; ref partial_one
    .uleb128 0
end
unit partial_two 3
    .uleb128 2
    .uleb128 3; ref partial_one
    .uleb128 6; .asciz "imported"; ref int
    .uleb128 0
end
"#;

/// A type with a member of another type, which it declares by signature alone.
fn type_with_another(signature: u32, name: &str, member: &str, other: u32) -> String {
    format!(
        r#"
type {signature}
    .uleb128 10; .asciz "{name}"; .byte 8
    .uleb128 12; .asciz "{member}"; .long stub_{other} - info; .byte 0
    .uleb128 0
stub_{other}: .uleb128 17; .quad {other}
end
"#
    )
}

/// A type that is declared in its own unit, and is elsewhere by signature.
fn type_elsewhere(signature: u32, name: &str, other: u32) -> String {
    format!(
        r#"
type {signature}
    .uleb128 18; .asciz "{name}"; .quad {other}
    .uleb128 0
end
"#
    )
}

/// Assembles the units; the labels of those that `unit` starts are their names.
fn assemble() -> Vec<u8> {
    let mut text = String::from(".section .debug_abbrev, \"\", @progbits\nabbreviations:\n");
    for (code, tag, has_children, attributes) in ABBREVIATIONS {
        writeln!(text, ".uleb128 {code}, {tag}\n.byte {has_children}").unwrap();
        for (name, form) in *attributes {
            writeln!(text, ".uleb128 {name}, {form}").unwrap();
        }
        text.push_str(".byte 0, 0\n");
    }
    text.push_str(".byte 0\n.section .debug_info, \"\", @progbits\ninfo:\n");
    let units = [
        UNITS.to_owned(),
        type_with_another(1, "round_one", "two", 2),
        type_with_another(2, "round_two", "one", 1),
        type_elsewhere(3, "declared_one", 4),
        type_elsewhere(4, "declared_two", 3),
    ];
    let mut number = 0;
    for line in units.concat().lines().map(str::trim) {
        let words: Vec<&str> = line.split(' ').collect();
        let header = |kind: &str| {
            format!(".long end_{number} - 1f\n1: .short 5\n.byte {kind}, 8\n.long 0\n")
        };
        match *words {
            ["unit", name, kind] => write!(text, "{name}: {}", header(kind)).unwrap(),
            // The type is the unit's second entry; the first takes two bytes.
            ["type", signature] => write!(
                text,
                "{}.quad {signature}\n.long 26\n.uleb128 4; .byte 4\n",
                header("2")
            )
            .unwrap(),
            ["end"] => {
                writeln!(text, ".uleb128 0\nend_{number}:").unwrap();
                number += 1;
            }
            _ => {
                let parts = line
                    .split("; ")
                    .map(|part| match part.strip_prefix("ref ") {
                        Some(label) => format!(".long {label} - info"),
                        None => part.to_owned(),
                    });
                writeln!(text, "{}", parts.collect::<Vec<_>>().join("; ")).unwrap();
            }
        }
    }
    compile(&[("circles.s", &text)], &["-c"])
}

#[test]
fn what_leads_in_circles_comes_to_an_end() {
    let bytes = assemble();
    let Program { store, info } = Program::of(&[(&bytes, 0)]);
    let object = |name: &str| info.find_object(name, None, ObjectKinds::ANY);
    let ty = |kind, name: &str| info.find_type(&[kind], name, None).unwrap().unwrap();
    let good = object("good").unwrap().unwrap();
    assert_eq!(store.get(good.ty.id).unwrap().data.kind(), TypeKind::Int);
    assert!(object("imported").unwrap().is_some());

    // Each class is the other's base.
    for (name, own, inherited) in [("first", "x", "y"), ("second", "y", "x")] {
        let members = store
            .members(ty(TypeKind::Struct, name).id)
            .unwrap()
            .unwrap();
        assert!(members.find(&store, own).unwrap().is_some(), "{name}");
        let _ = members.find(&store, inherited);
        assert!(members.find(&store, "none").ok().flatten().is_none());
    }
    let own = ty(TypeKind::Struct, "own");
    let members = store.members(own.id).unwrap().unwrap();
    assert!(members.find(&store, "z").unwrap().is_some());
    let alias = ty(TypeKind::Typedef, "alias");
    let TypeData::Typedef { aliased, .. } = store.get(alias.id).unwrap().data else {
        panic!("no typedef");
    };
    assert!(store.get(aliased.id).is_ok());
    let _ = store.scalar(alias.id);

    for (name, message) in [
        ("qualified", "too many qualifiers in a row"),
        ("nowhere", "no unit has the type 0x0000000000000063"),
    ] {
        let error = object(name).unwrap_err().to_string();
        assert!(error.contains("test: .debug_info+0x"), "{error}");
        assert!(error.contains(message), "{error}");
    }
    assert!(object("declared").is_ok());
    let round = object("round").unwrap().unwrap();
    let members = store.members(round.ty.id).unwrap().unwrap();
    let two = members.find(&store, "two").unwrap();
    assert!(two.is_some());
    dwarf_types::run(&bytes);
}

#[test]
fn lists_of_discriminants_make_sense_or_are_refused() {
    let bytes = assemble();
    let Program { store, info } = Program::of(&[(&bytes, 0)]);
    let members = |name: &str| {
        let ty = info.find_type(&[TypeKind::Struct], name, None);
        store.members(ty.unwrap().unwrap().id)
    };
    let cut_off = members("cut_off").unwrap().unwrap();
    assert!(cut_off.find(&store, "sound").unwrap().is_some());
    let error = store.get(cut_off.members[0].ty.id).unwrap_err().to_string();
    assert!(error.contains("test: .debug_info+0x"), "{error}");
    assert!(error.contains("DW_AT_discr_list"), "{error}");
    let many = members("many").unwrap().unwrap();
    let part = many.variant_part.as_ref().unwrap();
    assert_eq!(*part.variants[0].discriminants, [(1, 1); 126]);
}

/// Runs a command in a folder.
fn run(folder: &Path, command: &str) {
    let mut words = command.split(' ');
    let mut run = Command::new(words.next().unwrap());
    let status = run.current_dir(folder).args(words).status();
    assert!(status.unwrap().success(), "{command}");
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn open(path: &Path) -> Program {
    let bytes = std::fs::read(path).unwrap();
    let elf = ElfFile::parse(FileData::from_bytes(&path.to_string_lossy(), bytes)).unwrap();
    let program = Program::of(&[]);
    let file = DebugFile::new(elf, SectionAddresses::default(), 0);
    program.info.add(file).unwrap();
    program
}

/// What is missing of a file, as text.
fn missing(program: &Program) -> Vec<String> {
    let files = program.info.files();
    let missing = files[0].missing_sources().unwrap();
    missing.iter().map(ToString::to_string).collect()
}

#[test]
fn indices_of_packages_that_lie() {
    let folder = folder("hostile-package");
    std::fs::write(
        folder.join("a.cpp"),
        "struct a { int x; } one; int main() {}",
    )
    .unwrap();
    std::fs::write(folder.join("b.c"), "long plain = 3;").unwrap();
    run(
        &folder,
        "clang++ -gdwarf-5 -gsplit-dwarf -fdebug-types-section -c a.cpp -o a.o",
    );
    run(&folder, "clang -gdwarf-5 -c b.c -o b.o");
    run(&folder, "clang++ -Wl,--build-id=none a.o b.o -o main");
    run(&folder, "llvm-dwp a.dwo -o main.dwp");
    std::fs::remove_file(folder.join("a.dwo")).unwrap();
    let (main, package) = (folder.join("main"), folder.join("main.dwp"));
    let object = |name: &str| open(&main).info.find_object(name, None, ObjectKinds::ANY);
    assert_eq!(missing(&open(&main)), [""; 0]);
    assert!(object("one").unwrap().is_some());

    let whole = std::fs::read(&package).unwrap();
    let elf = ElfFile::parse(FileData::from_bytes("package", whole.clone())).unwrap();
    for name in [".debug_cu_index", ".debug_tu_index"] {
        let section = elf.find_section(name).unwrap();
        let (start, size) = (section.offset as usize, section.size as usize);
        // Version, columns, units, slots (DWARF 5, section 7.3.5.3): each says too much.
        for at in (0..16).step_by(4) {
            let mut bytes = whole.clone();
            bytes[start + at..start + at + 4].fill(0xff);
            std::fs::write(&package, bytes).unwrap();
            let told = missing(&open(&main)).join("\n");
            assert!(told.contains(&format!("{name}+0x")), "{name}+{at}: {told}");
            assert!(object("plain").unwrap().is_some());
        }
        // Every offset and size of every unit lies, one after the other.
        for at in (16..size).step_by(4) {
            let mut bytes = whole.clone();
            bytes[start + at..start + at + 4].fill(0xff);
            std::fs::write(&package, bytes).unwrap();
            let program = open(&main);
            let found = program.info.find_object("one", None, ObjectKinds::ANY);
            if let Err(error) = found {
                let error = error.to_string();
                assert!(error.contains("main.dwp: ."), "{name}+{at}: {error}");
            }
            assert!(object("plain").unwrap().is_some());
        }
    }
}

#[test]
fn a_supplementary_file_that_is_the_file_itself() {
    let folder = folder("hostile-supplementary");
    std::fs::write(
        folder.join("a.c"),
        "int one; struct s { int x; } two; int main(void) {}",
    )
    .unwrap();
    run(&folder, "gcc -g -Wl,--build-id=0xabcdef a.c -o main");
    std::fs::write(folder.join("link"), b"main\0\xab\xcd\xef").unwrap();
    // A unit that is cut off keeps the index from being kept on disk.
    run(&folder, "objcopy --dump-section .debug_info=info main");
    let mut info = std::fs::read(folder.join("info")).unwrap();
    info.extend([0x40, 0, 0, 0]);
    std::fs::write(folder.join("info"), info).unwrap();
    run(
        &folder,
        "objcopy --update-section .debug_info=info --add-section .gnu_debugaltlink=link main",
    );
    let program = open(&folder.join("main"));
    assert_eq!(missing(&program), [""; 0]);
    for name in ["one", "two", "main"] {
        let found = program.info.find_object(name, None, ObjectKinds::ANY);
        assert!(found.unwrap().is_some(), "{name}");
    }
}

#[test]
fn damaged_line_programs_cost_lines_alone() {
    let source = "struct s { int x; } one; int main(void) { return one.x; }";
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        let whole = compile(&[("a.c", source)], &[version]);
        let elf = ElfFile::parse(FileData::from_bytes("whole", whole.clone())).unwrap();
        let section = elf.find_section(".debug_line").unwrap();
        let (start, size) = (section.offset as usize, section.size as usize);
        for byte in [0, 0xff] {
            let mut bytes = whole.clone();
            bytes[start..start + size].fill(byte);
            let (sound, damaged) = (Program::of(&[(&whole, 0)]), Program::of(&[(&bytes, 0)]));
            for name in ["one", "main"] {
                let object = |program: &Program| {
                    let found = program.info.find_object(name, None, ObjectKinds::ANY);
                    format!("{:?}", found.unwrap().unwrap().value)
                };
                assert_eq!(object(&damaged), object(&sound), "{name}");
            }
        }
    }
}
