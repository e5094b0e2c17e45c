use spelunk_debuginfo::{DebugFile, SymbolTable};
use spelunk_elf::constants::PT_LOAD;
use spelunk_elf::{ElfFile, Segment};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// What became of a file that a module wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ModuleFileStatus {
    /// It is wanted and was not found yet.
    Want,
    /// It is there.
    Have,
    /// It is not wanted.
    DontWant,
    /// It is not needed: another file has all that it would give.
    DontNeed,
}

/// A file with debugging information, in use for a module.
pub struct ModuleFile {
    path: PathBuf,
    debug: Arc<DebugFile>,
    has_debug_info: bool,
    address_range: Option<Range<u64>>,
    symbols: OnceLock<SymbolTable>,
}

impl ModuleFile {
    pub(crate) fn new(path: PathBuf, debug: Arc<DebugFile>, has_debug_info: bool) -> Self {
        Self {
            address_range: address_range(debug.elf(), debug.bias()),
            path,
            debug,
            has_debug_info,
            symbols: OnceLock::new(),
        }
    }

    /// Where it was found.
    #[must_use]
    pub fn path(&self) -> &PathBuf {
        &self.path
    }

    /// The debugging information in it.
    #[must_use]
    pub fn debug(&self) -> &Arc<DebugFile> {
        &self.debug
    }

    /// Whether it has debugging information, and not symbols alone.
    #[must_use]
    pub fn has_debug_info(&self) -> bool {
        self.has_debug_info
    }

    /// Its symbols; none if its symbol table is damaged.
    #[must_use]
    pub fn symbols(&self) -> &SymbolTable {
        self.symbols.get_or_init(|| {
            let file = &self.debug;
            SymbolTable::parse(file.elf(), file.addresses(), file.bias()).unwrap_or_default()
        })
    }

    /// The addresses that its segments span in the program; none for relocatable files.
    pub(crate) fn address_range(&self) -> Option<Range<u64>> {
        self.address_range.clone()
    }
}

fn address_range(elf: &ElfFile, bias: u64) -> Option<Range<u64>> {
    // Kernels for x86-64 before 6.15 have a segment at address 0: the per-CPU variables, whose
    // addresses are offsets. It is loaded elsewhere.
    let is_loaded = |segment: &&Segment| {
        segment.kind == PT_LOAD && segment.memory_size > 0 && segment.virtual_address != 0
    };
    let ranges = elf.segments().iter().filter(is_loaded).map(|segment| {
        let start = segment.virtual_address.wrapping_add(bias);
        start..start.saturating_add(segment.memory_size)
    });
    ranges.reduce(|all, range| all.start.min(range.start)..all.end.max(range.end))
}
