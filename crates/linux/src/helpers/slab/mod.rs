//! The slab allocator SLUB: `include/linux/slab.h`, `mm/slab.h`, `mm/slub.c`.

mod caches;
mod classes;
mod free;
mod objects;
mod records;
mod usage;

pub use caches::{SlabCaches, find_slab_cache};
pub(super) use classes::CLASSES;
pub use objects::{SlabObjectInfo, slab_object_info};
pub(super) use records::HELPERS;
