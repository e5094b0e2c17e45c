//! Red-black trees: `include/linux/rbtree.h`.

mod find;
mod records;
mod validate;
mod walk;

pub use find::rb_find;
pub(super) use records::HELPERS;
pub(crate) use walk::Walk;
