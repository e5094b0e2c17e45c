//! The macros of a debug file: all names, and where each is defined.

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
    for name in file.macro_names("", 200).unwrap_or_default() {
        for filename in [None, Some("a.h")] {
            for place in file.macro_places(&name, filename).unwrap_or_default() {
                let _ = file.find_macro(&name, place);
                let _ = file.macro_language(place);
            }
        }
    }
}
