//! Stacks of any registers, memory, code and tables, on each architecture.
//!
//! The input is a byte for the machine, two bytes for each of its registers, the size of the stack in two bytes, the stack,
//! and then sections ([`sections`]): those with addresses are in memory, too.

use super::any_os::{AnySystem, VMCOREINFO};
use super::sections;
use spelunk_base::arch::Register;
use spelunk_base::{Architecture, Platform};
use spelunk_elf::{ElfFile, FileData};
use spelunk_memory::{AddressSpace, FaultKind, SegmentFault, SegmentReader};
use spelunk_program::{
    Frame, ModuleKind, Program, StackOptions, StackSource, StackTrace, TailCallFrames,
};
use spelunk_unwind::Registers;
use std::path::Path;
use std::sync::Arc;

/// With the numbers of the machines in ELF.
pub(crate) const MACHINES: [(Architecture, u16); 3] = [
    (Architecture::X86_64, 62),
    (Architecture::I386, 3),
    (Architecture::Aarch64, 183),
];
/// Where the stack begins.
pub(crate) const STACK: u64 = 0x8000;
/// Stands for a register that is not known.
const UNKNOWN: u16 = u16::MAX;
/// Stands for -1.
const LAST: u16 = u16::MAX - 1;
/// Frames that are asked for all they know.
const MAX_FRAMES: usize = 40;

struct Bytes(Vec<u8>);

impl SegmentReader for Bytes {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let kind = FaultKind::Reader;
        let fault = SegmentFault { offset, kind };
        let start = usize::try_from(offset).map_err(|_| fault)?;
        let found = self.0.get(start..).and_then(|rest| rest.get(..buf.len()));
        buf.copy_from_slice(found.ok_or(fault)?);
        Ok(())
    }
}

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Some((program, registers)) = open(data) else {
        return;
    };
    for source in [
        StackSource::Pcs(registers.iter().map(|(_, value)| value).collect()),
        StackSource::Registers(registers),
    ] {
        let trace = program.stack_trace_with(
            &source,
            StackOptions {
                tail_calls: TailCallFrames::PutBack,
                ..StackOptions::default()
            },
        );
        ask(&program, &trace.unwrap());
    }
}

/// The program, and the registers to begin with.
pub(crate) fn open(data: &[u8]) -> Option<(Arc<Program>, Registers)> {
    let (machine, rest) = data.split_first()?;
    let (architecture, machine) = MACHINES.get(usize::from(machine % 4))?;
    let platform = Platform::of(*architecture);
    let (registers, rest) = registers(platform, rest)?;
    let (size, rest) = rest.split_first_chunk()?;
    let size = usize::from(u16::from_le_bytes(*size)).min(rest.len());
    let (stack, rest) = rest.split_at(size);
    let (main, other) = sections::unpack(*machine, rest)?;
    let program = Program::new(Some(platform));
    let opened = program.open_custom(VMCOREINFO, false, &[&AnySystem::default()]);
    opened.unwrap();
    add(&program, STACK, stack.to_vec());
    let folder = spelunk_synth::own_folder("stacks");
    if std::fs::create_dir_all(&folder).is_ok() {
        if let Some((name, bytes)) = other {
            let _ = std::fs::write(folder.join(name), bytes);
        }
        load(&program, &folder.join("main"), main);
        let _ = std::fs::remove_dir_all(&folder);
    }
    Some((program, registers))
}

fn registers(platform: Platform, mut rest: &[u8]) -> Option<(Registers, &[u8])> {
    let mut registers = Registers::new(platform.arch()?);
    for number in 0..registers.arch().registers.len() {
        let (value, behind) = rest.split_first_chunk()?;
        rest = behind;
        let register = Register(u8::try_from(number).ok()?);
        match u16::from_le_bytes(*value) {
            UNKNOWN => {}
            LAST => registers.set(register, u64::MAX),
            value => registers.set(register, value.into()),
        }
    }
    Some((registers, rest))
}

fn add(program: &Program, address: u64, bytes: Vec<u8>) {
    let size = bytes.len() as u64;
    let reader = Arc::new(Bytes(bytes));
    program.add_memory_segment(AddressSpace::Virtual, address, size, reader);
}

/// Loads a file as a module, and its sections into memory.
fn load(program: &Program, path: &Path, bytes: Vec<u8>) {
    let _ = std::fs::write(path, &bytes);
    let Ok(elf) = ElfFile::parse(FileData::from_bytes("input", bytes)) else {
        return;
    };
    for section in elf.sections() {
        if section.address != 0
            && let Ok(data) = elf.data_of(section)
        {
            add(program, section.address, data.to_vec());
        }
    }
    // An index of a file with a build ID would be kept on disk.
    if elf.build_id().is_some() {
        return;
    }
    if let Ok(module) = program.create_module(ModuleKind::Extra { id: 0 }, "input") {
        let range = 0xe00..STACK;
        let _ = program.set_address_ranges(&module, Some([range].into()));
        let _ = program.try_file(&module, path, true);
    }
}

fn ask(program: &Program, trace: &StackTrace) {
    let _ = (trace.end().to_string(), trace.format(program));
    let _ = trace.signature(program, 5);
    for frame in trace.frames().iter().take(MAX_FRAMES) {
        ask_frame(program, frame);
    }
}

fn ask_frame(program: &Program, frame: &Frame) {
    let _ = (
        frame.name(program),
        frame.qualified_name(),
        frame.source().is_ok(),
    );
    let _ = (
        frame.symbol(program).is_ok(),
        frame.register_values().count(),
    );
    for value in frame.local_values(program).unwrap_or_default() {
        let _ = format!("{value:?}");
    }
    for name in frame.locals().unwrap_or_default() {
        let _ = frame.find_explained(program, &name);
    }
}
