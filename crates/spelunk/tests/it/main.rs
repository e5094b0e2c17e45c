//! Whole programs, from the public interface, against what the guests of the lab said of themselves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod lab;
mod traces;
