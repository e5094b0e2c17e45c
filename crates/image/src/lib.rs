//! Dump files: which memory, notes and VMCOREINFO they hold, in whatever format.
//!
//! [`Image::open`] detects the format and answers the same questions for all of them:
//!
//! * ELF cores of processes and vmcores, from the kernel's `/proc/vmcore`, makedumpfile and QEMU;
//! * kdump-compressed files (the diskdump format) of all header versions, with pages that are
//!   plain or compressed by zlib, LZO, Snappy or zstd;
//! * either of these in the flattened form, read in place through an index;
//! * raw images of memory, and those of LiME, which do not tell what machine they are of;
//! * the parts of a split kdump-compressed file, given together.
//!
//! A file that is cut off or damaged opens if its headers can be read; [`Image::damage`] says what
//! is missing and each read of what is missing faults with the reason. Reading is pure: the
//! formats are read through [`ReadAt`](spelunk_elf::ReadAt), and nothing is known here of types or
//! debug information.

mod elf_core;
mod error;
mod flattened;
mod image;
mod kdump;
mod notes;
mod plain;
mod process;
mod qemu;
mod reader;
mod utsname;
mod vmcoreinfo;
mod vmcoreinfo_scan;

pub use error::{Damage, ImageError};
pub use image::{Format, Image, MissingRange, TargetKind};
pub use notes::StoredNote;
pub use process::{FileMapping, ProcessInfo, Signal, ThreadStatus};
pub use qemu::QemuCpuState;
pub use utsname::Utsname;
pub use vmcoreinfo::Vmcoreinfo;
pub use vmcoreinfo_scan::{ReadCost, scan_for_vmcoreinfo};

/// All of this is used from many threads.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Image>();
};
