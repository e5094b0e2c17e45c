//! Guests of QEMU, over the QEMU Machine Protocol.
//!
//! * [`QemuGuest`] is the guest: its memory, and the state of its CPUs.
//!
//! Documentation: "QEMU QMP Reference Manual", "QEMU Monitor" (`info mtree`, `gpa2hva`, `xp`).

mod connection;
mod guest;
mod memory;
mod peer;

pub use guest::{MemoryWay, QemuGuest, Stopped};
