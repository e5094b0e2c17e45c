use spelunk_debuginfo::{DebugFile, SymbolTable};
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
    symbols: OnceLock<SymbolTable>,
}

impl ModuleFile {
    pub(crate) fn new(path: PathBuf, debug: Arc<DebugFile>) -> Self {
        Self {
            path,
            debug,
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

    /// Its symbols; none if its symbol table is damaged.
    #[must_use]
    pub fn symbols(&self) -> &SymbolTable {
        self.symbols.get_or_init(|| {
            let file = &self.debug;
            SymbolTable::parse(file.elf(), file.addresses(), file.bias()).unwrap_or_default()
        })
    }
}
