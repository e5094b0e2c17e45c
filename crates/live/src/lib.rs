//! Targets that run: a process of this machine, through `/proc` and ptrace(2).
//!
//! * [`Process`] is the process: its memory, mappings, threads and their registers.
//! * [`parse_maps`] understands `/proc/PID/maps`.
//!
//! Nothing is remembered: what is asked is what is true now. The process is stopped only while the
//! registers of one of its threads are read, and goes on whatever happens to the debugger.

#[cfg(target_os = "linux")]
mod error;
mod maps;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod ptrace;

#[cfg(target_os = "linux")]
pub use error::ProcessError;
pub use maps::{Device, MapEntry, parse_maps};
#[cfg(target_os = "linux")]
pub use process::Process;
#[cfg(target_os = "linux")]
pub use ptrace::RegisterSets;

/// All of this is used from many threads.
#[cfg(target_os = "linux")]
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Process>();
};
