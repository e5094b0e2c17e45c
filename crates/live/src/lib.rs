//! Targets that run: processes of this machine, through `/proc` and ptrace(2), guests of QEMU, and whatever
//! speaks gdb's remote protocol.
//!
//! * [`Process`] is a process: its memory, mappings, threads and their registers. It is stopped only while the registers
//!   of one of its threads are read, and goes on whatever happens to the debugger.
//! * [`parse_maps`] understands `/proc/PID/maps`.
//! * [`qmp`] is the way to guests of QEMU, [`parse_flat_view`] what its monitor says of their memory.
//! * [`gdb`] is the way to servers of gdb's remote protocol: gdbserver, rr, QEMU, KGDB.
//!
//! Nothing is remembered: what is asked is what is true now.

#[cfg(target_os = "linux")]
mod descriptor;
#[cfg(target_os = "linux")]
mod error;
#[cfg(target_os = "linux")]
pub mod gdb;
mod maps;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod private_folder;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod ptrace;
mod qemu_monitor;
#[cfg(target_os = "linux")]
pub mod qmp;
#[cfg(target_os = "linux")]
mod socket;

#[cfg(target_os = "linux")]
pub use descriptor::duplicate_descriptor;
#[cfg(target_os = "linux")]
pub use error::ProcessError;
pub use maps::{Device, MapEntry, parse_maps};
#[cfg(target_os = "linux")]
pub use process::Process;
#[cfg(target_os = "linux")]
pub use ptrace::RegisterSets;
pub use qemu_monitor::{RamRange, parse_flat_view, parse_host_address, parse_words};
#[cfg(target_os = "linux")]
pub use socket::SocketAddress;

/// All of this is used from many threads.
#[cfg(target_os = "linux")]
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Process>();
    shared::<qmp::QemuGuest>();
    shared::<gdb::GdbServer>();
};
