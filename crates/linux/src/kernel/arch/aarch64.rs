//! The kernel for AArch64.
//!
//! Sources: `Documentation/arm64/memory.rst`, `arch/arm64/include/asm/{memory,ptrace,stacktrace}.h`,
//! `arch/arm64/kernel/{crash_core.c,entry.S}`.

use super::{ImageMap, KernelArch, Known, Sleeping, UserEntry};
use crate::access::{Field, find_type_named, read_bytes, read_word};
use crate::kernel::address_translation::DirectMap;
use crate::kernel::page_table::PageTable;
use spelunk_base::arch::aarch64::{ARCH, PC, PSTATE, SP, X19, X29, X30};
use spelunk_base::arch::{Arch, PageTableGeometry, Register};
use spelunk_base::{ByteOrder, PhysAddr};
use spelunk_elf::constants::STT_FUNC;
use spelunk_image::Vmcoreinfo;
use spelunk_object::{Object, sizeof};
use spelunk_program::{EntryFrame, Machine, Program, Result};
use spelunk_unwind::{Memory, Registers};
use std::ops::Range;

/// The alignment of the image's sections, the size of the largest pages (`SEGMENT_ALIGN`).
const SEGMENT_ALIGN: u64 = 1 << 16;

/// What stands before `_stext`, the image's header, takes no more, aligned as the image is (`MIN_KIMG_ALIGN`).
const MAX_HEADER: u64 = 1 << 21;

/// No image has more.
const MAX_IMAGE: u64 = 1 << 28;

pub(super) static KERNEL: KernelArch = KernelArch {
    find_page_table,
    image_map,
    find_direct_map,
    image_range,
    kaslr_offset: |info| Some(info.kernel_offset().unwrap_or(0)),
    sleeping,
    is_of_kernel,
    entry_frame,
    previous_stack: |_, _| None,
    user_entry: UserEntry {
        padding: &[0],
        // Threads of the kernel have nothing there.
        is_of_user: |registers| {
            let is_64_bit = registers.get(PSTATE).is_some_and(|state| state & MODE == 0);
            is_64_bit && registers.pc().is_some_and(|pc| pc != 0)
        },
        thread_registers: &[],
        compat: None,
    },
    return_address,
};

/// `kimage_voffset`: what is taken from an address in the kernel's image for its physical address.
fn image_offset(known: &Known<'_>) -> Option<u64> {
    Some(known.info.number("kimage_voffset")?.cast_unsigned())
}

fn find_page_table(known: &Known<'_>, machine: &dyn Machine) -> Option<PageTable> {
    let swapper = known.info.symbol("swapper_pg_dir")?;
    let root = PhysAddr(swapper.wrapping_sub(image_offset(known)?));
    let page_size = known.info.page_size()?;
    let configured = number(known.info, "VA_BITS")?;
    // A kernel that is made for 52 bits makes do with less if the machine has no more (`vabits_actual`).
    let actual = number(known.info, "TCR_EL1_T1SZ").and_then(|size| 64u32.checked_sub(size));
    // With 64 KiB pages the table has its larger form on any machine, and its end is what a smaller one would be.
    let is_largest = page_size == 1 << 16;
    let likely = actual.filter(|_| !is_largest).unwrap_or(configured);
    let mut forms: Vec<&PageTableGeometry> = ARCH
        .page_tables
        .iter()
        .copied()
        .filter(|form| 1 << form.page_shift == page_size)
        .collect();
    forms.sort_by_key(|form| form.virtual_bits != likely);
    let table = |geometry| PageTable {
        geometry,
        order: known.platform.byte_order,
        root,
    };
    let is_right = |table: &PageTable| {
        machine.is_memory_given_later() || table.translate(known.memory, swapper) == Some(root)
    };
    forms.into_iter().map(table).find(is_right)
}

fn number(info: &Vmcoreinfo, name: &str) -> Option<u32> {
    u32::try_from(info.number(name)?).ok()
}

fn image_map(known: &Known<'_>, _: &dyn Machine) -> Option<ImageMap> {
    let start = known.info.symbol("_stext")? & !(MAX_HEADER - 1);
    Some(ImageMap {
        start,
        size: MAX_IMAGE,
        physical: start.wrapping_sub(image_offset(known)?),
    })
}

/// `PAGE_OFFSET`, less where memory starts (`memstart_addr`, which KASLR moves).
fn find_direct_map(known: &Known<'_>, table: &PageTable) -> Option<DirectMap> {
    let memory_start = known.info.number("PHYS_OFFSET")?.cast_unsigned();
    let bits = number(known.info, "VA_BITS")?;
    // Until 5.4 the map was in the upper half of the kernel's addresses (14c127c957c1).
    let page_offsets = [Some(bits), bits.checked_sub(1)];
    page_offsets
        .into_iter()
        .filter_map(|bits| u64::MAX.checked_shl(bits?))
        .map(|page_offset| page_offset.wrapping_sub(memory_start))
        .find(|base| {
            let itself = base.wrapping_add(table.root.0);
            table.translate(known.memory, itself) == Some(table.root)
        })
        .map(DirectMap::whole)
}

