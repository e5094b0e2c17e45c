//! What Spelunk knows of the Linux kernel.
//!
//! * [`Linux`] recognises dumps of the kernel, [`LinuxKernel`] is what the program then asks.
//! * [`helpers()`] lists every helper as a record (see [`helper`]); the functions themselves are in [`helpers`](mod@helpers),
//!   for use from Rust.

mod access;
pub mod helper;
pub mod helpers;
mod kernel;
mod walk;

pub use helpers::{helpers, record_classes};
pub use kernel::{AddressTranslation, Linux, LinuxKernel};
