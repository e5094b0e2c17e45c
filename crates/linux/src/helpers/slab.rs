//! The slab allocator SLUB: `include/linux/slab.h`, `mm/slab.h`, `mm/slub.c`.

use super::cpumask::cpu_possible_mask;
use super::entry::Entries;
use super::list::Nodes;
use super::mmzone::{PageRange, PageRanges};
use super::page::{Compound, PageMap, SlabMark, direct_map_base, find_constant};
use super::percpu;
use crate::access::{
    Field, byte_order, find_member, find_type_named, find_variable, has_member, integer,
    member_value, parse_words, pointer, pointer_type, read, read_word, type_named, variable,
    word_size,
};
use crate::helper::{
    Args, Field as RecordField, Front, Helper, HelperIter, Output, Param, ParamKind, RecordClass,
    Value,
};
use crate::kernel::LinuxKernel;
use crate::walk::Cycle;
use spelunk_object::Object;
use spelunk_program::{Error, ErrorKind, Program, Result};
use spelunk_types::QualifiedType;
use std::collections::HashSet;
use std::sync::Arc;

/// The slab caches that there are, newest first.
pub struct SlabCaches {
    nodes: Nodes,
    entries: Entries,
}

impl SlabCaches {
    /// All of them.
    pub fn new(program: &Program) -> Result<Self> {
        let head = variable(program, "slab_caches")?.address_of(program)?;
        let cache = type_named(program, "struct kmem_cache")?;
        Ok(Self {
            nodes: Nodes::of_list(program, &head, false)?,
            entries: Entries::new(program, cache, "list")?,
        })
    }

    /// The next one: `struct kmem_cache *`.
    pub fn next_cache(&mut self, program: &Program) -> Result<Option<Object>> {
        let Some(node) = self.nodes.next_address(program)? else {
            return Ok(None);
        };
        self.entries.containing(program, node).map(Some)
    }
}

impl HelperIter for SlabCaches {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_cache(program)?.map(Value::Object))
    }
}

/// The slab cache called `name`.
pub fn find_slab_cache(program: &Program, name: &[u8]) -> Result<Option<Object>> {
    let mut caches = SlabCaches::new(program)?;
    while let Some(cache) = caches.next_cache(program)? {
        if cache.member(program, "name")?.string(program)? == name {
            return Ok(Some(cache));
        }
    }
    Ok(None)
}

/// What describes a slab: `struct slab` since 5.17, before that part of `struct page`.
#[derive(Clone, Copy)]
struct SlabType {
    ty: QualifiedType,
    cache: Field,
    freelist: Field,
}

impl SlabType {
    fn new(program: &Program) -> Result<Self> {
        let ty = match find_type_named(program, "struct slab")? {
            Some(slab) => slab,
            None => type_named(program, "struct page")?,
        };
        if !has_member(
            program,
            type_named(program, "struct kmem_cache")?,
            "red_left_pad",
        )? {
            return Err(Error::not_implemented(
                "only SLUB is understood of the kernel's slab allocators",
            ));
        }
        Ok(Self {
            ty,
            cache: Field::new(program, ty, "slab_cache")?,
            freelist: Field::new(program, ty, "freelist")?,
        })
    }

    /// How many objects the slab at `slab` has: a bit field.
    fn count(&self, program: &Program, slab: u64) -> Result<u64> {
        Ok(Object::at(self.ty, slab)
            .member(program, "objects")?
            .to_u64(program)?)
    }
}

/// A slab cache, with what is needed to tell its free objects from those in use.
struct Cache {
    address: u64,
    slab: SlabType,
    /// Distance of objects.
    size: u64,
    /// Where the first object of a slab is.
    start: u64,
    links: FreeLinks,
    /// Objects that are free, but kept aside for a CPU.
    aside: HashSet<u64>,
}

/// How free objects are chained.
#[derive(Clone, Copy)]
struct FreeLinks {
    /// Where the link stands in a free object.
    offset: u64,
    /// With `CONFIG_SLAB_FREELIST_HARDENED` links are encoded.
    key: Option<u64>,
    word_size: usize,
}

impl FreeLinks {
    /// The free object after the one at `object`; 0 at the end. `freelist_ptr_decode()`
    fn next(&self, program: &Program, object: u64) -> Result<u64> {
        let place = object.wrapping_add(self.offset);
        let link = read_word(program, place)?;
        Ok(match self.key {
            // The place is swapped since 5.7.
            Some(key) => {
                let unused = 64u32.saturating_sub((self.word_size as u32).saturating_mul(8));
                link ^ key ^ (place.swap_bytes() >> unused)
            }
            None => link,
        })
    }

