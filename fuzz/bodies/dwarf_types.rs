//! The types and objects of a debug file, all of them and everything they lead to.

use super::debug_file;
use spelunk_elf::{ElfFile, FileData};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Ok(elf) = ElfFile::parse(FileData::from_bytes("input", data.to_vec())) else {
        return;
    };
    // An index of a file with a build ID would be kept on disk.
    if elf.build_id().is_none() {
        debug_file::ask(debug_file::open(elf));
    }
}
