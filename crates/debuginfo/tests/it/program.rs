//! Compiles C and opens what comes out.

use spelunk_debuginfo::{DebugFile, DebugInfo};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_types::TypeStore;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Files that are compiled together or apart; without build ID, so that no index is kept.
pub(crate) fn compile(sources: &[(&str, &str)], flags: &[&str]) -> Vec<u8> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("compile-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, source) in sources {
        std::fs::write(folder.join(name), source).unwrap();
    }
    let compiler = if sources[0].0.ends_with(".cpp") {
        "g++"
    } else {
        "gcc"
    };
    let output = Command::new(compiler)
        .current_dir(&folder)
        .args(["-w", "-Wl,--build-id=none", "-o", "out"])
        .args(flags)
        .args(
            sources
                .iter()
                .map(|(name, _)| *name)
                .filter(|name| !name.ends_with(".h")),
        )
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let bytes = std::fs::read(folder.join("out")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    bytes
}

/// A program with the debugging information of these files, in this order.
pub(crate) struct Program {
    pub(crate) store: Arc<TypeStore>,
    pub(crate) info: DebugInfo,
}

impl Program {
    /// Each file at its own load bias.
    pub(crate) fn of(files: &[(&[u8], u64)]) -> Self {
        let store = Arc::new(TypeStore::new());
        let info = DebugInfo::new(Arc::clone(&store));
        for (bytes, bias) in files {
            let elf = ElfFile::parse(FileData::from_bytes("test", bytes.to_vec())).unwrap();
            let file = DebugFile::new(elf, SectionAddresses::default(), *bias);
            info.add(file).unwrap();
        }
        Self { store, info }
    }
}
