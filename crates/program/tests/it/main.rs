//! The program against small systems and files that are built here.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod corpus;
mod damage;
mod files;
mod guesses;
mod loading;
mod macros;
mod modules;
mod stacks;
mod system;
mod user_places;
