//! Debug files: a kernel module's, and a user program's, loaded for a module of a dump.

use super::budget::rounds;
use super::questions::ask_trace;
use super::user_program;
use crate::lab::{Dump, search_options};
use spelunk::base::arch::Register;
use spelunk::object::{format_type, offsetof};
use spelunk::types::{TypeKind, TypeKinds};
use spelunk::unwind::Registers;
use spelunk::{
    FormatOptions, LoadRequest, Module, ModuleKind, Object, ObjectKinds, Program, QualifiedType,
    StackSource, Target,
};
use spelunk_debuginfo::DebugFile;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_synth::Random;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

const MODULE: &str = "brd";
const KINDS: TypeKinds = TypeKinds::COMPOUND
    .with(TypeKind::Enum)
    .with(TypeKind::Typedef)
    .with(TypeKind::Int);

/// Where the user program is.
const PROGRAM: Range<u64> = 0x40_0000..0x80_0000;

/// A debug file without its build ID, so that no index of it is kept.
struct Subject {
    bytes: Vec<u8>,
    /// Whether it is of the kernel's module; else it is of a module made by hand.
    is_of_kernel: bool,
    /// The names in it that the kernel does not have.
    names: Vec<String>,
    folder: Folder,
}

impl Subject {
    fn new(mut bytes: Vec<u8>, is_of_kernel: bool) -> Self {
        let parse =
            |bytes: &[u8]| ElfFile::parse(FileData::from_bytes("whole", bytes.to_vec())).unwrap();
        if let Some(note) = parse(&bytes).find_section(".note.gnu.build-id") {
            let name = usize::try_from(note.offset).unwrap() + 12;
            assert_eq!(bytes[name..name + 4], *b"GNU\0");
            bytes[name] = b'X';
        }
        let elf = parse(&bytes);
        assert!(elf.build_id().is_none());
        let file = DebugFile::new(elf, SectionAddresses::default(), 0);
        let names = file.index().unwrap().names();
        let names = names.filter_map(|(name, _)| String::from_utf8(name.to_vec()).ok());
        let mut subject = Self {
            names: names.collect(),
            bytes,
            is_of_kernel,
            folder: Folder::new(),
        };
        let kernel = subject.load(&[]);
        subject.names.retain(|name| {
            let ty = kernel.find_type(KINDS, name, None).unwrap();
            ty.is_none() && !kernel.contains(name).unwrap()
        });
        subject
    }

    fn kernel_module() -> Self {
        let kernel = &search_options(&Dump::find("panic").release()).kernel_directories[0];
        let path = kernel
            .join("usr/lib/debug/lib/modules")
            .join(Dump::find("panic").release())
            .join("kernel/drivers/block/brd.ko");
        Self::new(std::fs::read(path).unwrap(), true)
    }

    /// The module that the file is given to.
    fn module(&self, program: &Program) -> Arc<Module> {
        if self.is_of_kernel {
            return program.module_by_name(MODULE).unwrap();
        }
        let kind = ModuleKind::Extra { id: 0 };
        let module = program.create_module(kind, "program").unwrap();
        if module.address_ranges().is_none() {
            let ranges = Some(vec![PROGRAM]);
            program.set_address_ranges(&module, ranges).unwrap();
        }
        module
    }

    /// The program with `bytes` as the module's debug file.
    fn load(&self, bytes: &[u8]) -> Arc<Program> {
        let program = spelunk::open(&[Dump::find("panic").file("conv/kdump.zlib.d31")], None);
        let program = program.unwrap();
        let mut options = search_options(program.os().unwrap().release().unwrap());
        program.debug_info_options().set(options.clone());
        let main = LoadRequest {
            main: true,
            ..LoadRequest::default()
        };
        program.load_debug_info(&main).unwrap();
        // Modules are found, but not their files.
        options.kernel_directories.clear();
        program.debug_info_options().set(options);
        program.load_debug_info(&LoadRequest::everything()).unwrap();
        let path = self.folder.0.join("module.debug");
        std::fs::write(&path, bytes).unwrap();
        let module = self.module(&program);
        if let Err(error) = program.try_file(&module, &path, true) {
            drop(error.to_string());
        }
        program
    }

