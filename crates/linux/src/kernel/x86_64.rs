//! Where an x86-64 kernel's page table is, and what else of its memory is known beforehand.
//!
//! Sources: `Documentation/arch/x86/x86_64/mm.rst`, `arch/x86/kernel/vmcore_info_64.c`.

use super::physical::PhysicalMemory;
use spelunk_base::PhysAddr;
use spelunk_base::arch::{PageTableGeometry, x86_64};
use spelunk_image::Vmcoreinfo;
use spelunk_memory::{ReadMemory, translate};
use spelunk_program::Machine;
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

/// The page table that an x86-64 kernel runs with.
pub(super) struct PageTable {
    pub(super) geometry: &'static PageTableGeometry,
    pub(super) root: PhysAddr,
}

/// What is added to an address in the kernel's image for its physical address.
pub(super) fn image_offset(info: &Vmcoreinfo, machine: &dyn Machine) -> Option<u64> {
    // `phys_base` may be negative. VMCOREINFO has it since 4.10; makedumpfile's header always did.
    let base = match info.number("phys_base") {
        Some(base) => base.cast_unsigned(),
        None => machine.phys_base()?,
    };
    Some(base.wrapping_sub(KERNEL_MAP))
}

/// Where the kernel's image may be: addresses, and their physical ones.
pub(super) fn image_map(info: &Vmcoreinfo, machine: &dyn Machine) -> Option<(u64, u64, u64)> {
    let size = info
        .number("KERNEL_IMAGE_SIZE")
        .and_then(|size| u64::try_from(size).ok());
    let offset = image_offset(info, machine)?;
    let size = size.unwrap_or(KERNEL_IMAGE_SIZE);
    Some((KERNEL_MAP, size, KERNEL_MAP.wrapping_add(offset)))
}

/// Finds the page table.
pub(super) fn find_page_table(
    info: &Vmcoreinfo,
    machine: &dyn Machine,
    memory: &PhysicalMemory,
) -> Option<PageTable> {
    let stext = info.symbol("_stext");
    let swapper = info
        .symbol("swapper_pg_dir")
        // `SYMBOL(init_top_pgt)` is the same table, by its newer name.
        .or_else(|| info.symbol("init_top_pgt"));
    let geometry = |five_levels: bool| {
        if five_levels {
            &x86_64::FIVE_LEVELS
        } else {
            &x86_64::FOUR_LEVELS
        }
    };
    if let (Some(swapper), Some(offset)) = (swapper, image_offset(info, machine)) {
        // Kernels that cannot have five levels do not say.
        let five_levels = info.number("pgtable_l5_enabled").unwrap_or(0) != 0;
        let table = PageTable {
            geometry: geometry(five_levels),
            root: PhysAddr(swapper.wrapping_add(offset)),
        };
        let itself = table.translate(memory, swapper);
        if itself == Some(table.root) || machine.is_memory_given_later() {
            return Some(table);
        }
    }
    // A dump by a hypervisor may know the registers, but not the kernel's own notes. All tables map the kernel alike.
    let cpus = machine.control_registers();
    cpus.into_iter().find_map(|[_, _, _, cr3, cr4]| {
        let table = PageTable {
            geometry: geometry(cr4 & CR4_LA57 != 0),
            root: PhysAddr(cr3 & CR3_ADDRESS),
        };
        table.translate(memory, stext?)?;
        Some(table)
    })
}

impl PageTable {
    fn translate(&self, memory: &dyn ReadMemory, address: u64) -> Option<PhysAddr> {
        let order = spelunk_base::ByteOrder::Little;
        let found = translate(memory, self.geometry, order, self.root, address).ok()?;
        Some(found.physical)
    }

    /// The address at which physical memory is mapped as a whole: `PAGE_OFFSET`, `page_offset_base`.
    ///
    /// It is the first thing in the kernel's half of the table (`mm.rst`). The page table itself has to be in it, too.
    pub(super) fn find_direct_map(&self, memory: &PhysicalMemory) -> Option<u64> {
        let (mapped, physical) = self.first_mapped(memory)?;
        let base = mapped.wrapping_sub(physical.0);
        let table = self.translate(memory, base.wrapping_add(self.root.0));
        (base % DIRECT_MAP_ALIGNMENT == 0 && table == Some(self.root)).then_some(base)
    }

    /// The lowest address in the kernel's half that is mapped, and where to.
    fn first_mapped(&self, memory: &PhysicalMemory) -> Option<(u64, PhysAddr)> {
        let mut base = u64::MAX.checked_shl(self.geometry.virtual_bits.checked_sub(1)?)?;
        // Each level is looked through for its first entry; that is bounded by 512 for each level.
        for level in self.geometry.levels {
            let count = 1u64.checked_shl(level.bits)?;
            let mut candidates = (0..count)
                .map(|index| base.wrapping_add(index.wrapping_shl(level.shift)))
                .take_while(|address| *address >= base);
            base = candidates.find(|address| self.maps_below(memory, *address, level.shift))?;
        }
        Some((base, self.translate(memory, base)?))
    }

    /// Whether the entry for `address` at the level of `shift` leads anywhere.
    fn maps_below(&self, memory: &PhysicalMemory, address: u64, shift: u32) -> bool {
        let order = spelunk_base::ByteOrder::Little;
        match translate(memory, self.geometry, order, self.root, address) {
            Ok(_) => true,
            Err(fault) => match fault.kind {
                spelunk_memory::FaultKind::NotPresent { level } => {
                    // An empty entry of a lower level: this one is there.
                    let levels = self.geometry.levels.len();
                    let index = levels.saturating_sub(usize::from(level));
                    let empty = self
                        .geometry
                        .levels
                        .get(index)
                        .map_or(0, |level| level.shift);
                    empty < shift
                }
                _ => false,
            },
        }
    }

    /// The addresses of the kernel's image, to whole pages of 2 MiB: from where its text begins to the last page that
    /// is mapped before the modules' addresses.
    pub(super) fn image_range(
        &self,
        memory: &PhysicalMemory,
        info: &Vmcoreinfo,
    ) -> Option<Range<u64>> {
        // `_stext` is behind the first bytes of the image in some versions, but on its first page.
        let start = info.symbol("_stext")? & !(HUGE_PAGE - 1);
        let size = info
            .number("KERNEL_IMAGE_SIZE")
            .and_then(|size| u64::try_from(size).ok())
            .unwrap_or(KERNEL_IMAGE_SIZE);
        let limit = KERNEL_MAP.checked_add(size)?;
        let pages = limit.checked_sub(start)? / HUGE_PAGE;
        // Memory of the image that was freed after the start leaves holes in the middle.
        let last = (0..pages)
            .rev()
            .filter_map(|page| start.checked_add(page.checked_mul(HUGE_PAGE)?))
            .find(|address| self.maps_below(memory, *address, 21))?;
        Some(start..last.checked_add(HUGE_PAGE)?)
    }
}
