use crate::translation_cache::{PageKey, TranslationCache};
use crate::{AddressSpace, Fault, FaultKind, ReadMemory, SegmentFault, SegmentReader};
use spelunk_base::arch::{Level, PageTableGeometry};
use spelunk_base::{ByteOrder, PhysAddr};
use std::sync::Arc;

/// Where a virtual address is in physical memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Translation {
    /// The physical address.
    pub physical: PhysAddr,
    /// How many bytes from there on belong to the same page; at least 1.
    pub length: u64,
    /// Size of that page in bytes, a power of two.
    pub page_size: u64,
}

/// Walks the page table at `root` for the virtual address `address`.
///
/// # Errors
///
/// A [`Fault`] of the virtual address: [`FaultKind::NotCanonical`], [`FaultKind::NotPresent`] or
/// [`FaultKind::PageTable`].
pub fn translate(
    physical: &dyn ReadMemory,
    geometry: &PageTableGeometry,
    order: ByteOrder,
    root: PhysAddr,
    address: u64,
) -> Result<Translation, Fault> {
    let fault = |kind| Fault::new(AddressSpace::Virtual, address, kind);
    if !geometry.is_canonical(address) {
        return Err(fault(FaultKind::NotCanonical));
    }
    // The levels are finite and each is visited once, so tables that point at themselves end too.
    let mut table = root;
    let mut number = u8::try_from(geometry.levels.len()).unwrap_or(u8::MAX);
    for level in geometry.levels {
        let entry_size = u64::from(geometry.entry_size);
        let entry_address = table.wrapping_add(index(level, address).wrapping_mul(entry_size));
        let entry = physical
            .read_uint(
                AddressSpace::Physical,
                entry_address.0,
                geometry.entry_size,
                order,
            )
            .map_err(|_| {
                fault(FaultKind::PageTable {
                    level: number,
                    entry: entry_address,
                })
            })?;
        if entry & geometry.present == 0 {
            return Err(fault(FaultKind::NotPresent { level: number }));
        }
        let target = geometry.target(entry);
        if level.leaf.is_some_and(|leaf| leaf.has(entry)) {
            let page_size = 1u64 << level.shift;
            let in_page = page_size.wrapping_sub(1);
            // The lowest bits of the address of a huge page have other meanings (PAT).
            return Ok(Translation {
                physical: PhysAddr((target & !in_page) | (address & in_page)),
                length: page_size.wrapping_sub(address & in_page),
                page_size,
            });
        }
        if !geometry.table.has(entry) {
            return Err(fault(FaultKind::NotPresent { level: number }));
        }
        table = PhysAddr(target);
        number = number.saturating_sub(1);
    }
    Err(fault(FaultKind::NotPresent { level: 1 }))
}

fn index(level: &Level, address: u64) -> u64 {
    let mask = 1u64.checked_shl(level.bits).unwrap_or(0).wrapping_sub(1);
    address.checked_shr(level.shift).unwrap_or(0) & mask
}

/// A virtual address space behind a page table in physical memory: the reader of a segment whose
/// offsets are the virtual addresses themselves.
pub struct PageTables {
    physical: Arc<dyn ReadMemory>,
    geometry: &'static PageTableGeometry,
    order: ByteOrder,
    root: PhysAddr,
    cache: TranslationCache,
    /// The logarithms of the sizes of pages that are in the cache, the smallest first.
    cached_shifts: Vec<u32>,
}

/// How many sizes of pages the cache tells apart; larger ones are there in parts.
const CACHED_SIZES: usize = 2;

impl PageTables {
    /// The address space whose page table is at `root`.
    #[must_use]
    pub fn new(
        physical: Arc<dyn ReadMemory>,
        geometry: &'static PageTableGeometry,
        order: ByteOrder,
        root: PhysAddr,
    ) -> Self {
        Self {
            physical,
            geometry,
            order,
            root,
            cache: TranslationCache::default(),
            cached_shifts: geometry
                .levels
                .iter()
                .rev()
                .filter(|level| level.leaf.is_some())
                .map(|level| level.shift)
                .take(CACHED_SIZES)
                .collect(),
        }
    }

    /// The same, but every translation is looked up: for a target that runs and changes its tables.
    #[must_use]
    pub fn without_cache(mut self) -> Self {
        self.cached_shifts.clear();
        self
    }

    /// The form of the page table.
    #[must_use]
    pub fn geometry(&self) -> &'static PageTableGeometry {
        self.geometry
    }

    /// Where the page table is.
    #[must_use]
    pub fn root(&self) -> PhysAddr {
        self.root
    }

    /// Where `address` is in physical memory; looks into a small cache first.
    ///
    /// # Errors
    ///
    /// As [`translate`].
    pub fn translate(&self, address: u64) -> Result<Translation, Fault> {
        for shift in &self.cached_shifts {
            if let Some(frame) = self.cache.find(PageKey::new(address, *shift)) {
                let page_size = 1u64 << shift;
                let in_page = address & page_size.wrapping_sub(1);
                return Ok(Translation {
                    physical: PhysAddr(frame | in_page),
                    length: page_size.wrapping_sub(in_page),
                    page_size,
                });
            }
        }
        let physical = self.physical.as_ref();
        let walked = translate(physical, self.geometry, self.order, self.root, address)?;
        let mut fitting = self.cached_shifts.iter().rev();
        if let Some(shift) = fitting.find(|shift| 1u64 << **shift <= walked.page_size) {
            let frame = walked.physical.0 >> shift << shift;
            self.cache.insert(PageKey::new(address, *shift), frame);
        }
        Ok(walked)
    }

    /// Forgets cached translations, since the target may have run.
    pub fn flush(&self) {
        self.cache.clear();
    }
}

impl SegmentReader for PageTables {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let mut address = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let segment_fault = |fault: Fault| SegmentFault {
                offset: fault.address,
                kind: fault.kind,
            };
            let translation = self.translate(address).map_err(segment_fault)?;
            let length = usize::try_from(translation.length).unwrap_or(usize::MAX);
            let (part, behind) = rest.split_at_mut(rest.len().min(length));
            let start = translation.physical.0;
            self.physical
                .read(AddressSpace::Physical, start, part)
                // Told in the space in which the read was asked for.
                .map_err(|fault| SegmentFault {
                    offset: address.wrapping_add(fault.address.wrapping_sub(start)),
                    kind: fault.kind,
                })?;
            address = address.wrapping_add(part.len() as u64);
            rest = behind;
        }
        Ok(())
    }
}
