//! The kernel for i386.
//!
//! Sources: `arch/x86/include/asm/page_32_types.h`, `arch/x86/kernel/vmcore_info_32.c`, `arch/x86/mm/init_32.c`.

use super::x86::inactive_task_frame;
use super::{KernelArch, Known, Sleeping, UserEntry};
use crate::access::{read_bytes, variable};
use crate::kernel::address_translation::DirectMap;
use crate::kernel::page_table::PageTable;
use spelunk_base::PhysAddr;
use spelunk_base::arch::{Arch, i386};
use spelunk_object::Object;
use spelunk_program::{EntryFrame, Machine, Program, Result};
use spelunk_unwind::{Memory, Registers};
use std::ops::Range;

/// What `CONFIG_PAGE_OFFSET` may be, the usual one first. The kernel's image and all memory that is always mapped are
/// this far from their physical addresses.
const PAGE_OFFSETS: [u64; 5] = [
    0xc000_0000,
    0xb000_0000,
    0x8000_0000,
    0x7800_0000,
    0x4000_0000,
];

/// How much is looked at in one step where a larger page would do.
const HUGE_PAGE: u64 = 1 << 21;

/// No image has more.
const MAX_IMAGE: u64 = 1 << 27;

pub(super) static KERNEL: KernelArch = KernelArch {
    find_page_table,
    image_map: |_, _| None,
    find_direct_map,
    image_range,
    // VMCOREINFO does not say, and the panic message denies it.
    kaslr_offset: |_| None,
    sleeping,
    is_of_kernel,
    entry_frame,
    previous_stack,
    user_entry: UserEntry {
        // `TOP_OF_KERNEL_STACK_PADDING` in `arch/x86/include/asm/thread_info.h`; the larger with CONFIG_VM86.
        padding: &[8, 16],
        is_of_user: |registers| registers.get(i386::CS) == Some(USER_CS),
        thread_registers: &[],
        compat: None,
    },
    return_address: |_, address| address,
};

fn find_page_table(known: &Known<'_>, machine: &dyn Machine) -> Option<PageTable> {
    let swapper = known.info.symbol("swapper_pg_dir")?;
    let is_pae = known.info.find("CONFIG_X86_PAE") == Some("y");
    let geometry = if is_pae {
        &i386::PAE
    } else {
        &i386::TWO_LEVELS
    };
    PAGE_OFFSETS
        .iter()
        .filter_map(|offset| swapper.checked_sub(*offset))
        .map(|root| PageTable {
            geometry,
            order: known.platform.byte_order,
            root: PhysAddr(root),
        })
        .find(|table| {
            machine.is_memory_given_later()
                || table.translate(known.memory, swapper) == Some(table.root)
        })
}

/// `PAGE_OFFSET`: by how much the page table itself, which is part of the image, is moved.
fn page_offset(known: &Known<'_>, table: &PageTable) -> Option<u64> {
    known
        .info
        .symbol("swapper_pg_dir")?
        .checked_sub(table.root.0)
}

/// Low memory: what fits below the addresses for all else. Where it ends, the page table tells.
fn find_direct_map(known: &Known<'_>, table: &PageTable) -> Option<DirectMap> {
    let base = page_offset(known, table)?;
    let is_mapped = |physical: &u64| {
        table.translate(known.memory, base.wrapping_add(*physical)) == Some(PhysAddr(*physical))
    };
    let size = (1u64 << 32).checked_sub(base)?;
    let end = (0..size / HUGE_PAGE)
        .map(|index| index.wrapping_mul(HUGE_PAGE))
        .find(|physical| !is_mapped(physical))?;
    Some(DirectMap {
        base,
        first: 0,
        last: end.checked_sub(1)?,
    })
}

/// From where it starts, which `_stext` does as well, to as far as it may reach: memory goes on behind it.
fn image_range(known: &Known<'_>, table: &PageTable) -> Option<Range<u64>> {
    let page = 1u64 << table.geometry.page_shift;
    let start = known.info.symbol("_stext")? & !(page - 1);
    let mapped = find_direct_map(known, table)?;
    let end = mapped.base.checked_add(mapped.last)?.checked_add(1)?;
    Some(start..end.min(start.checked_add(MAX_IMAGE)?))
}

fn sleeping(program: &Program, arch: &'static Arch, task: &Object) -> Result<Sleeping> {
    let members = [
        (i386::EIP, "ret_addr"),
        (i386::EBP, "bp"),
        (i386::EBX, "bx"),
        (i386::EDI, "di"),
        (i386::ESI, "si"),
    ];
    inactive_task_frame(program, arch, task, &members)
}

/// Stacks for interrupts begin with it (`execute_on_irq_stack()` in `irq_32.c`); those of tasks begin with
/// `STACK_END_MAGIC`.
fn previous_stack(program: &Program, sp: u64) -> Option<u64> {
    let size = variable(program, "THREAD_SIZE")
        .ok()?
        .to_u64(program)
        .ok()?;
    let start = sp & !size.checked_sub(1)?;
    let order = program.platform()?.byte_order;
    let previous = order.uint(&read_bytes(program, start, 4).ok()?);
    (previous != STACK_END_MAGIC).then_some(previous)
}

/// `include/uapi/linux/magic.h`
const STACK_END_MAGIC: u64 = 0x57ac_6e9d;

fn is_of_kernel(registers: &Registers) -> bool {
    // As on x86-64; but the kernel may be anywhere in the upper half, or lower.
    registers
        .get(i386::CS)
        .is_none_or(|selector| selector & 3 == 0)
}

/// `__KERNEL_CS`, `__KERNEL_DS` and `__USER_CS` in `arch/x86/include/asm/segment.h`.
const KERNEL_CS: u64 = 0x60;
const KERNEL_DS: u64 = 0x68;
const USER_CS: u64 = 0x73;

/// All ways into the kernel call C with the registers they saved on top of the stack (`SAVE_ALL` in `entry_32.S`).
fn entry_frame(program: &Program, registers: &Registers, stack: &dyn Memory) -> Option<EntryFrame> {
    let layout = &i386::ARCH.pt_regs;
    let start = registers.sp()?;
    let mut bytes = vec![0; layout.size];
    stack.read(start, &mut bytes).ok()?;
    let order = program.platform()?.byte_order;
    let mut saved = Registers::parse(&i386::ARCH, layout, order, &bytes);
    match (saved.get(i386::CS)?, saved.pc()?) {
        (USER_CS, _) => {}
        (KERNEL_CS, pc) => {
            program.find_symbol(pc).ok()??;
            // The processor saves the stack pointer only if it changes stacks, and the kernel itself since 5.4
            // (3c88c692c287): else the interrupted stack goes on behind what the processor saved.
            if saved.get(i386::SS) != Some(KERNEL_DS) {
                let (_, in_pt_regs) = layout.registers.iter().find(|field| field.0 == i386::ESP)?;
                saved.set(i386::ESP, start.checked_add(*in_pt_regs as u64)?);
                saved.forget(i386::SS);
            }
        }
        // A thread of the kernel starts with nothing saved.
        (0, 0) => return Some(EntryFrame::Outermost),
        _ => return None,
    }
    Some(EntryFrame::Saved(saved))
}
