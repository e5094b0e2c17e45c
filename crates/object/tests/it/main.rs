//! Objects over a target made by hand. Where a text is expected, it is what drgn 0.3.0 says of the
//! same object, unless a comment says otherwise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

mod access;
mod allocations;
mod compiled;
mod compiler;
mod convert;
mod corpus;
mod cpp_names;
mod cxx;
mod damaged;
mod expressions;
mod fake;
mod format;
mod operators;
mod process;
mod rust;
mod structures;
mod type_names;
mod type_round_trips;
