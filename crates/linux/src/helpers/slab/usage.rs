//! How much the slab allocator has: `/proc/slabinfo`, `/proc/meminfo`.

use super::classes::{TOTAL_USAGE, USAGE};
use super::free::{Node, SlabType, nodes};
use crate::access::{member_value, variable};
use crate::helper::Value;
use crate::helpers::entry::Entries;
use crate::helpers::list::Nodes;
use crate::helpers::page::find_constant;
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};

/// How many slabs and objects a cache has: `slab_cache_usage()`.
pub(super) fn usage(program: &Program, cache: &Object) -> Result<Value> {
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
pub(super) fn total_usage(program: &Program) -> Result<Value> {
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
