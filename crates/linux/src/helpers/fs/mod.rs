//! Files, paths and mounts: `include/linux/fs.h`, `include/linux/dcache.h`, `fs/mount.h`.

mod file;
mod mount;
mod path;
mod records;
mod super_block;

pub use file::{Files, fget};
pub use mount::{Mounts, initial_mount_namespace, mount_dst, mount_fstype, mount_src};
pub use path::{d_path, dentry_path};
pub(super) use records::HELPERS;
