//! ELF files and directories of them.

use spelunk_synth::Encoding;
use spelunk_synth::elf::{self, ElfBuilder, Section, Segment};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

const ENCODING: Encoding = Encoding::LITTLE_64;

/// An ELF file with a build ID, and with a section of debugging information or without.
pub(crate) fn elf_file(kind: u16, build_id: &[u8], has_debug_info: bool) -> Vec<u8> {
    let mut file = ElfBuilder::new(ENCODING, kind, elf::EM_X86_64).section(Section {
        name: ".note.gnu.build-id".into(),
        kind: elf::SHT_NOTE,
        data: elf::note(ENCODING, 4, "GNU", elf::NT_GNU_BUILD_ID, build_id),
        alignment: 4,
        ..Section::default()
    });
    if has_debug_info {
        file = file.section(Section {
            name: ".debug_info".into(),
            kind: elf::SHT_PROGBITS,
            ..Section::default()
        });
    }
    file.build()
}

/// A kernel's dump: a page of memory, and VMCOREINFO.
pub(crate) fn vmcore(release: &str) -> Vec<u8> {
    let info = format!("OSRELEASE={release}\nPAGESIZE=4096\n");
    let note = elf::note(ENCODING, 4, "VMCOREINFO", 0, info.as_bytes());
    ElfBuilder::new(ENCODING, elf::ET_CORE, elf::EM_X86_64)
        .segment(Segment {
            kind: elf::PT_NOTE,
            data: note,
            alignment: 4,
            ..Segment::default()
        })
        .segment(Segment {
            kind: elf::PT_LOAD,
            virtual_address: 0xffff_8880_0000_1000,
            physical_address: 0x1000,
            data: vec![0x5a; 0x1000],
            ..Segment::default()
        })
        .build()
}

/// A directory that goes when the test ends.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("spelunk-program-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file below the directory, and gives its path.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
