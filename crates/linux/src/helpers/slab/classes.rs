//! The classes whose instances these helpers return.

use crate::helper::{Field, RecordClass};

pub(super) static OBJECT_INFO: RecordClass = RecordClass {
    module: "slab",
    name: "SlabObjectInfo",
    is_tuple: false,
    doc: "What is known of an object of the slab allocator.",
    fields: &[
        Field::new(
            "slab_cache",
            "Object",
            "``struct kmem_cache *`` that the object is of.",
        ),
        Field::new(
            "slab",
            "Object",
            "Slab that the object is in: ``struct slab *``, before Linux 5.17 ``struct page *``.",
        ),
        Field::new("address", "int", "Address of the object's first byte.").hexadecimal(),
        Field::new(
            "allocated",
            "Optional[bool]",
            "``True`` if the object is in use, ``False`` if it is free, ``None`` if that cannot be told.",
        ),
    ],
    sums: &[],
};

pub(super) static USAGE: RecordClass = RecordClass {
    module: "slab",
    name: "SlabCacheUsage",
    is_tuple: true,
    doc: "How much memory a slab cache has.",
    fields: &[
        Field::new("num_slabs", "int", "Number of slabs."),
        Field::new("num_objs", "int", "Number of objects, in use and free."),
        Field::new(
            "free_objs",
            "int",
            "Number of free objects, without those that are kept aside for a CPU.",
        ),
    ],
    sums: &[],
};

pub(super) static TOTAL_USAGE: RecordClass = RecordClass {
    module: "slab",
    name: "SlabTotalUsage",
    is_tuple: true,
    doc: "How many pages the slab allocator has.",
    fields: &[
        Field::new(
            "reclaimable_pages",
            "int",
            "Pages of which some could be freed on demand.",
        ),
        Field::new("unreclaimable_pages", "int", "All others."),
    ],
    sums: &[],
};

/// All of them.
pub(in crate::helpers) static CLASSES: &[&RecordClass] = &[&OBJECT_INFO, &USAGE, &TOTAL_USAGE];
