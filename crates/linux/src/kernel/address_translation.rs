use super::physical::PhysicalMemory;
use super::x86_64;
use spelunk_base::arch::PageTableGeometry;
use spelunk_base::{Architecture, ByteOrder, PhysAddr, Platform};
use spelunk_image::Vmcoreinfo;
use spelunk_memory::{AddressSpace, Memory, PageTables, ReadMemory, Segment, SegmentReader};
use spelunk_program::Machine;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How the kernel's addresses lead to physical memory.
pub struct AddressTranslation {
    physical: Arc<PhysicalMemory>,
    tables: Option<Arc<PageTables>>,
    order: ByteOrder,
    table: Option<x86_64::PageTable>,
    direct_map: OnceLock<DirectMap>,
    image_range: OnceLock<Range<u64>>,
}

/// The part of the address space in which all of physical memory is mapped in one piece.
#[derive(Clone, Copy, Debug)]
struct DirectMap {
    base: u64,
    /// Size of physical memory, to the end of its last part.
    size: u64,
}

impl AddressTranslation {
    /// Finds out and adds segments to `memory`, so that the kernel's addresses can be read.
    pub(super) fn bring_up(
        machine: &dyn Machine,
        platform: Platform,
        info: &Vmcoreinfo,
        memory: &Memory,
    ) -> Self {
        let encryption = info.number("sme_mask").unwrap_or(0).cast_unsigned();
        let physical = Arc::new(PhysicalMemory::new(memory, encryption));
        let mut found = Self {
            physical: Arc::clone(&physical),
            tables: None,
            order: platform.byte_order,
            table: None,
            direct_map: OnceLock::new(),
            image_range: OnceLock::new(),
        };
        if platform.architecture != Architecture::X86_64 {
            // What the dump itself says of virtual addresses has to do.
            return found;
        }
        let virtual_ = memory.segments(AddressSpace::Virtual);
        let Some(table) = x86_64::find_page_table(info, machine, &physical) else {
            // Part of the dump is missing. The kernel's image can be read where its pages are there.
            if let Some((start, size, target)) = x86_64::image_map(info, machine) {
                virtual_.add_all(Segment::new(start, size, target, physical));
            }
            return found;
        };
        let tables = PageTables::new(
            Arc::clone(&physical) as Arc<dyn ReadMemory>,
            table.geometry,
            found.order,
            table.root,
        );
        let tables = Arc::new(match machine.is_live() {
            true => tables.without_cache(),
            false => tables,
        });
        if !machine.has_virtual_memory() {
            let half = u64::MAX
                .checked_shl(table.geometry.virtual_bits.saturating_sub(1))
                .unwrap_or(0);
            virtual_.add_all(Segment::new(
                half,
                half.wrapping_neg(),
                half,
                Arc::clone(&tables) as Arc<dyn SegmentReader>,
            ));
        }
        found.tables = Some(tables);
        found.table = Some(table);
        if let Some(DirectMap { base, size }) = found.direct_map()
            && !machine.has_virtual_memory()
        {
            // The same bytes as by the page table, without walking it.
            virtual_.add_all(Segment::new(base, size, 0, physical));
        }
        found
    }

    /// Where the kernel's image is mapped, by what the kernel tells of itself and by the page table.
    #[must_use]
    pub fn image_range(&self, info: &Vmcoreinfo) -> Option<Range<u64>> {
        // What was not found may yet be, when more of a custom target's memory is there.
        if let Some(range) = self.image_range.get() {
            return Some(range.clone());
        }
        let found = self.table.as_ref()?.image_range(&self.physical, info)?;
        Some(self.image_range.get_or_init(|| found).clone())
    }

    fn direct_map(&self) -> Option<DirectMap> {
        if let Some(known) = self.direct_map.get() {
            return Some(*known);
        }
        let size = self.physical.last_address()?.checked_add(1)?;
        let base = self.table.as_ref()?.find_direct_map(&self.physical)?;
        let found = DirectMap { base, size };
        Some(*self.direct_map.get_or_init(|| found))
    }

    /// The form of page tables, where it is known.
    #[must_use]
    pub fn geometry(&self) -> Option<&'static PageTableGeometry> {
        Some(self.tables.as_ref()?.geometry())
    }

    /// The kernel's own page table.
    #[must_use]
    pub fn kernel_tables(&self) -> Option<&Arc<PageTables>> {
        self.tables.as_ref()
    }

    /// Another address space, whose page table is at `root`: that of a process.
    #[must_use]
    pub fn tables_at(&self, root: PhysAddr) -> Option<PageTables> {
        let physical = Arc::clone(&self.physical) as Arc<dyn ReadMemory>;
        Some(PageTables::new(
            physical,
            self.geometry()?,
            self.order,
            root,
        ))
    }

    /// The address at which physical address 0 is mapped, if all of physical memory follows it.
    #[must_use]
    pub fn direct_map_base(&self) -> Option<u64> {
        Some(self.direct_map()?.base)
    }

    /// Whether `address` is that of physical memory in the direct map.
    #[must_use]
    pub fn is_in_direct_map(&self, address: u64) -> bool {
        self.direct_map().is_some_and(|map| {
            address
                .checked_sub(map.base)
                .is_some_and(|offset| offset < map.size)
        })
    }
}
