//! Where an x86-64 kernel's page table is, and what else of its memory is known beforehand.
//!
//! Sources: `Documentation/arch/x86/x86_64/mm.rst`, `arch/x86/kernel/vmcore_info_64.c`.

use super::x86::inactive_task_frame;
use super::{Compat, ImageMap, KernelArch, Known, Sleeping, UserEntry};
use crate::access::find_member;
use crate::kernel::address_translation::DirectMap;
use crate::kernel::page_table::PageTable;
use spelunk_base::arch::{Arch, i386, x86_64};
use spelunk_base::{Architecture, PhysAddr};
use spelunk_object::Object;
use spelunk_program::{Machine, Program, Result};
use spelunk_unwind::Registers;
use std::ops::Range;

/// `__START_KERNEL_map`: the kernel's image is mapped from here on, moved by KASLR; modules come after it.
const KERNEL_MAP: u64 = 0xffff_ffff_8000_0000;

/// `KERNEL_IMAGE_SIZE` where VMCOREINFO does not say: the larger of both, which kernels with KASLR have.
const KERNEL_IMAGE_SIZE: u64 = 1 << 30;

/// Size of the pages that map the kernel's image.
const HUGE_PAGE: u64 = 1 << 21;

/// The alignment of the direct map: KASLR moves it by entries of the second level from the root (`PUD_SIZE`, in
/// `arch/x86/mm/kaslr.c`).
const DIRECT_MAP_ALIGNMENT: u64 = 1 << 30;

/// `CR4.LA57`
const CR4_LA57: u64 = 1 << 12;

/// The bits of `CR3` that are an address, without the lowest 12, and without bit 12: that is set while user code runs
/// with a table of its own, beside the kernel's (`PTI_USER_PGTABLE_BIT` in `arch/x86/mm/pti.c`).
const CR3_ADDRESS: u64 = 0x000f_ffff_ffff_e000;

pub(super) static KERNEL: KernelArch = KernelArch {
    find_page_table,
    image_map,
    find_direct_map,
    image_range,
    kaslr_offset: |info| Some(info.kernel_offset().unwrap_or(0)),
    sleeping,
    is_of_kernel,
    // ORC tells of all code.
    entry_frame: |_, _, _| None,
    previous_stack: |_, _| None,
    user_entry: UserEntry {
        // `TOP_OF_KERNEL_STACK_PADDING` in `arch/x86/include/asm/thread_info.h`; with CONFIG_X86_FRED since 6.9
        // (65c9cc9e2c14).
        padding: &[0, 16],
        is_of_user: |registers| registers.get(x86_64::CS) == Some(USER_CODE_64),
        // Since 4.7 (296f781a4b7e).
        thread_registers: &[(x86_64::FS_BASE, "fsbase"), (x86_64::GS_BASE, "gsbase")],
        compat: Some(&COMPAT),
    },
    return_address: |_, address| address,
};

/// `__USER_CS`: code of 64 bits.
const USER_CODE_64: u64 = 0x33;

/// `__USER32_CS`: code of 32 bits.
const USER_CODE_32: u64 = 0x23;

/// Programs for i386.
static COMPAT: Compat = Compat {
    arch: &i386::ARCH,
    architecture: Architecture::I386,
    is_space: is_space_of_i386,
    is_of_user: |registers| registers.get(x86_64::CS) == Some(USER_CODE_32),
    registers: &[
        (i386::EAX, x86_64::RAX),
        (i386::EBX, x86_64::RBX),
        (i386::ECX, x86_64::RCX),
        (i386::EDX, x86_64::RDX),
        (i386::ESI, x86_64::RSI),
        (i386::EDI, x86_64::RDI),
        (i386::EBP, x86_64::RBP),
        (i386::ESP, x86_64::RSP),
        (i386::EIP, x86_64::RIP),
        (i386::EFLAGS, x86_64::RFLAGS),
        (i386::CS, x86_64::CS),
        (i386::SS, x86_64::SS),
    ],
};

/// `mm_context_t` in `arch/x86/include/asm/mmu.h`.
fn is_space_of_i386(program: &Program, space: &Object) -> Result<bool> {
    /// `MM_CONTEXT_UPROBE_IA32`, the first flag.
    const IA32: u64 = 1;
    /// What stood in a member of its own before there were flags: the thread's flag.
    const TIF_IA32: u64 = 17;
    let context = space.member(program, "context")?;
    if let Some(flags) = find_member(program, &context, "flags")? {
        return Ok(flags.to_u64(program)? & IA32 != 0);
    }
    match find_member(program, &context, "ia32_compat")? {
        Some(flag) => Ok(flag.to_u64(program)? == TIF_IA32),
        None => Ok(false),
    }
}

/// What is added to an address in the kernel's image for its physical address.
fn image_offset(known: &Known<'_>, machine: &dyn Machine) -> Option<u64> {
    // `phys_base` may be negative. VMCOREINFO has it since 4.10; makedumpfile's header always did.
    let base = match known.info.number("phys_base") {
        Some(base) => base.cast_unsigned(),
        None => machine.phys_base()?,
    };
    Some(base.wrapping_sub(KERNEL_MAP))
}

