//! The client against servers: small ones that do as they are told, and Debian's real one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

mod batch;
mod cache;
mod corpus;
mod hostile;
mod real;
mod resume;
mod server;
mod setup;
