//! Tests over real dumps of the lab, and over dumps that are built here.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail as tests do"
)]

mod allocation;
mod corpus;
mod damaged;
mod elf_core;
mod flattened;
mod kdump;
mod lab;
#[path = "../../../../fuzz/bodies/open_image.rs"]
mod open_image;
mod plain;
mod real;

use spelunk_elf::FileData;
use spelunk_image::{Image, ImageError};
use spelunk_memory::{AddressSpace, FaultKind, Memory, ReadMemory};

/// Opens files that are in memory.
pub(crate) fn open(files: Vec<Vec<u8>>) -> Result<Image, ImageError> {
    let files = files
        .into_iter()
        .map(|bytes| FileData::from_bytes("test", bytes))
        .collect();
    Image::from_files(files)
}

/// Reads from physical memory.
pub(crate) fn read(memory: &Memory, address: u64, size: usize) -> Result<Vec<u8>, FaultKind> {
    let mut bytes = vec![0; size];
    memory
        .read(AddressSpace::Physical, address, &mut bytes)
        .map(|()| bytes)
        .map_err(|fault| fault.kind)
}
