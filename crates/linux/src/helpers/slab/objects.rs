//! The slabs of a cache, the objects in them, and the object that an address is in.

use super::free::{Cache, SlabType};
use crate::access::{byte_order, integer, pointer, pointer_type, read, type_named};
use crate::helper::{HelperIter, Value};
use crate::helpers::mmzone::{PageRange, PageRanges};
use crate::helpers::page::{Compound, PageMap, SlabMark, direct_map_base};
use crate::kernel::LinuxKernel;
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::QualifiedType;
use std::sync::Arc;

/// The slabs of a cache, found by looking at all pages: those that are full are in no list.
struct Slabs {
    cache: u64,
    slab: SlabType,
    map: PageMap,
    mark: SlabMark,
    compound: Compound,
    ranges: std::vec::IntoIter<PageRange>,
    range: PageRange,
    /// Pages that were read, and the frame of the first that is left.
    bytes: Vec<u8>,
    position: usize,
    first: u64,
}

/// How many pages are looked at in one go.
const AT_ONCE: u64 = 4096;

impl Slabs {
    fn new(program: &Program, cache: u64, slab: SlabType) -> Result<Self> {
        Ok(Self {
            cache,
            slab,
            map: PageMap::new(program)?,
            mark: SlabMark::new(program)?,
            compound: Compound::new(program)?,
            ranges: PageRanges::read(program)?.into_iter(),
            range: 0..0,
            bytes: Vec::new(),
            position: 0,
            first: 0,
        })
    }

    /// The next slab: where its description is, and its frame.
    fn next_slab(&mut self, program: &Program) -> Result<Option<(u64, u64)>> {
        let order = byte_order(program);
        let size = usize::try_from(self.map.size()).unwrap_or(64);
        loop {
            while let Some(page) = self
                .bytes
                .get(self.position..)
                .and_then(|rest| rest.get(..size))
            {
                let pfn = self.first.wrapping_add((self.position / size) as u64);
                self.position = self.position.saturating_add(size);
                if self.mark.is_set(order, page)
                    && self.slab.cache.parse(order, page) == self.cache
                    && !self.compound.is_tail(order, page)
                {
                    return Ok(Some((self.map.address(pfn), pfn)));
                }
            }
            if !self.read_more(program, size)? {
                return Ok(None);
            }
        }
    }

    fn read_more(&mut self, program: &Program, size: usize) -> Result<bool> {
        while self.range.is_empty() {
            match self.ranges.next() {
                Some(range) => self.range = range,
                None => return Ok(false),
            }
        }
        let first = self.range.start;
        let end = self.range.end.min(first.saturating_add(AT_ONCE));
        let count = usize::try_from(end.saturating_sub(first)).unwrap_or(0);
        self.first = first;
        self.position = 0;
        self.bytes.resize(count.saturating_mul(size), 0);
        match read(program, self.map.address(first), &mut self.bytes) {
            Ok(()) => self.range.start = end,
            Err(error) if error.is_fault() => {
                // A part of the array is not in the dump: that of pages which were left out themselves. Go on page by
                // page of the array.
                let step = (1u64 << self.map.shift()) / self.map.size().max(1);
                self.read_part(program, first, step.max(1), size);
            }
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    fn read_part(&mut self, program: &Program, first: u64, step: u64, size: usize) {
        let next = first
            .saturating_add(step.saturating_sub(first % step))
            .min(self.range.end);
        let count = usize::try_from(next.saturating_sub(first)).unwrap_or(0);
        self.bytes.resize(count.saturating_mul(size), 0);
        if read(program, self.map.address(first), &mut self.bytes).is_err() {
            self.bytes.clear();
        }
        self.range.start = next;
    }
}

/// The objects of a cache that are in use.
pub(super) struct AllocatedObjects {
    cache: Arc<Cache>,
    slabs: Slabs,
    pointer: QualifiedType,
    direct_map: u64,
    objects: std::vec::IntoIter<u64>,
}

impl AllocatedObjects {
    pub(super) fn new(program: &Program, cache: &Object, ty: QualifiedType) -> Result<Self> {
        let cache = Cache::new(program, cache)?;
        Ok(Self {
            slabs: Slabs::new(program, cache.address, cache.slab)?,
            cache: Arc::new(cache),
            pointer: pointer_type(program, ty)?,
            direct_map: direct_map_base(program)?,
            objects: Vec::new().into_iter(),
        })
    }
}

impl HelperIter for AllocatedObjects {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        loop {
            if let Some(object) = self.objects.next() {
                return Ok(Some(integer(program, self.pointer, object)?.into()));
            }
            let Some((slab, pfn)) = self.slabs.next_slab(program)? else {
                return Ok(None);
            };
            let base = self
                .direct_map
                .wrapping_add(pfn.wrapping_shl(self.slabs.map.shift()));
            let objects: Vec<u64> = self
                .cache
                .objects(program, slab, base)?
                .filter_map(|(object, in_use)| in_use.then_some(object))
                .collect();
            self.objects = objects.into_iter();
        }
    }
}

/// The slab that `address` is in: where its description is, and its memory begins.
pub(super) fn find_slab(program: &Program, address: u64) -> Result<Option<(u64, u64)>> {
    if !LinuxKernel::of(program)?
        .address_translation()
        .is_in_direct_map(address)
    {
        return Ok(None);
    }
    let base = direct_map_base(program)?;
    let map = PageMap::new(program)?;
    let page = map.address(address.wrapping_sub(base) >> map.shift());
    let head = match Compound::new(program)?.head(program, page) {
        // There is no page.
        Err(error) if error.is_fault() => return Ok(None),
        head => head?,
    };
    if !SlabMark::new(program)?.read(program, head)? {
        return Ok(None);
    }
    let memory = base.wrapping_add(map.pfn(head).wrapping_shl(map.shift()));
    Ok(Some((head, memory)))
}

/// What is known of an object of the slab allocator.
#[derive(Clone, Debug)]
pub struct SlabObjectInfo {
    /// `struct kmem_cache *` that it is of.
    pub slab_cache: Object,
    /// `struct slab *` (before 5.17 `struct page *`) that it is in.
    pub slab: Object,
    /// Where it begins.
    pub address: u64,
    /// Whether it is in use, or free.
    pub allocated: bool,
}

/// The object of the slab allocator that `address` is in.
pub fn slab_object_info(program: &Program, address: u64) -> Result<Option<SlabObjectInfo>> {
    let Some((slab, memory)) = find_slab(program, address)? else {
        return Ok(None);
    };
    let ty = SlabType::new(program)?;
    let kmem_cache = type_named(program, "struct kmem_cache")?;
    let slab_cache = pointer(program, kmem_cache, ty.cache.read(program, slab)?)?;
    let cache = Cache::new(program, &slab_cache)?;
    let index = address.wrapping_sub(memory.wrapping_add(cache.start)) / cache.size;
    let nth = usize::try_from(index).unwrap_or(usize::MAX);
    let found = cache.objects(program, slab, memory)?.nth(nth);
    let Some((object, allocated)) = found else {
        return Ok(None);
    };
    Ok(Some(SlabObjectInfo {
        slab_cache,
        slab: pointer(program, ty.ty, slab)?,
        address: object,
        allocated,
    }))
}
