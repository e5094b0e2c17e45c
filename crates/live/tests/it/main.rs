//! Running processes: this one, and what its kernel says of it.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod corpus;
mod own;
mod servers;
