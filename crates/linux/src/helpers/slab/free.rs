//! Which objects of a slab are free: `get_freepointer()` in `mm/slub.c`, and what is kept aside for a CPU or a node.

use crate::access::{
    Field, find_member, find_type_named, find_variable, has_member, member_value, parse_words,
    read, read_word, type_named, word_size,
};
use crate::helpers::cpumask::cpu_possible_mask;
use crate::helpers::entry::Entries;
use crate::helpers::list::Nodes;
use crate::helpers::percpu;
use crate::walk::Cycle;
use spelunk_object::Object;
use spelunk_program::{Error, ErrorKind, Program, Result};
use spelunk_types::QualifiedType;
use std::collections::HashSet;

/// What describes a slab: `struct slab` since 5.17, before that part of `struct page`.
#[derive(Clone, Copy)]
pub(super) struct SlabType {
    pub(super) ty: QualifiedType,
    pub(super) cache: Field,
    freelist: Field,
}

impl SlabType {
    pub(super) fn new(program: &Program) -> Result<Self> {
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
pub(super) struct Cache {
    pub(super) address: u64,
    pub(super) slab: SlabType,
    /// Distance of objects.
    pub(super) size: u64,
    /// Where the first object of a slab is.
    pub(super) start: u64,
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
    pub(super) fn new(program: &Program, cache: &Object) -> Result<Self> {
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
    pub(super) fn objects(
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
pub(super) struct Node {
    /// `struct kmem_cache_node *`, not NULL.
    pub(super) node: Object,
    /// `struct node_barn *`, 0 if there is none.
    barn: u64,
}

pub(super) fn nodes(program: &Program, cache: &Object) -> Result<Vec<Node>> {
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