/// `KERNEL_IMAGE_SIZE`
fn image_size(known: &Known<'_>) -> u64 {
    known
        .info
        .number("KERNEL_IMAGE_SIZE")
        .and_then(|size| u64::try_from(size).ok())
        .unwrap_or(KERNEL_IMAGE_SIZE)
}

fn image_map(known: &Known<'_>, machine: &dyn Machine) -> Option<ImageMap> {
    Some(ImageMap {
        start: KERNEL_MAP,
        size: image_size(known),
        physical: KERNEL_MAP.wrapping_add(image_offset(known, machine)?),
    })
}

fn find_page_table(known: &Known<'_>, machine: &dyn Machine) -> Option<PageTable> {
    let (info, memory) = (known.info, known.memory);
    let swapper = info
        .symbol("swapper_pg_dir")
        // `SYMBOL(init_top_pgt)` is the same table, by its newer name.
        .or_else(|| info.symbol("init_top_pgt"));
    let table = |five_levels: bool, root| PageTable {
        geometry: if five_levels {
            &x86_64::FIVE_LEVELS
        } else {
            &x86_64::FOUR_LEVELS
        },
        order: known.platform.byte_order,
        root: PhysAddr(root),
    };
    if let (Some(swapper), Some(offset)) = (swapper, image_offset(known, machine)) {
        // Kernels that cannot have five levels do not say.
        let five_levels = info.number("pgtable_l5_enabled").unwrap_or(0) != 0;
        let table = table(five_levels, swapper.wrapping_add(offset));
        let itself = table.translate(memory, swapper);
        if itself == Some(table.root) || machine.is_memory_given_later() {
            return Some(table);
        }
    }
    // A dump by a hypervisor may know the registers, but not the kernel's own notes. All tables map the kernel alike.
    let cpus = machine.control_registers();
    cpus.into_iter().find_map(|[_, _, _, cr3, cr4]| {
        let table = table(cr4 & CR4_LA57 != 0, cr3 & CR3_ADDRESS);
        table.translate(memory, info.symbol("_stext")?)?;
        Some(table)
    })
}

/// `PAGE_OFFSET`, `page_offset_base`.
///
/// It is the first thing in the kernel's half of the table (`mm.rst`). The page table itself has to be in it, too.
fn find_direct_map(known: &Known<'_>, table: &PageTable) -> Option<DirectMap> {
    let (mapped, physical) = first_mapped(known, table)?;
    let base = mapped.wrapping_sub(physical.0);
    let found = table.translate(known.memory, base.wrapping_add(table.root.0));
    (base % DIRECT_MAP_ALIGNMENT == 0 && found == Some(table.root)).then(|| DirectMap::whole(base))
}

/// The lowest address in the kernel's half that is mapped, and where to.
fn first_mapped(known: &Known<'_>, table: &PageTable) -> Option<(u64, PhysAddr)> {
    let mut base = *table.geometry.kernel_addresses().start();
    // Each level is looked through for its first entry; that is bounded by 512 for each level.
    for level in table.geometry.levels {
        let count = 1u64.checked_shl(level.bits)?;
        let mut candidates = (0..count)
            .map(|index| base.wrapping_add(index.wrapping_shl(level.shift)))
            .take_while(|address| *address >= base);
        base = candidates.find(|address| table.maps_below(known.memory, *address, level.shift))?;
    }
    Some((base, table.translate(known.memory, base)?))
}

/// To whole pages of 2 MiB: from where the text begins to the last page that is mapped before the modules' addresses.
fn image_range(known: &Known<'_>, table: &PageTable) -> Option<Range<u64>> {
    // `_stext` is behind the first bytes of the image in some versions, but on its first page.
    let start = known.info.symbol("_stext")? & !(HUGE_PAGE - 1);
    let limit = KERNEL_MAP.checked_add(image_size(known))?;
    let pages = limit.checked_sub(start)? / HUGE_PAGE;
    // Memory of the image that was freed after the start leaves holes in the middle.
    let last = (0..pages)
        .rev()
        .filter_map(|page| start.checked_add(page.checked_mul(HUGE_PAGE)?))
        .find(|address| table.maps_below(known.memory, *address, 21))?;
    Some(start..last.checked_add(HUGE_PAGE)?)
}

fn sleeping(program: &Program, arch: &'static Arch, task: &Object) -> Result<Sleeping> {
    let members = [
        (x86_64::RIP, "ret_addr"),
        (x86_64::RBP, "bp"),
        (x86_64::RBX, "bx"),
        (x86_64::R12, "r12"),
        (x86_64::R13, "r13"),
        (x86_64::R14, "r14"),
        (x86_64::R15, "r15"),
    ];
    inactive_task_frame(program, arch, task, &members)
}

fn is_of_kernel(registers: &Registers) -> bool {
    // The lowest bits of the code segment are the privilege level. Where it is not known, the address tells: the
    // kernel's half is the upper one.
    match registers.get(x86_64::CS) {
        Some(selector) => selector & 3 == 0,
        None => registers.pc().is_none_or(|pc| pc >> 63 != 0),
    }
}
