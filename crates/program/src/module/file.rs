use super::layout::linked_range;
use spelunk_debuginfo::{DebugFile, SymbolTable};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// A file in use for a module.
pub struct ModuleFile {
    path: PathBuf,
    debug: Arc<DebugFile>,
    has_debug_info: bool,
    is_loadable: bool,
    symbols: OnceLock<SymbolTable>,
}

impl ModuleFile {
    pub(crate) fn new(
        path: PathBuf,
        debug: Arc<DebugFile>,
        has_debug_info: bool,
        is_loadable: bool,
    ) -> Self {
        Self {
            path,
            debug,
            has_debug_info,
            is_loadable,
            symbols: OnceLock::new(),
        }
    }

    /// Where it was found.
    #[must_use]
    pub fn path(&self) -> &PathBuf {
        &self.path
    }

    /// The file and the debugging information in it.
    #[must_use]
    pub fn debug(&self) -> &Arc<DebugFile> {
        &self.debug
    }

    /// What is added to addresses in it, modulo 2^64, to have those in the program.
    #[must_use]
    pub fn bias(&self) -> u64 {
        self.debug.bias()
    }

    /// Whether it has debugging information, and not symbols alone.
    #[must_use]
    pub fn has_debug_info(&self) -> bool {
        self.has_debug_info
    }

    /// Whether it has what is loaded into memory.
    #[must_use]
    pub fn is_loadable(&self) -> bool {
        self.is_loadable
    }

    /// Its symbols; none if its symbol table is damaged.
    #[must_use]
    pub fn symbols(&self) -> &SymbolTable {
        self.symbols.get_or_init(|| {
            let file = &self.debug;
            SymbolTable::parse(file.elf(), file.addresses(), file.bias()).unwrap_or_default()
        })
    }

    /// The addresses that its segments span in the program; none for relocatable files, and none if
    /// it would reach around the end of the address space.
    pub(crate) fn address_range(&self) -> Option<Range<u64>> {
        let linked = linked_range(self.debug.elf())?;
        let start = linked.start.wrapping_add(self.bias());
        let end = linked.end.wrapping_add(self.bias());
        (start < end).then_some(start..end)
    }
}
