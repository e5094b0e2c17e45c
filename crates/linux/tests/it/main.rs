//! The lab's dumps, against what the guests said of themselves and what the kernels' sources say.

mod files;
mod lab;
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
