//! The program against small systems and files that are built here.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

mod corpus;
mod corpus_stacks;
mod damage;
mod files;
mod guesses;
mod loading;
mod macros;
mod modules;
mod stacks;
mod system;
mod user_places;
