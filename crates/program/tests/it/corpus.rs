//! The seeds of the fuzz targets of this crate.

#[path = "../../../../fuzz/bodies/process_core.rs"]
mod process_core;

use spelunk_synth::elf::{self as synth, ElfBuilder, Segment, note};
use spelunk_synth::{Encoding, Writer, exercise};

/// Where the executable is, with all that it has.
const BASE: u64 = 0x40_0000;
/// Offsets there.
const DYNAMIC: u64 = 0x200;
const NOTES: u64 = 0x300;
const DEBUG: u64 = 0x400;
const LINKS: u64 = 0x500;
const NAME: u64 = 0x700;
const STACK: u64 = 0x800;
const EM_386: u16 = 3;
const PT_DYNAMIC: u32 = 2;

/// An executable in memory, whose dynamic linker loaded it twice more, and lists it in a circle.
fn memory(encoding: Encoding) -> Vec<u8> {
    let word = encoding.word() as u64;
    let (class, order) = (1 + u8::from(word == 8), 1 + u8::from(encoding.big_endian));
    let (header_size, entry_size) = if word == 8 { (64, 56) } else { (52, 32) };
    let mut memory = Writer::new(encoding);
    memory.put(b"\x7fELF").put(&[class, order, 1]).pad_to(16);
    memory.u16(synth::ET_EXEC).u16(synth::EM_X86_64).u32(1);
    memory.word(BASE).word(header_size).word(0).u32(0);
    for value in [header_size as u16, entry_size, 3, 0, 0, 0] {
        memory.u16(value);
    }
    for (kind, offset, size) in [
        (synth::PT_LOAD, 0, 0x1000),
        (PT_DYNAMIC, DYNAMIC, 0x40),
        (synth::PT_NOTE, NOTES, 0x24),
    ] {
        memory.u32(kind);
        if word == 8 {
            memory.u32(4);
        }
        memory
            .word(offset)
            .word(BASE + offset)
            .word(0)
            .word(size)
            .word(size);
        if word == 4 {
            memory.u32(4);
        }
        memory.word(4);
    }
    memory.pad_to(DYNAMIC as usize);
    // DT_DEBUG, DT_STRTAB, DT_SONAME
    for value in [21, BASE + DEBUG, 5, BASE + NAME, 14, 1, 0, 0] {
        memory.word(value);
    }
    memory.pad_to(NOTES as usize);
    memory.put(&note(encoding, 4, "GNU", synth::NT_GNU_BUILD_ID, &[7; 20]));
    memory.pad_to(DEBUG as usize);
    memory.word(1).word(BASE + LINKS).word(0).word(0).word(0);
    memory.pad_to(LINKS as usize);
    for number in 0..3u64 {
        let next = BASE + LINKS + (number + 1) % 3 * 8 * word;
        let dynamic = BASE + DYNAMIC + number * 16;
        memory.word(BASE).word(BASE + NAME).word(dynamic).word(next);
        memory.put(&vec![0; 4 * word as usize]);
    }
    memory.pad_to(NAME as usize);
    memory.put(b"/lib/name.so\0").pad_to(STACK as usize);
    for step in 0..8 {
        memory
            .word(BASE + STACK + step * 2 * word)
            .word(BASE + 0x10);
    }
    memory.pad_to(0x1000);
    let mut bytes = memory.bytes;
    bytes.truncate(0x1000);
    bytes
}

fn notes(encoding: Encoding) -> Vec<u8> {
    let is_wide = encoding.word() == 8;
    // The IDs are in their lowest byte.
    let lowest = if encoding.big_endian { 3 } else { 0 };
    let record = |size: usize, pid: usize| {
        let mut record = vec![0; size];
        record.splice(pid + lowest..=pid + lowest, [9]);
        record
    };
    let (status, info) = match is_wide {
        true => (record(336, 32), record(136, 24)),
        false => (record(144, 24), record(124, 12)),
    };
    let mut auxv = Writer::new(encoding);
    let headers = if is_wide { (64, 56) } else { (52, 32) };
    for (kind, value) in [
        (3, BASE + headers.0),
        (4, headers.1),
        (5, 3),
        (6, 4096),
        (33, BASE),
        (0, 0),
    ] {
        auxv.word(kind).word(value);
    }
    let mut files = Writer::new(encoding);
    files.word(2).word(4096);
    files.word(BASE).word(BASE + 0x1000).word(0);
    files.word(BASE + 0x1000).word(BASE + 0x3000).word(1);
    files.put(b"/nowhere/program\0/nowhere/program\0");
    let mut signal = Writer::new(encoding);
    signal.u32(11).u32(0).u32(1).align(encoding.word()).word(8);
    [
        note(encoding, 4, "CORE", synth::NT_PRSTATUS, &status),
        note(encoding, 4, "CORE", 3, &info),
        note(encoding, 4, "CORE", 0x5349_4749, &signal.bytes),
        note(encoding, 4, "CORE", 6, &auxv.bytes),
        note(encoding, 4, "CORE", 0x4649_4c45, &files.bytes),
        note(encoding, 4, "CORE", synth::NT_PRSTATUS, &status),
    ]
    .concat()
}

fn cores() -> Vec<Vec<u8>> {
    let core = |(encoding, machine): (Encoding, u16)| {
        ElfBuilder::new(encoding, synth::ET_CORE, machine)
            .segment(Segment {
                kind: synth::PT_NOTE,
                data: notes(encoding),
                ..Segment::default()
            })
            .segment(Segment {
                kind: synth::PT_LOAD,
                virtual_address: BASE,
                data: memory(encoding),
                memory_size: 0x3000,
                ..Segment::default()
            })
            .build()
    };
    let machines = Encoding::ALL
        .into_iter()
        .map(|encoding| match encoding.word() {
            8 => (encoding, synth::EM_X86_64),
            _ => (encoding, EM_386),
        });
    machines.map(core).collect()
}

#[test]
fn process_core() {
    exercise(&cores(), 200, process_core::run);
}

#[test]
fn seeds_have_modules_and_threads() {
    use spelunk_elf::FileData;
    use spelunk_image::Image;
    use spelunk_program::{ModuleKind, Program};
    for core in cores() {
        let image = Image::from_files(vec![FileData::from_bytes("core", core)]).unwrap();
        let program = Program::new(None);
        program.open_image(image, &[]).unwrap();
        program.create_loaded_modules().unwrap();
        let modules = program.modules();
        // The vdso stands for the executable; then there are two libraries that are the same.
        let libraries = modules
            .iter()
            .filter(|module| matches!(module.kind(), ModuleKind::SharedLibrary { .. }));
        assert_eq!(libraries.count(), 2);
        let main = modules.first().unwrap();
        assert_eq!(main.name(), "/nowhere/program");
        assert_eq!(main.build_id().unwrap().to_string(), "07".repeat(20));
        assert_eq!(program.main_thread().unwrap().tid, 9);
        assert!(program.os().unwrap().describe().contains("SIGSEGV at 0x8"));
    }
}
