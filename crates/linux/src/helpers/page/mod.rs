//! Pages, their frames and addresses: `include/linux/mm.h`, `include/asm-generic/memory_model.h`.

mod flags;
mod map;
mod records;

pub use flags::page_flags;
pub(crate) use flags::{Compound, SlabMark, find_constant};
pub use map::{PageMap, direct_map_base, virt_to_phys};
pub(super) use records::{FLAGS, HELPERS};
