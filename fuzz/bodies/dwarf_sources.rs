//! A debug file and another one that it refers to: a split debug file, a package of them, or a
//! supplementary file.
//!
//! The input is the length of the debug file, in four bytes, that file, and the other one.

use super::debug_file;
use spelunk_elf::{ElfFile, FileData};
use std::path::Path;

/// What debug files call the other one: `main.dwp` is the package of `main`.
const NAMES: [&str; 3] = ["main.dwp", "other.dwo", "other.sup"];

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Some((main, other)) = split(data) else {
        return;
    };
    let folder = spelunk_synth::own_folder("sources");
    if std::fs::create_dir_all(&folder).is_ok() {
        for name in NAMES {
            let _ = std::fs::write(folder.join(name), other);
        }
        open(&folder.join("main"), main);
        let _ = std::fs::remove_dir_all(&folder);
    }
}

fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

fn open(path: &Path, main: &[u8]) {
    let name = path.to_string_lossy();
    let Ok(elf) = ElfFile::parse(FileData::from_bytes(&name, main.to_vec())) else {
        return;
    };
    // An index of a file with a build ID would be kept on disk.
    if elf.build_id().is_none() {
        debug_file::ask(debug_file::open(elf));
    }
}
