//! The slab caches that there are.

use crate::access::{member_value, type_named, variable};
use crate::helper::{HelperIter, Value};
use crate::helpers::entry::Entries;
use crate::helpers::list::Nodes;
use spelunk_object::Object;
use spelunk_program::{Program, Result};

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

/// `oo` in `struct kmem_cache`: the order of a slab's pages above the number of its objects.
pub(super) fn order_and_objects(program: &Program, cache: &Object) -> Result<(u64, u64)> {
    let both = member_value(program, &cache.member(program, "oo")?, "x")?;
    Ok((both >> 16, both & 0xffff))
}
