//! Programs of users, running or dead: the [`Os`](crate::Os) of a Linux process.
//!
//! * [`source`] is where facts come from: the notes of a [`core_dump`], the running process ([`live`]),
//!   or the structures of a kernel that is looked at itself ([`kernel_process`]).
//! * [`modules`] makes the list of modules: the executable through the [auxiliary vector](auxv), the
//!   vdso, libraries through the dynamic linker's [`link_map`] or else through the [`mapping`]s of
//!   files. What each of them is, its [headers in memory](loaded_elf) tell.
//! * [`fill`] reads what a core dump leaves out from the files that were mapped, if they are those
//!   that were mapped.
//! * [`roles`] are functions that say nothing of where a program crashed.
//! * [`os`] puts it together.

mod auxv;
mod core_dump;
mod fill;
mod filled_pages;
mod kernel_process;
mod link_map;
mod live;
mod loaded_elf;
mod mapping;
mod modules;
mod os;
mod process_memory;
#[cfg(target_os = "linux")]
mod remote;
mod roles;
mod signal;
mod source;
mod thread_local;

pub(crate) use os::UserProgram;
