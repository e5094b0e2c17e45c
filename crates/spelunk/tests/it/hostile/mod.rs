//! Dumps and debug files that are cut off and damaged, from opening them to all that can be asked:
//! no panic, no hang, no more than 1 GiB.
//!
//! A run takes a few rounds of each kind; `SPELUNK_TEST_FULL=1` takes a thousand. The numbers are the
//! same in every run; `SPELUNK_TEST_ROUND=N` takes that one alone.

mod budget;
mod core;
mod debug_file;
mod dump;
mod file;
#[path = "../../../../../fuzz/bodies/open_image.rs"]
#[allow(dead_code, reason = "the fuzz targets' entry")]
mod open_image;
mod questions;
mod user_program;
