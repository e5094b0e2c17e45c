//! The lab's dumps, against what the guests said of themselves and what the kernels' sources say.

mod lab;
mod memory;
mod tasks;
