//! The records of these helpers.

use super::caches::{SlabCaches, find_slab_cache, order_and_objects};
use super::classes::OBJECT_INFO;
use super::free::SlabType;
use super::objects::{AllocatedObjects, find_slab, slab_object_info};
use super::usage::{total_usage, usage};
use crate::access::{pointer, type_named};
use crate::helper::{Front, Helper, HelperModule, Output, Param, ParamKind, Value};

const CACHE: Param = Param::object("slab_cache", "struct kmem_cache *");
const COUNT: Output = Output::Returns("int", "");
const ADDRESS: Param = Param::int("addr", "``void *``: an address in the object.");

const MODULE: HelperModule = HelperModule("slab");

pub(in crate::helpers) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "for_each_slab_cache",
        Front::Program,
        &[],
        Output::Returns("Iterator[Object]", "``struct kmem_cache *`` objects"),
        "Iterate over the slab caches. Those that were merged into another are not among them; see :func:`slab_cache_is_merged()`.",
        |program, _| Ok(Value::iter(SlabCaches::new(program)?)),
    ),
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
        "slab_cache_order",
        Front::Nothing,
        &[CACHE],
        COUNT,
        "Return how many pages a slab of a slab cache has, as a power of two.",
        |program, args| Ok(order_and_objects(program, args.object(0)?)?.0.into()),
    ),
    MODULE.helper(
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
    MODULE.helper(
        "slab_cache_objects_per_slab",
        Front::Nothing,
        &[CACHE],
        COUNT,
        "Return how many objects a slab of a slab cache has.",
        |program, args| Ok(order_and_objects(program, args.object(0)?)?.1.into()),
    ),
    MODULE.helper(
        "slab_cache_usage",
        Front::Nothing,
        &[CACHE],
        Output::Returns("SlabCacheUsage", ""),
        "Return how many slabs and objects a slab cache has. Needs ``CONFIG_SLUB_DEBUG``.",
        |program, args| usage(program, args.object(0)?),
    ),
    MODULE.helper(
        "slab_total_usage",
        Front::Program,
        &[],
        Output::Returns("SlabTotalUsage", ""),
        "Return how many pages the slab allocator has.",
        |program, _| total_usage(program),
    ),
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
