//! Containers of real programs: what printers say of them, against what the programs put in.

mod cpp;
mod process;
mod rust;
