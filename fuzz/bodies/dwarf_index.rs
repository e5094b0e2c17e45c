//! The names of a debug file.

use spelunk_base::{Cancel, NoProgress};
use spelunk_debuginfo::NameIndex;
use spelunk_elf::{ElfFile, FileData};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Ok(elf) = ElfFile::parse(FileData::from_bytes("input", data.to_vec())) else {
        return;
    };
    // An index of a file with a build ID would be kept on disk.
    if elf.build_id().is_some() {
        return;
    }
    let Ok(index) = NameIndex::open(&elf, &NoProgress, &Cancel::default()) else {
        return;
    };
    for (name, entries) in index.names(&elf).take(1000) {
        if let Ok(name) = std::str::from_utf8(name) {
            let found = index.find(&elf, name).count();
            // A name leads back to its entries. (Damaged relocations may change names.)
            assert!(elf.is_relocatable() || found >= entries.count());
        }
    }
}
