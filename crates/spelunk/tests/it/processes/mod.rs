//! Real programs, running and as core dumps: what they say of themselves and what gdb says of them is
//! what is found.

mod build;
mod compressed;
mod damaged;
mod filled;
mod gdb;
mod kinds;
mod many;
mod run;
mod search;
mod signal;
mod snapshot;
mod thread_local;
mod truth;
