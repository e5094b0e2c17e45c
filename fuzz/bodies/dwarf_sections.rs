//! The sections of debugging information, of a file and of another one that it refers to.

use super::{debug_file, sections};
use spelunk_elf::{ElfFile, FileData};
use std::path::Path;

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Some((main, other)) = sections::unpack(data) else {
        return;
    };
    let Some((name, other)) = other else {
        return open(Path::new("input"), main);
    };
    let folder = std::env::temp_dir().join(format!("spelunk-sections-{}", std::process::id()));
    if std::fs::create_dir_all(&folder).is_ok() {
        let _ = std::fs::write(folder.join(name), other);
        open(&folder.join("main"), main);
        let _ = std::fs::remove_dir_all(&folder);
    }
}

fn open(path: &Path, main: Vec<u8>) {
    let data = FileData::from_bytes(&path.to_string_lossy(), main);
    let Ok(elf) = ElfFile::parse(data) else {
        return;
    };
    // An index of a file with a build ID would be kept on disk.
    if elf.build_id().is_none() {
        debug_file::ask(debug_file::open(elf));
    }
}
