//! Compiles C and opens what comes out.

use spelunk_debuginfo::{DebugFile, DebugInfo};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_synth::Workshop;
use spelunk_types::TypeStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Files that are compiled together or apart; without build ID, so that no index is kept.
pub(crate) fn compile(sources: &[(&str, &str)], flags: &[&str]) -> Vec<u8> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("compile-{}-{count}", std::process::id());
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
    for (name, source) in sources {
        workshop.write(name, source);
    }
    let compiler = if sources[0].0.ends_with(".cpp") {
        "g++"
    } else {
        "gcc"
    };
    let names = sources.iter().map(|(name, _)| *name);
    let units: Vec<&str> = names.filter(|name| !name.ends_with(".h")).collect();
    let always = ["-w", "-Wl,--build-id=none", "-o", "out"];
    workshop.run(compiler, [&always, flags, &units].concat());
    let bytes = workshop.read("out");
    workshop.remove();
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
