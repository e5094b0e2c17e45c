//! Thread-local storage: where a thread has what stands in a module's `PT_TLS` segment.
//!
//! The executable's is right below the thread pointer (Drepper, "ELF Handling For Thread-Local Storage",
//! variant II). That of libraries is found through the thread's vector of them (`dtv`), by the number
//! that the dynamic linker gave the library. Where these are in glibc's own structures, symbols tell
//! that it has for debuggers (`nptl_db/structs.def`).

use super::link_map;
use super::process_memory::ProcessMemory;
use crate::{Error, Module, ModuleKind, Program, Result};
use spelunk_base::Architecture;
use spelunk_base::arch::x86_64::FS_BASE;
use spelunk_elf::constants::PT_TLS;
use spelunk_unwind::Registers;

/// The address of what stands at `offset` in the storage that the thread with these registers has for
/// `module`; `debug` is where the dynamic linker's list is.
pub(super) fn find(
    program: &Program,
    memory: ProcessMemory<'_>,
    registers: &Registers,
    module: &Module,
    debug: Option<u64>,
    offset: u64,
) -> Result<u64> {
    let pointer = thread_pointer(memory, registers)?;
    let start = match module.kind() {
        ModuleKind::Main => below(pointer, module)?,
        ModuleKind::SharedLibrary { dynamic_address } => {
            let debug =
                debug.ok_or_else(|| unknown("the dynamic linker has no list of libraries"))?;
            let number = module_number(program, memory, debug, dynamic_address)?;
            by_vector(program, memory, pointer, number)?
        }
        _ => return Err(unknown("such a module has none")),
    };
    Ok(memory.address(start, offset))
}

fn unknown(reason: &str) -> Error {
    Error::lookup(format!("thread-local storage was not found: {reason}"))
}

fn thread_pointer(memory: ProcessMemory<'_>, registers: &Registers) -> Result<u64> {
    if memory.platform.architecture != Architecture::X86_64 {
        return Err(Error::not_implemented(format!(
            "thread-local storage of {:?} cannot be found yet",
            memory.platform.architecture
        )));
    }
    let pointer = registers.get(FS_BASE).filter(|pointer| *pointer != 0);
    pointer.ok_or_else(|| unknown("the thread pointer is not known"))
}

/// The executable's storage, which ends at the thread pointer, aligned.
fn below(pointer: u64, module: &Module) -> Result<u64> {
    let file = module.file();
    let file = file.ok_or_else(|| unknown("the executable's file is missing"))?;
    let mut segments = file.debug().elf().segments().iter();
    let segment = segments
        .find(|segment| segment.kind == PT_TLS)
        .ok_or_else(|| unknown("the executable has none"))?;
    let alignment = segment.alignment.max(1);
    let mask = alignment.wrapping_sub(1);
    let first = segment.virtual_address.wrapping_neg() & mask;
    // `_dl_determine_tlsoffset()` in glibc's `elf/dl-tls.c`.
    let size = segment.memory_size.wrapping_sub(first).wrapping_add(mask) & !mask;
    Ok(pointer.wrapping_sub(size.wrapping_add(first)))
}

/// Where a field is: its size and offset in bytes.
struct Field {
    size: u64,
    offset: u64,
}

/// What glibc says of one of its fields: size in bits, number of elements, offset.
fn field(program: &Program, memory: ProcessMemory<'_>, name: &str) -> Result<Field> {
    let symbol = program.symbol_by_name(&format!("_thread_db_{name}"))?;
    let bytes = memory.bytes(symbol.address, 12)?;
    let number = |start: usize| {
        let bytes = bytes
            .get(start..start.saturating_add(4))
            .unwrap_or_default();
        memory.platform.byte_order.uint(bytes)
    };
    Ok(Field {
        size: number(0) / 8,
        offset: number(8),
    })
}

/// The number that the dynamic linker gave the library whose dynamic section is there.
fn module_number(
    program: &Program,
    memory: ProcessMemory<'_>,
    debug: u64,
    dynamic_address: u64,
) -> Result<u64> {
    let mut found = None;
    link_map::walk(memory, debug, &mut |library| {
        if library.dynamic_address == dynamic_address {
            found = Some(library.address);
        }
    })?;
    let library =
        found.ok_or_else(|| unknown("the library is not in the dynamic linker's list"))?;
    let field = field(program, memory, "link_map_l_tls_modid")?;
    let number = memory.word(memory.address(library, field.offset), 0)?;
    match number {
        0 => Err(unknown("the library has none")),
        number => Ok(number),
    }
}

/// The storage of the module with this number, by the thread's vector.
fn by_vector(
    program: &Program,
    memory: ProcessMemory<'_>,
    pointer: u64,
    number: u64,
) -> Result<u64> {
    let vector = field(program, memory, "pthread_dtvp")?;
    let elements = field(program, memory, "dtv_dtv")?;
    let value = field(program, memory, "dtv_t_pointer_val")?;
    let vector = memory.word(memory.address(pointer, vector.offset), 0)?;
    let element = elements
        .size
        .wrapping_mul(number)
        .wrapping_add(elements.offset)
        .wrapping_add(value.offset);
    let start = memory.word(memory.address(vector, element), 0)?;
    // `TLS_DTV_UNALLOCATED`: it is made when the thread first looks for it.
    if start == 0 || start == memory.platform.address_mask() {
        return Err(unknown("the thread has not used it yet"));
    }
    Ok(start)
}
