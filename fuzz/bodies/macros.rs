//! The macros of a debug file, and of another one that it refers to: all names, and where each is defined.

use super::section_files;
use spelunk_debuginfo::DebugFile;
use spelunk_elf::SectionAddresses;

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    section_files::open(data, |elf| {
        let file = DebugFile::new(elf, SectionAddresses::default(), 0);
        for name in file.macro_names("", 200).unwrap_or_default() {
            for filename in [None, Some("a.h")] {
                for place in file.macro_places(&name, filename).unwrap_or_default() {
                    let _ = file.find_macro(&name, place);
                    let _ = file.macro_language(place);
                }
            }
        }
    });
}