fn image_range(known: &Known<'_>, table: &PageTable) -> Option<Range<u64>> {
    let text = known.info.symbol("_stext")? & !(SEGMENT_ALIGN - 1);
    let offset = image_offset(known)?;
    let is_of_image = |address: &u64| {
        let physical = address.wrapping_sub(offset);
        table.translate(known.memory, *address) == Some(PhysAddr(physical))
    };
    let segments =
        |size: u64| (0..size / SEGMENT_ALIGN).map(|index| index.wrapping_mul(SEGMENT_ALIGN));
    let start = segments(MAX_HEADER)
        .map(|distance| text.wrapping_sub(distance))
        .take_while(is_of_image)
        .last()?;
    // Memory of the image that was freed after the start leaves a hole in the middle.
    let last = segments(MAX_IMAGE)
        .rev()
        .map(|distance| text.wrapping_add(distance))
        .find(is_of_image)?;
    let page = 1u64 << table.geometry.page_shift;
    let end = (0..SEGMENT_ALIGN / page)
        .map(|index| last.wrapping_add(index.wrapping_mul(page)))
        .take_while(is_of_image)
        .last()?;
    Some(start..end.checked_add(page)?)
}

/// `struct cpu_context`, which `cpu_switch_to()` saves.
fn sleeping(program: &Program, arch: &'static Arch, task: &Object) -> Result<Sleeping> {
    let thread = task.member(program, "thread")?;
    let context = thread.member(program, "cpu_context")?.read(program)?;
    let value = |member: &str| context.member(program, member)?.to_u64(program);
    let mut registers = Registers::new(arch);
    for (number, member) in (X19.0..).zip([
        "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28",
    ]) {
        registers.set(Register(number), value(member)?);
    }
    let frame = value("fp")?;
    for (register, value) in [(X29, frame), (SP, value("sp")?), (PC, value("pc")?)] {
        registers.set(register, value);
    }
    Ok(Sleeping {
        registers,
        // The frame record of `__switch_to()`.
        on_stack: read_word(program, frame.wrapping_add(8)).ok(),
    })
}

/// The bits of `pstate` that say at which exception level code runs (`PSR_MODE_MASK` without the one for AArch32).
const EXCEPTION_LEVEL: u64 = 0xf;

/// `PSR_MODE_MASK`: nothing of it is set for user code of AArch64.
const MODE: u64 = 0x1f;

fn is_of_kernel(registers: &Registers) -> bool {
    match registers.get(PSTATE) {
        Some(pstate) => pstate & EXCEPTION_LEVEL != 0,
        // Bit 55 tells the halves of the address space apart, whatever is in those above.
        None => registers.pc().is_none_or(|pc| pc & (1 << 55) != 0),
    }
}

/// What `call_on_irq_stack()` in entry.S saved: the function that it calls runs on another stack.
///
/// It has no unwinding information, and its frame record is the first thing on the stack that it leaves.
fn stack_change(program: &Program, registers: &Registers, stack: &dyn Memory) -> Option<Registers> {
    /// `blr x1`
    const CALL: u64 = 0xd63f_0020;
    let call = registers.pc()?.checked_sub(4)?;
    if &*program.find_symbol(call).ok()??.name != "call_on_irq_stack" {
        return None;
    }
    let instruction = read_bytes(program, call, 4).ok()?;
    // Instructions are little-endian, whatever data are.
    if ByteOrder::Little.uint(&instruction) != CALL {
        return None;
    }
    let record = registers.get(X29)?;
    let (frame, address) = read_record(program, stack, record)?;
    let mut caller = registers.clone();
    for (register, value) in [
        (X29, frame),
        (X30, address),
        (PC, address),
        (SP, record.checked_add(16)?),
    ] {
        caller.set(register, value);
    }
    Some(caller)
}

/// The caller of a function of which no more than the start ran.
///
/// Situation: kernels with ftrace keep two instructions at each function's start for it, and what unwinds functions
/// begins behind them (GCC's `-fpatchable-function-entry`, `arch/arm64/Makefile`). Evidence: of 6.1's, FDEs begin 8 bytes
/// after symbols. Remedy: neither instruction moves the stack pointer or the return address.
fn before_prologue(program: &Program, registers: &Registers) -> Option<Registers> {
    const SIZE: u64 = 8;
    let pc = registers.pc()?;
    let symbol = program.find_symbol(pc).ok()??;
    if symbol.kind != STT_FUNC || pc.wrapping_sub(symbol.address) >= SIZE {
        return None;
    }
    let address = registers.get(X30)?;
    // One that was entered by a jump in assembly has no caller there.
    program.find_symbol(address).ok()??;
    let mut caller = registers.clone();
    caller.set(PC, address);
    Some(caller)
}

