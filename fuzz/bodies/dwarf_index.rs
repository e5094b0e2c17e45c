//! The names of a debug file.

use spelunk_debuginfo::DebugFile;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Ok(elf) = ElfFile::parse(FileData::from_bytes("input", data.to_vec())) else {
        return;
    };
    // An index of a file with a build ID would be kept on disk.
    if elf.build_id().is_some() {
        return;
    }
    let file = DebugFile::new(elf, SectionAddresses::default(), 0);
    let Ok(index) = file.index() else {
        return;
    };
    for (name, entries) in index.names().take(1000) {
        if let Ok(name) = std::str::from_utf8(name) {
            let found = index.find(name).count();
            // A name leads back to its entries. (Damaged relocations may change names.)
            assert!(file.elf().is_relocatable() || found >= entries.count());
        }
    }
}