    /// Adds the free objects from `first` on to `free`.
    fn walk(&self, program: &Program, first: u64, free: &mut HashSet<u64>) -> Result<()> {
        let mut object = first;
        let mut cycle = Cycle::default();
        while object != 0 {
            if cycle.comes_back_to(object) {
                return Err(broken(object));
            }
            free.insert(object);
            object = self.next(program, object).map_err(|error| {
                if error.is_fault() {
                    broken(object)
                } else {
                    error
                }
            })?;
        }
        Ok(())
    }
}

fn broken(object: u64) -> Error {
    Error::new(
        ErrorKind::Validation,
        format!("broken list of free objects at {object:#x}: memory of the slab was overwritten"),
    )
}

impl Cache {
    fn new(program: &Program, cache: &Object) -> Result<Self> {
        let key = find_member(program, cache, "random")?;
        let links = FreeLinks {
            offset: member_value(program, cache, "offset")?,
            key: key.map(|key| key.to_u64(program)).transpose()?,
            word_size: word_size(program),
        };
        Ok(Self {
            address: cache.to_u64(program)?,
            slab: SlabType::new(program)?,
            size: member_value(program, cache, "size")?.max(1),
            start: member_value(program, cache, "red_left_pad")?,
            links,
            aside: kept_aside(program, cache, &links)?,
        })
    }

    /// The objects of the slab at `slab` that are free.
    fn free(&self, program: &Program, slab: u64) -> Result<HashSet<u64>> {
        let mut free = HashSet::new();
        let first = self.slab.freelist.read(program, slab)?;
        self.links.walk(program, first, &mut free)?;
        Ok(free)
    }

    /// The objects of the slab at `slab`, whose memory begins at `base`, with whether each is in use.
    fn objects(
        &self,
        program: &Program,
        slab: u64,
        base: u64,
    ) -> Result<impl Iterator<Item = (u64, bool)>> {
        let free = self.free(program, slab)?;
        let count = self.slab.count(program, slab)?;
        Ok((0..count).map(move |index| {
            let object = base
                .wrapping_add(self.start)
                .wrapping_add(index.wrapping_mul(self.size));
            let is_free = free.contains(&object) || self.aside.contains(&object);
            (object, !is_free)
        }))
    }
}

/// Free objects that CPUs keep for themselves.
fn kept_aside(program: &Program, cache: &Object, links: &FreeLinks) -> Result<HashSet<u64>> {
    let mut aside = HashSet::new();
    let cpus: Vec<u32> = cpu_possible_mask(program)?.cpus(program)?.collect();
    // A slab of its own for each CPU; gone in 7.0, when sheaves took its place.
    if let Some(slabs) = find_member(program, cache, "cpu_slab")? {
        for cpu in &cpus {
            let slab = percpu::per_cpu_ptr(program, &slabs.read(program)?, *cpu)?;
            links.walk(
                program,
                member_value(program, &slab, "freelist")?,
                &mut aside,
            )?;
        }
    }
    // Since 6.18 arrays of free objects, for each CPU and for each node.
    if let Some(sheaves) = find_member(program, cache, "cpu_sheaves")?
        && sheaves.to_u64(program)? != 0
    {
        let reader = Sheaves::new(program)?;
        for cpu in &cpus {
            let sheaves = percpu::per_cpu_ptr(program, &sheaves.read(program)?, *cpu)?;
            for name in ["main", "spare", "rcu_free"] {
                let sheaf = member_value(program, &sheaves, name)?;
                reader.add(program, sheaf, &mut aside)?;
            }
        }
        for node in nodes(program, cache)? {
            if node.barn != 0 {
                reader.add_barn(program, node.barn, &mut aside)?;
            }
        }
    }
    Ok(aside)
}

/// Arrays of free objects: `struct slab_sheaf`.
struct Sheaves {
    size: Field,
    objects: u64,
    entries: Entries,
    barn: QualifiedType,
}

impl Sheaves {
    fn new(program: &Program) -> Result<Self> {
        let sheaf = type_named(program, "struct slab_sheaf")?;
        let objects = Object::at(sheaf, 0).member(program, "objects")?;
        Ok(Self {
            size: Field::new(program, sheaf, "size")?,
            objects: objects.address().unwrap_or(0),
            entries: Entries::new(program, sheaf, "barn_list")?,
            barn: type_named(program, "struct node_barn")?,
        })
    }

