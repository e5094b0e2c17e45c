//! Debug files that are made of sections, each with the other one that it refers to beside it.

use super::sections;
use spelunk_elf::{ElfFile, FileData};
use spelunk_synth::elf::EM_X86_64;
use std::path::Path;

/// Opens the main file of an input.
pub(crate) fn open(data: &[u8], ask: impl FnOnce(ElfFile)) {
    let Some((main, other)) = sections::unpack(EM_X86_64, data) else {
        return;
    };
    let Some((name, other)) = other else {
        return open_main(Path::new("input"), main, ask);
    };
    let folder = spelunk_synth::own_folder("sections");
    if std::fs::create_dir_all(&folder).is_ok() {
        let _ = std::fs::write(folder.join(name), other);
        open_main(&folder.join("main"), main, ask);
        let _ = std::fs::remove_dir_all(&folder);
    }
}

fn open_main(path: &Path, main: Vec<u8>, ask: impl FnOnce(ElfFile)) {
    let data = FileData::from_bytes(&path.to_string_lossy(), main);
    let Ok(elf) = ElfFile::parse(data) else {
        return;
    };
    // An index of a file with a build ID would be kept on disk.
    if elf.build_id().is_none() {
        ask(elf);
    }
}
