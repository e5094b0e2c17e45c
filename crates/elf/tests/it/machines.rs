//! Relocatable files of all machines: what the linker makes of their debug sections, or `readelf`
//! where there is no linker for the machine.

use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_synth::Workshop;

/// Those that LLVM's linker knows.
const LINKED: &[&str] = &[
    "x86_64-linux-gnu",
    "i386-linux-gnu",
    "aarch64-linux-gnu",
    "aarch64_be-linux-gnu",
    "armv7-linux-gnueabihf",
    "powerpc64-linux-gnu",
    "powerpc64le-linux-gnu",
    "powerpc-linux-gnu",
    "mips-linux-gnu",
    "mipsel-linux-gnu",
    "mips64-linux-gnuabi64",
    "mips64el-linux-gnuabi64",
    "riscv64-linux-gnu",
    "riscv32-linux-gnu",
];

/// With the compiler: newer ones use other relocations, or know other machines.
const READ: &[(&str, &str)] = &[
    ("clang", "s390x-linux-gnu"),
    ("clang", "mips64el-linux-gnuabi64"),
    ("clang-19", "riscv64-linux-gnu"),
    ("clang-19", "loongarch64-linux-gnu"),
];

const SOURCE: &str = "
    struct pair { char c; long l; } pairs[3];
    int counter = 3;
    static int twice(int x) { return 2 * x; }
    __attribute__((section(\"cold_code\"), noinline)) int cold(int x) { return x + counter + (int)pairs[x].l; }
    int start(int x) { int y = twice(x); for (int i = 0; i < y; i++) y += cold(i); return y; }";
/// Where each thread has its own, which `readelf` does not relocate.
const THREADS: &str = "__thread long own = 3; __thread int other = 4;";

/// The object file `a.o`, whose sections of strings the linker leaves as they are.
fn compile(workshop: &Workshop, compiler: &str, target: &str, version: u32, source: &str) {
    workshop.write("a.c", source);
    let (target, version) = (format!("--target={target}"), format!("-gdwarf-{version}"));
    // Code that the linker may shorten has distances that only it knows.
    let no_relax = match target.contains("riscv") {
        true => "-mno-relax",
        false => "-w",
    };
    let flags = [&target, "-ffreestanding", "-O1", &version, no_relax];
    workshop.run(compiler, [&flags[..], &["-c", "a.c"]].concat());
    let plain =
        ["str", "line_str"].map(|name| format!("--set-section-flags=.debug_{name}=readonly"));
    workshop.run("llvm-objcopy", [&plain[0], &plain[1], "a.o"]);
}

fn open(workshop: &Workshop, name: &str) -> ElfFile {
    ElfFile::parse(FileData::open(&workshop.path(name)).unwrap()).unwrap()
}

/// Compares all debug sections with those of another tool.
fn compare(
    what: &str,
    file: &ElfFile,
    addresses: &SectionAddresses,
    theirs: impl Fn(&str) -> Vec<u8>,
) {
    assert!(file.is_relocatable());
    let mut changed = 0;
    for section in file.sections() {
        let name = section.name.as_str();
        let is_debug = name.starts_with(".debug_") || name == ".eh_frame";
        if !is_debug || section.size == 0 {
            continue;
        }
        let ours = file
            .relocated_section_data(name, addresses)
            .unwrap()
            .unwrap();
        let theirs = theirs(name);
        let differs = |(ours, theirs): (&u8, &u8)| ours != theirs;
        // The linker may put an end to `.eh_frame`.
        let first = ours.iter().zip(&theirs).position(differs);
        assert_eq!(first, None, "{what}: {name} differs at {first:x?}");
        assert!(ours.len() <= theirs.len(), "{what}: {name}");
        changed += usize::from(*ours != *file.section_data(name).unwrap().unwrap());
    }
    assert!(changed >= 2, "{what}: {changed} sections");
}

#[test]
fn relocated_sections_of_all_machines_are_what_the_linker_makes() {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), "machines-linked");
    for target in LINKED {
        for version in [4, 5] {
            compile(
                &workshop,
                "clang",
                target,
                version,
                &format!("{SOURCE}{THREADS}"),
            );
            workshop.run("ld.lld", ["--entry=start", "a.o", "-o", "a.out"]);
            let (object, linked) = (open(&workshop, "a.o"), open(&workshop, "a.out"));
            let is_placed = |name: &str| !name.starts_with(".tdata");
            let sections = linked.sections().iter();
            let addresses = sections
                .filter(|section| section.address != 0 && is_placed(&section.name))
                .map(|section| (section.name.clone(), section.address))
                .collect();
            compare(
                &format!("{target} {version}"),
                &object,
                &addresses,
                |name| linked.section_data(name).unwrap().unwrap().to_vec(),
            );
        }
    }
    workshop.remove();
}

#[test]
fn relocated_sections_of_all_machines_are_what_readelf_shows() {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), "machines-read");
    for (compiler, target) in READ {
        for version in [4, 5] {
            compile(&workshop, compiler, target, version, SOURCE);
            let object = open(&workshop, "a.o");
            compare(
                &format!("{target} {version}"),
                &object,
                &SectionAddresses::default(),
                |name| bytes(&workshop.run("readelf", ["-R", name, "a.o"])),
            );
        }
    }
    workshop.remove();
}

/// The bytes of a dump: `  0x00000010 01020304 05060708 090a0b0c 0d0e0f10 ................`
fn bytes(dump: &str) -> Vec<u8> {
    let lines = dump.lines().filter(|line| line.starts_with("  0x"));
    let digits = lines.flat_map(|line| line[13..48].split_whitespace());
    let pairs = digits.flat_map(|word| (0..word.len()).step_by(2).map(move |at| &word[at..at + 2]));
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}