    fn add(&self, program: &Program, sheaf: u64, objects: &mut HashSet<u64>) -> Result<()> {
        /// No sheaf is larger: `MAX_FULL_SHEAVES` and `calculate_sheaf_capacity()` keep far below.
        const MAX: u64 = 1 << 16;
        if sheaf == 0 {
            return Ok(());
        }
        let count = self.size.read(program, sheaf)?;
        if count > MAX {
            return Err(broken(sheaf));
        }
        let size = usize::try_from(count)
            .unwrap_or(0)
            .saturating_mul(word_size(program));
        let mut bytes = vec![0; size];
        read(program, sheaf.wrapping_add(self.objects), &mut bytes)?;
        objects.extend(parse_words(program, &bytes));
        Ok(())
    }

    fn add_barn(&self, program: &Program, barn: u64, objects: &mut HashSet<u64>) -> Result<()> {
        let head = Object::at(self.barn, barn)
            .member(program, "sheaves_full")?
            .address_of(program)?;
        let mut nodes = Nodes::of_list(program, &head, false)?;
        while let Some(node) = nodes.next_address(program)? {
            self.add(program, self.entries.address(node), objects)?;
        }
        Ok(())
    }
}

/// What a slab cache has on a node.
struct Node {
    /// `struct kmem_cache_node *`, not NULL.
    node: Object,
    /// `struct node_barn *`, 0 if there is none.
    barn: u64,
}

fn nodes(program: &Program, cache: &Object) -> Result<Vec<Node>> {
    let count = match find_variable(program, "nr_node_ids")? {
        Some(count) => count.to_u64(program)?,
        None => 1,
    };
    let mut found = Vec::new();
    let pairs = find_member(program, cache, "per_node")?;
    let array = match &pairs {
        Some(pairs) => pairs.clone(),
        None => cache.member(program, "node")?,
    };
    for index in 0..count.min(array.len(program)?) {
        let element = array.index(program, i64::try_from(index).unwrap_or(0))?;
        // Since 7.1 a pair; the barn was in `struct kmem_cache_node` before.
        let (node, barn) = match &pairs {
            Some(_) => (
                element.member(program, "node")?,
                member_value(program, &element, "barn")?,
            ),
            None => (element, 0),
        };
        if node.to_u64(program)? == 0 {
            continue;
        }
        let barn = match find_member(program, &node, "barn")? {
            Some(inner) => inner.to_u64(program)?,
            None => barn,
        };
        found.push(Node {
            node: node.read(program)?,
            barn,
        });
    }
    Ok(found)
}

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
struct AllocatedObjects {
    cache: Arc<Cache>,
    slabs: Slabs,
    pointer: QualifiedType,
    direct_map: u64,
    objects: std::vec::IntoIter<u64>,
}

