//! What Spelunk knows of the Linux kernel.
//!
//! * [`helpers`] lists every helper as a record (see [`helper`]); the functions themselves are in [`helpers`](mod@helpers),
//!   for use from Rust.

mod access;
pub mod helper;
pub mod helpers;
mod walk;

pub use helpers::helpers;
