//! Builders of ELF files, dumps and notes for tests and for the corpora of fuzz targets; and the
//! place where tests compile programs.
//!
//! Constants and layouts are written here a second time, from the same specifications, so that a
//! mistake in a parser cannot agree with itself. Nothing here checks what it builds: a test that
//! wants a wrong file gets one.

pub mod compress;
mod corpus;
pub mod dwarf;
pub mod elf;
pub mod flattened;
pub mod kdump;
mod random;
mod vmcoreinfo;
mod workshop;
mod writer;

pub use corpus::{exercise, own_folder};
pub use random::Random;
pub use vmcoreinfo::vmcoreinfo;
pub use workshop::{Workshop, output_of};
pub use writer::{Encoding, Writer};