    /// Asks for all that the file tells; returns how many answers were no errors.
    fn ask(&self, program: &Program) -> usize {
        let module = self.module(program);
        let start = module
            .address_ranges()
            .unwrap_or_default()
            .first()
            .map_or(0, |range| range.start);
        let mut answers = 0;
        for name in &self.names {
            if let Ok(Some(ty)) = program.find_type(KINDS, name, None) {
                answers += ask_type(program, ty, start);
            }
            let object = program.object(name, ObjectKinds::ANY, None);
            if let Ok(object) = object {
                answers += ask_object(program, &object);
                answers += ask_type(program, object.ty(), start);
            }
        }
        let Some(file) = module.debug_file() else {
            return answers;
        };
        for symbol in file.symbols().iter().take(100) {
            let _ = program.symbols_by_name(&symbol.name);
            let (half, end) = (symbol.size / 2, symbol.size.wrapping_sub(1));
            for offset in [0, 1, half, end] {
                answers += ask_address(program, symbol.address.wrapping_add(offset));
            }
        }
        answers
    }
}

fn ask_type(program: &Program, ty: QualifiedType, address: u64) -> usize {
    let text = format_type(program.types(), ty);
    let _ = offsetof(program, ty, "a.b[3].c");
    usize::from(text.is_ok()) + ask_object(program, &Object::at(ty, address))
}

fn ask_object(program: &Program, object: &Object) -> usize {
    let text = object.format(program, &FormatOptions::default());
    let _ = (object.read(program), object.to_bytes(program));
    let _ = (object.len(program), object.index(program, 1));
    let _ = (object.dereference(program), object.truth(program));
    let _ = (object.value(program), object.string(program));
    usize::from(text.is_ok())
}

fn ask_address(program: &Program, pc: u64) -> usize {
    let _ = program.symbols_by_address(pc);
    let places = program.source_location(pc);
    let mut answers = usize::from(places.is_ok());
    let pcs = StackSource::Pcs(vec![pc.wrapping_add(1)]);
    let mut registers = Registers::new(program.platform().unwrap().arch().unwrap());
    let stack = program
        .variable("init_task", None)
        .unwrap()
        .address()
        .unwrap();
    for number in 0..16 {
        registers.set(Register(number), stack);
    }
    registers.set(registers.arch().program_counter, pc);
    for source in [pcs, StackSource::Registers(registers)] {
        if let Ok(trace) = program.stack_trace(&source) {
            answers += ask_trace(program, &trace);
        }
    }
    answers
}

/// A folder that goes when the test ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("spelunk-hostile-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn cut_off_and_damaged(name: &str, few: u64, subject: &Subject) {
    let answers = subject.ask(&subject.load(&subject.bytes));
    assert!(answers > 50, "{name}: only {answers} answers");
    rounds(&format!("{name}, cut off"), few, |round| {
        let size = Random::new(round).below(subject.bytes.len());
        subject.ask(&subject.load(&subject.bytes[..size]));
    });
    rounds(&format!("{name}, damaged"), few, |round| {
        let mut random = Random::new(1_000_000 + round);
        let mut bytes = subject.bytes.clone();
        for _ in 0..1 << random.below(5) {
            random.damage(&mut bytes);
        }
        subject.ask(&subject.load(&bytes));
    });
}

#[test]
fn debug_file_of_a_module() {
    cut_off_and_damaged("module's debug file", 5, &Subject::kernel_module());
}

#[test]
fn debug_file_of_a_user_program() {
    let folder = Folder::new();
    let program = user_program::compile(&folder);
    let subject = Subject::new(std::fs::read(program).unwrap(), false);
    cut_off_and_damaged("user program's debug file", 5, &subject);
}