impl AllocatedObjects {
    fn new(program: &Program, cache: &Object, ty: QualifiedType) -> Result<Self> {
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
fn find_slab(program: &Program, address: u64) -> Result<Option<(u64, u64)>> {
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

/// How many slabs and objects a cache has: `slab_cache_usage()`.
fn usage(program: &Program, cache: &Object) -> Result<Value> {
    let mut total = [0u64; 3];
    let slab = SlabType::new(program)?;
    // `slab_list` of `struct slab`, and of `struct page` in 5.10.
    let entries = Entries::new(program, slab.ty, "slab_list")?;
    for Node { node, .. } in nodes(program, cache)? {
        let counter = |name: &str| -> Result<u64> {
            member_value(program, &node.member(program, name)?, "counter")
        };
        let mut free = 0u64;
        let partial = node.member(program, "partial")?.address_of(program)?;
        let mut slabs = Nodes::of_list(program, &partial, false)?;
        while let Some(place) = slabs.next_address(program)? {
            let object = Object::at(slab.ty, entries.address(place));
            let count = member_value(program, &object, "objects")?;
            free =
                free.saturating_add(count.saturating_sub(member_value(program, &object, "inuse")?));
        }
        let counts = [counter("nr_slabs")?, counter("total_objects")?, free];
        for (total, count) in total.iter_mut().zip(counts) {
            *total = total.saturating_add(count);
        }
    }
    Ok(Value::Record(
        &USAGE,
        total.into_iter().map(Value::from).collect(),
    ))
}

/// How many pages all slabs together have.
fn total_usage(program: &Program) -> Result<Value> {
    let counts = variable(program, "vm_node_stat")?;
    let pages = |name: &str| -> Result<Value> {
        let item = find_constant(program, name)?
            .ok_or_else(|| Error::lookup(format!("the kernel does not count {name}")))?;
        let count = counts.index(program, i64::try_from(item).unwrap_or(0))?;
        Ok(count
            .member(program, "counter")?
            .to_i128(program)?
            .max(0)
            .into())
    };
    Ok(Value::Record(
        &TOTAL_USAGE,
        // Since 5.9 they are counted in bytes, but still shown in pages.
        vec![
            pages("NR_SLAB_RECLAIMABLE_B")?,
            pages("NR_SLAB_UNRECLAIMABLE_B")?,
        ],
    ))
}

static OBJECT_INFO: RecordClass = RecordClass {
    module: "slab",
    name: "SlabObjectInfo",
    is_tuple: false,
    doc: "What is known of an object of the slab allocator.",
    fields: &[
        RecordField {
            name: "slab_cache",
            annotation: "Object",
            doc: "``struct kmem_cache *`` that the object is of.",
        },
        RecordField {
            name: "slab",
            annotation: "Object",
            doc: "Slab that the object is in: ``struct slab *``, before Linux 5.17 ``struct page *``.",
        },
        RecordField {
            name: "address",
            annotation: "int",
            doc: "Address of the object's first byte.",
        },
        RecordField {
            name: "allocated",
            annotation: "Optional[bool]",
            doc: "``True`` if the object is in use, ``False`` if it is free, ``None`` if that cannot be told.",
        },
    ],
};

static USAGE: RecordClass = RecordClass {
    module: "slab",
    name: "SlabCacheUsage",
    is_tuple: true,
    doc: "How much memory a slab cache has.",
    fields: &[
        RecordField {
            name: "num_slabs",
            annotation: "int",
            doc: "Number of slabs.",
        },
        RecordField {
            name: "num_objs",
            annotation: "int",
            doc: "Number of objects, in use and free.",
        },
        RecordField {
            name: "free_objs",
            annotation: "int",
            doc: "Number of free objects, without those that are kept aside for a CPU.",
        },
    ],
};

static TOTAL_USAGE: RecordClass = RecordClass {
    module: "slab",
    name: "SlabTotalUsage",
    is_tuple: true,
    doc: "How many pages the slab allocator has.",
    fields: &[
        RecordField {
            name: "reclaimable_pages",
            annotation: "int",
            doc: "Pages of which some could be freed on demand.",
        },
        RecordField {
            name: "unreclaimable_pages",
            annotation: "int",
            doc: "All others.",
        },
    ],
};

/// `oo` in `struct kmem_cache`: the order of a slab's pages above the number of its objects.
fn order_and_objects(program: &Program, cache: &Object) -> Result<(u64, u64)> {
    let both = member_value(program, &cache.member(program, "oo")?, "x")?;
    Ok((both >> 16, both & 0xffff))
}

const CACHE: Param = Param::object("slab_cache", "struct kmem_cache *");
const COUNT: Output = Output::Returns("int", "");
const ADDRESS: Param = Param::int("addr", "``void *``: an address in the object.");

/// The record of a helper in this file.
const fn helper(
    name: &'static str,
    front: Front,
    params: &'static [Param],
    output: Output,
    doc: &'static str,
    call: fn(&Program, &Args) -> Result<Value>,
) -> Helper {
    Helper {
        module: "slab",
        name,
        front,
        params,
        output,
        doc,
        call,
    }
}

/// The classes whose instances these helpers return.
pub(super) static CLASSES: &[&RecordClass] = &[&OBJECT_INFO, &USAGE, &TOTAL_USAGE];

pub(super) static HELPERS: &[Helper] = &[
    helper(
        "for_each_slab_cache",
        Front::Program,
        &[],
        Output::Returns("Iterator[Object]", "``struct kmem_cache *`` objects"),
        "Iterate over the slab caches. Those that were merged into another are not among them; see :func:`slab_cache_is_merged()`.",
        |program, _| Ok(Value::iter(SlabCaches::new(program)?)),
    ),
    helper(
        "find_slab_cache",
        Front::Program,
        &[Param::new(
            "name",
            ParamKind::Bytes,
            "Name of the slab cache.",
        )],
        Output::Returns(
            "Optional[Object]",
            "``struct kmem_cache *``, ``None`` if there is none",
        ),
        "Return the slab cache with a name.",
        |program, args| Ok(find_slab_cache(program, args.bytes(0)?)?.into()),
    ),
    helper(
        "print_slab_caches",
        Front::Program,
        &[],
        Output::Prints,
        "Print the names of the slab caches and their ``struct kmem_cache *``.",
        |program, _| {
            let mut text = String::new();
            let mut caches = SlabCaches::new(program)?;
            while let Some(cache) = caches.next_cache(program)? {
                let name = cache.member(program, "name")?.string(program)?;
                let name = String::from_utf8_lossy(&name);
                let address = cache.to_u64(program)?;
                text.push_str(&format!("{name} (struct kmem_cache *){address:#x}\n"));
            }
            Ok(text.into())
        },
    ),
    helper(
        "slab_cache_is_merged",
        Front::Nothing,
        &[CACHE],
        Output::Returns("bool", ""),
        "Return whether other slab caches were merged into one.\n\nThe kernel merges caches whose objects are alike in size and handling (unless it was started with ``slab_nomerge``). Then only one of their names can be found, and the objects of the cache are of several types. What type an object really has must be told from its members.",
        |program, args| {
            Ok((args
                .object(0)?
                .member(program, "refcount")?
                .to_i128(program)?
                > 1)
            .into())
        },
    ),
    helper(
        "slab_cache_order",
        Front::Nothing,
        &[CACHE],
        COUNT,
        "Return how many pages a slab of a slab cache has, as a power of two.",
        |program, args| Ok(order_and_objects(program, args.object(0)?)?.0.into()),
    ),
    helper(
        "slab_cache_pages_per_slab",
        Front::Nothing,
        &[CACHE],
        COUNT,
        "Return how many pages a slab of a slab cache has.",
        |program, args| {
            let (order, _) = order_and_objects(program, args.object(0)?)?;
            Ok(1u64
                .checked_shl(u32::try_from(order).unwrap_or(64))
                .unwrap_or(0)
                .into())
        },
    ),
    helper(
        "slab_cache_objects_per_slab",
        Front::Nothing,
        &[CACHE],
        COUNT,
        "Return how many objects a slab of a slab cache has.",
        |program, args| Ok(order_and_objects(program, args.object(0)?)?.1.into()),
    ),
    helper(
        "slab_cache_usage",
        Front::Nothing,
        &[CACHE],
        Output::Returns("SlabCacheUsage", ""),
        "Return how many slabs and objects a slab cache has. Needs ``CONFIG_SLUB_DEBUG``.",
        |program, args| usage(program, args.object(0)?),
    ),
    helper(
        "slab_total_usage",
        Front::Program,
        &[],
        Output::Returns("SlabTotalUsage", ""),
        "Return how many pages the slab allocator has.",
        |program, _| total_usage(program),
    ),
    helper(
        "slab_cache_for_each_allocated_object",
        Front::Nothing,
        &[
            CACHE,
            Param::new("type", ParamKind::Type, "Type of the objects."),
        ],
        Output::Returns("Iterator[Object]", "``type *`` objects"),
        "Iterate over the objects of a slab cache that are in use.\n\n>>> next(slab_cache_for_each_allocated_object(find_slab_cache(\"dentry\"), \"struct dentry\"))",
        |program, args| {
            let ty = args.ty(program, 1)?;
            Ok(Value::iter(AllocatedObjects::new(
                program,
                args.object(0)?,
                ty,
            )?))
        },
    ),
    helper(
        "slab_object_info",
        Front::Program,
        &[ADDRESS],
        Output::Returns("Optional[SlabObjectInfo]", "``None`` if it is in no slab"),
        "Return what is known of the object of the slab allocator that an address is in.",
        |program, args| {
            let Some(info) = slab_object_info(program, args.address(0)?)? else {
                return Ok(Value::None);
            };
            let fields = vec![
                info.slab_cache.into(),
                info.slab.into(),
                info.address.into(),
                info.allocated.into(),
            ];
            Ok(Value::Record(&OBJECT_INFO, fields))
        },
    ),
    helper(
        "find_containing_slab_cache",
        Front::Program,
        &[ADDRESS],
        Output::Returns(
            "Object",
            "``struct kmem_cache *``, ``NULL`` if it is in no slab",
        ),
        "Return the slab cache that an address was allocated from.",
        |program, args| {
            let cache = match find_slab(program, args.address(0)?)? {
                Some((slab, _)) => SlabType::new(program)?.cache.read(program, slab)?,
                None => 0,
            };
            Ok(pointer(program, type_named(program, "struct kmem_cache")?, cache)?.into())
        },
    ),
];
