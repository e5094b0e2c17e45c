//! Thread-local storage: where a thread has what stands in a module's `PT_TLS` segment.
//!
//! The executable's is right below the thread pointer, and so is that of libraries that were loaded with
//! it (Drepper, "ELF Handling For Thread-Local Storage", variant II). That of others is found through the
//! thread's vector of them (`dtv`), by the number that the dynamic linker gave the library. Where these
//! are in glibc's own structures, symbols tell that it has for debuggers (`nptl_db/structs.def`).

use super::link_map;
use super::process_memory::ProcessMemory;
use crate::{Error, Module, ModuleKind, Program, Result};
use spelunk_base::arch::{i386, x86_64};
use spelunk_base::{Architecture, ByteOrder, Cursor};
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
            let library = library(memory, debug, dynamic_address)?;
            match below_pointer(program, memory, library)? {
                Some(distance) => pointer.wrapping_sub(distance),
                None => {
                    let number = module_number(program, memory, library)?;
                    by_vector(program, memory, pointer, number)?
                }
            }
        }
        _ => return Err(unknown("such a module has none")),
    };
    Ok(memory.address(start, offset))
}

fn unknown(reason: &str) -> Error {
    Error::lookup(format!("thread-local storage was not found: {reason}"))
}

fn thread_pointer(memory: ProcessMemory<'_>, registers: &Registers) -> Result<u64> {
    let register = match memory.platform.architecture {
        Architecture::X86_64 => x86_64::FS_BASE,
        Architecture::I386 => i386::GS_BASE,
        architecture => {
            return Err(Error::not_implemented(format!(
                "thread-local storage of {architecture:?} cannot be found yet"
            )));
        }
    };
    let pointer = registers.get(register).filter(|pointer| *pointer != 0);
    pointer.ok_or_else(|| {
        unknown(match memory.platform.architecture {
            Architecture::I386 => {
                "the thread pointer is not known: the core has no NT_386_TLS notes, which gdb does \
                 not write; let the kernel write it"
            }
            _ => "the thread pointer is not known",
        })
    })
}

/// Sets the base of `gs` on i386, the thread pointer, from `areas`: an array of `struct user_desc`
/// (`arch/x86/include/uapi/asm/ldt.h`), one of which `gs` selects.
pub(super) fn set_thread_area(registers: &mut Registers, order: ByteOrder, areas: &[u8]) {
    const SIZE: usize = 16;
    if !std::ptr::eq(registers.arch(), &i386::ARCH) {
        return;
    }
    let Some(selector) = registers.get(i386::GS) else {
        return;
    };
    let bases = areas.chunks_exact(SIZE).filter_map(|area| {
        let mut cursor = Cursor::new(area, order);
        Some((cursor.u32().ok()?, cursor.u32().ok()?))
    });
    // The lower bits are the table and the privilege.
    let mut bases = bases.filter(|(number, _)| u64::from(*number) == selector >> 3);
    if let Some((_, base)) = bases.next() {
        registers.set(i386::GS_BASE, base.into());
    }
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

/// Where the dynamic linker's entry of the library is whose dynamic section is there.
fn library(memory: ProcessMemory<'_>, debug: u64, dynamic_address: u64) -> Result<u64> {
    let mut found = None;
    link_map::walk(memory, debug, &mut |library| {
        if library.dynamic_address == dynamic_address {
            found = Some(library.address);
        }
    })?;
    found.ok_or_else(|| unknown("the library is not in the dynamic linker's list"))
}

/// How far below the thread pointer the library's storage starts, if it is there for all threads
/// (`l_tls_offset` in glibc's `include/link.h`).
fn below_pointer(
    program: &Program,
    memory: ProcessMemory<'_>,
    library: u64,
) -> Result<Option<u64>> {
    let field = field(program, memory, "link_map_l_tls_offset")?;
    let distance = memory.word(memory.address(library, field.offset), 0)?;
    // `NO_TLS_OFFSET` and `FORCED_DYNAMIC_TLS_OFFSET`.
    let is_dynamic = distance == 0 || distance == memory.platform.address_mask();
    Ok((!is_dynamic).then_some(distance))
}

/// The number that the dynamic linker gave the library.
fn module_number(program: &Program, memory: ProcessMemory<'_>, library: u64) -> Result<u64> {
    let field = field(program, memory, "link_map_l_tls_modid")?;
    match memory.word(memory.address(library, field.offset), 0)? {
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
    let element = |number: u64| {
        let offset = elements.size.wrapping_mul(number);
        memory.address(vector, offset.wrapping_add(elements.offset))
    };
    // The element before the first is how many there are. More are made when the thread first looks
    // for what a library has that was loaded since.
    let count = memory.word(element(u64::MAX), 0)?;
    let start = match number <= count {
        true => memory.word(memory.address(element(number), value.offset), 0)?,
        false => 0,
    };
    // `TLS_DTV_UNALLOCATED`: likewise.
    if start == 0 || start == memory.platform.address_mask() {
        return Err(unknown(
            "the thread has not used that of the library yet, so that it has none",
        ));
    }
    Ok(start)
}
