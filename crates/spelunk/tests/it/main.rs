//! Whole programs, from the public interface, against what the guests of the lab said of themselves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod hostile;
mod lab;
mod printers;
mod processes;
mod traces;
