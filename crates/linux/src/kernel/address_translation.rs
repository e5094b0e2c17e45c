use super::physical::PhysicalMemory;
use super::x86_64;
use spelunk_base::arch::PageTableGeometry;
use spelunk_base::{Architecture, ByteOrder, PhysAddr, Platform};
use spelunk_image::{Image, Vmcoreinfo};
use spelunk_memory::{AddressSpace, Memory, PageTables, ReadMemory, Segment, SegmentReader};
use std::ops::Range;
use std::sync::Arc;

/// How the kernel's addresses lead to physical memory.
pub struct AddressTranslation {
    physical: Arc<PhysicalMemory>,
    tables: Option<Arc<PageTables>>,
    order: ByteOrder,
    direct_map: Option<DirectMap>,
    image_range: Option<Range<u64>>,
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
        image: &Image,
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
            direct_map: None,
            image_range: None,
        };
        if platform.architecture != Architecture::X86_64 {
            // What the dump itself says of virtual addresses has to do.
            return found;
        }
        let virtual_ = memory.segments(AddressSpace::Virtual);
        let Some(table) = x86_64::find_page_table(info, image, &physical) else {
            // Part of the dump is missing. The kernel's image can be read where its pages are there.
            if let Some((start, size, target)) = x86_64::image_map(info, image) {
                virtual_.add_all(Segment::new(start, size, target, physical));
            }
            return found;
        };
        let tables = Arc::new(PageTables::new(
            Arc::clone(&physical) as Arc<dyn ReadMemory>,
            table.geometry,
            found.order,
            table.root,
        ));
        let half = u64::MAX
            .checked_shl(table.geometry.virtual_bits.saturating_sub(1))
            .unwrap_or(0);
        virtual_.add_all(Segment::new(
            half,
            half.wrapping_neg(),
            half,
            Arc::clone(&tables) as Arc<dyn SegmentReader>,
        ));
        found.tables = Some(tables);
        found.image_range = table.image_range(&physical, info);
        let last = memory
            .segments(AddressSpace::Physical)
            .segments()
            .last()
            .map(|segment| segment.last);
        if let Some(last) = last
            && let Some(base) = table.find_direct_map(&physical)
            && let Some(size) = last.checked_add(1)
        {
            // The same bytes as by the page table, without walking it.
            virtual_.add_all(Segment::new(base, size, 0, physical));
            found.direct_map = Some(DirectMap { base, size });
        }
        found
    }

    /// Where the kernel's image is mapped.
    #[must_use]
    pub fn image_range(&self) -> Option<Range<u64>> {
        self.image_range.clone()
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
        Some(self.direct_map?.base)
    }

    /// Whether `address` is that of physical memory in the direct map.
    #[must_use]
    pub fn is_in_direct_map(&self, address: u64) -> bool {
        self.direct_map.is_some_and(|map| {
            address
                .checked_sub(map.base)
                .is_some_and(|offset| offset < map.size)
        })
    }
}
