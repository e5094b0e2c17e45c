//! The sections of debugging information, of a file and of another one that it refers to.

use super::{debug_file, section_files};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    section_files::open(data, |elf| debug_file::ask(debug_file::open(elf)));
}
