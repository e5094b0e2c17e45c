//! Servers of gdb's remote protocol: gdbserver, rr, QEMU, KGDB.
//!
//! * [`GdbServer`] is the server, and what it debugs: memory, threads, registers, files.
//! * [`PacketReader`] takes packets out of bytes; [`TargetDescription`] says what registers there are.
//!
//! What is debugged stands still while the connection lasts, and goes on afterwards.
//!
//! Documentation: "Debugging with GDB", appendices "GDB Remote Serial Protocol" and "Target Descriptions".

mod connection;
mod description;
mod packet;
mod server;

pub use description::{RegisterPlace, TargetDescription};
pub use packet::{Packet, PacketReader, parse_hex, write_packet};
pub use server::{GdbServer, GdbServerKind, ThreadId};
