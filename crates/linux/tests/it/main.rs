//! The lab's dumps, against what the guests said of themselves and what the kernels' sources say.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail as tests do"
)]

mod devices;
mod files;
mod kallsyms;
mod lab;
mod lists;
mod log;
mod memory;
mod modules;
mod pages;
mod processes;
mod registers;
mod slabs;
mod special;
mod tasks;
mod trees;
