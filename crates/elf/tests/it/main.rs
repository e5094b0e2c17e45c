//! Tests over files that are built here, and over this very test program.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail as tests do"
)]

mod codec;
mod compressed;
mod corpus;
mod files;
mod headers;
mod host;
mod machines;
mod relocation;

use spelunk_elf::{ElfFile, FileData};

pub(crate) fn parse(bytes: Vec<u8>) -> ElfFile {
    ElfFile::parse(FileData::from_bytes("test", bytes)).unwrap()
}