/// Whether the code at `pc` is what runs as user code is interrupted, and goes on to save the user's registers: where
/// that code was, `ELR_EL1` tells, which no dump has.
///
/// In entry.S: `vectors`, 16 entries of 128 bytes, the last eight of them for user code (Arm Architecture Reference
/// Manual, D1.3.1.5); `el0t_64_sync` and others, before 5.14 `el0_sync` and others.
fn is_user_entry(program: &Program, pc: u64) -> bool {
    const VECTORS: Range<u64> = 0x400..0x800;
    let symbol = program.find_symbol(pc).ok().flatten();
    symbol.is_some_and(|symbol| match &*symbol.name {
        "vectors" => VECTORS.contains(&pc.wrapping_sub(symbol.address)),
        name => name.starts_with("el0t_") || name.starts_with("el0_"),
    })
}

/// As the kernel is entered it saves all registers (`kernel_entry` in entry.S) and makes a frame record in the same
/// structure, to which the frame pointer leads.
fn entry_frame(program: &Program, registers: &Registers, stack: &dyn Memory) -> Option<EntryFrame> {
    let called = stack_change(program, registers, stack);
    if let Some(caller) = called.or_else(|| before_prologue(program, registers)) {
        return Some(EntryFrame::Called(caller));
    }
    record_of_entry(program, registers, stack)
        .or_else(|| is_user_entry(program, registers.pc()?).then_some(EntryFrame::OfUser))
}

/// What `kernel_entry` saved where the frame pointer leads to its record.
fn record_of_entry(
    program: &Program,
    registers: &Registers,
    stack: &dyn Memory,
) -> Option<EntryFrame> {
    let record = registers.get(X29)?;
    let pt_regs = find_type_named(program, "struct pt_regs").ok()??;
    let in_pt_regs = Field::new(program, pt_regs, "stackframe").ok()?;
    let start = record.checked_sub(in_pt_regs.offset)?;
    let size = sizeof(program.types(), pt_regs).ok()?;
    /// Far more than the structure has.
    const MOST: u64 = 1 << 12;
    let mut bytes = vec![0; usize::try_from(size.min(MOST)).ok()?];
    stack.read(start, &mut bytes).ok()?;
    let order = program.platform()?.byte_order;
    let saved = Registers::parse(&ARCH, &ARCH.pt_regs, order, &bytes);
    let (frame, address) = read_record(program, stack, record)?;
    // Since 6.13 the record is empty and its kind is told behind it (c2c6b27b5aa1); before, it is that of the
    // interrupted function, and empty where user code was interrupted, or nothing.
    let leads_on = match find_type_named(program, "struct frame_record_meta").ok()? {
        Some(meta) => {
            /// `FRAME_META_TYPE_FINAL`, `FRAME_META_TYPE_PT_REGS`
            const KINDS: std::ops::RangeInclusive<u64> = 1..=2;
            let kind = Field::new(program, meta, "type").ok()?;
            let kind = read_stack(program, stack, kind.at(record))?;
            (frame, address) == (0, 0) && KINDS.contains(&kind)
        }
        None if is_of_kernel(&saved) => {
            (Some(frame), Some(address)) == (saved.get(X29), saved.pc())
        }
        None => (frame, address) == (0, 0),
    };
    if !leads_on {
        return None;
    }
    // Threads of the kernel, and the first ones of processors, have the structure too, with nothing in it.
    match saved.pc() {
        Some(0) | None => Some(EntryFrame::Outermost),
        Some(_) => Some(EntryFrame::Saved(saved)),
    }
}

/// The two words of a frame record: the caller's frame pointer, and the return address.
fn read_record(program: &Program, stack: &dyn Memory, record: u64) -> Option<(u64, u64)> {
    let frame = read_stack(program, stack, record)?;
    Some((frame, read_stack(program, stack, record.checked_add(8)?)?))
}

fn read_stack(program: &Program, stack: &dyn Memory, address: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    stack.read(address, &mut bytes).ok()?;
    Some(program.platform()?.byte_order.uint(&bytes))
}

/// Pointer authentication signs return addresses in bits that an address does not need.
fn return_address(info: &Vmcoreinfo, address: u64) -> u64 {
    let signed = info.number("KERNELPACMASK").unwrap_or(0).cast_unsigned();
    match address & (1 << 55) {
        0 => address & !signed,
        _ => address | signed,
    }
}
