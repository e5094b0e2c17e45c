use super::arch::{self, KernelArch, Known};
use super::page_table::PageTable;
use super::physical::PhysicalMemory;
use spelunk_base::arch::PageTableGeometry;
use spelunk_base::{PhysAddr, Platform};
use spelunk_image::Vmcoreinfo;
use spelunk_memory::{AddressSpace, Memory, PageTables, ReadMemory, Segment, SegmentReader};
use spelunk_program::Machine;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How the kernel's addresses lead to physical memory.
pub struct AddressTranslation {
    physical: Arc<PhysicalMemory>,
    tables: Option<Arc<PageTables>>,
    platform: Platform,
    info: Vmcoreinfo,
    /// What is known of such kernels, and the page table of this one.
    table: Option<(&'static KernelArch, PageTable)>,
    direct_map: OnceLock<DirectMap>,
    image_range: OnceLock<Range<u64>>,
}

/// The part of the address space in which physical memory is mapped in one piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct DirectMap {
    /// The address at which physical address 0 is, or would be.
    pub(super) base: u64,
    /// The first physical address that is mapped, and the last one.
    pub(super) first: u64,
    pub(super) last: u64,
}

impl DirectMap {
    /// That of all of physical memory.
    pub(super) fn whole(base: u64) -> Self {
        Self {
            base,
            first: 0,
            last: u64::MAX,
        }
    }

    /// The part of it with these physical addresses; `None` if there is none, or none in one piece.
    fn part(self, first: u64, last: u64) -> Option<Self> {
        let part = Self {
            first: self.first.max(first),
            last: self.last.min(last),
            ..self
        };
        (part.first <= part.last && part.at(part.first) <= part.at(part.last)).then_some(part)
    }

    /// Where a physical address is mapped.
    fn at(self, physical: u64) -> u64 {
        self.base.wrapping_add(physical)
    }
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
            platform,
            info: info.clone(),
            table: None,
            direct_map: OnceLock::new(),
            image_range: OnceLock::new(),
        };
        let Some(arch) = arch::find(platform) else {
            // What the dump itself says of virtual addresses has to do.
            return found;
        };
        let virtual_ = memory.segments(AddressSpace::Virtual);
        let Some(table) = (arch.find_page_table)(&found.known(), machine) else {
            // Part of the dump is missing. The kernel's image can be read where its pages are there.
            if let Some(map) = (arch.image_map)(&found.known(), machine) {
                virtual_.add_all(Segment::new(map.start, map.size, map.physical, physical));
            }
            return found;
        };
        let tables = PageTables::new(
            Arc::clone(&physical) as Arc<dyn ReadMemory>,
            table.geometry,
            table.order,
            table.root,
        );
        let tables = Arc::new(match machine.is_live() {
            true => tables.without_cache(),
            false => tables,
        });
        if !machine.has_virtual_memory() {
            let (start, last) = table.geometry.kernel_addresses().into_inner();
            virtual_.add(Segment {
                start,
                last,
                offset: start,
                reader: Arc::clone(&tables) as Arc<dyn SegmentReader>,
            });
        }
        found.tables = Some(tables);
        found.table = Some((arch, table));
        if let Some(map) = found.direct_map()
            && !machine.has_virtual_memory()
        {
            // The same bytes as by the page table, without walking it.
            virtual_.add(Segment {
                start: map.at(map.first),
                last: map.at(map.last),
                offset: map.first,
                reader: physical,
            });
        }
        found
    }

    fn known(&self) -> Known<'_> {
        Known {
            platform: self.platform,
            info: &self.info,
            memory: &self.physical,
        }
    }

    /// Where the kernel's image is mapped, by what the kernel tells of itself and by the page table.
    #[must_use]
    pub fn image_range(&self) -> Option<Range<u64>> {
        // What was not found may yet be, when more of a custom target's memory is there.
        if let Some(range) = self.image_range.get() {
            return Some(range.clone());
        }
        let (arch, table) = self.table.as_ref()?;
        let found = (arch.image_range)(&self.known(), table)?;
        Some(self.image_range.get_or_init(|| found).clone())
    }

    fn direct_map(&self) -> Option<DirectMap> {
        if let Some(known) = self.direct_map.get() {
            return Some(*known);
        }
        let (first, last) = self.physical.range()?;
        let (arch, table) = self.table.as_ref()?;
        let found = (arch.find_direct_map)(&self.known(), table)?.part(first, last)?;
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
            self.platform.byte_order,
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
        self.direct_map()
            .is_some_and(|map| (map.at(map.first)..=map.at(map.last)).contains(&address))
    }
}
