use super::{ModuleFile, ModuleFileStatus, ModuleInfo};
use crate::{Error, Program, Result};
use spelunk_debuginfo::orc::OrcTable;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// A module of the program.
pub struct Module {
    info: ModuleInfo,
    debug: OnceLock<Arc<ModuleFile>>,
    stripped: OnceLock<Arc<ModuleFile>>,
    orc: OnceLock<Option<Arc<OrcTable>>>,
}

impl Deref for Module {
    type Target = ModuleInfo;

    fn deref(&self) -> &ModuleInfo {
        &self.info
    }
}

impl Module {
    pub(crate) fn new(info: ModuleInfo) -> Self {
        Self {
            info,
            debug: OnceLock::new(),
            stripped: OnceLock::new(),
            orc: OnceLock::new(),
        }
    }

    /// The file that debugging information comes from, once it is loaded.
    #[must_use]
    pub fn debug_file(&self) -> Option<&Arc<ModuleFile>> {
        self.debug.get()
    }

    /// The file as it was loaded, if it was found and there is no better one.
    #[must_use]
    pub fn loaded_file(&self) -> Option<&Arc<ModuleFile>> {
        self.stripped.get()
    }

    /// The best file there is: the one with debugging information, else the other.
    #[must_use]
    pub fn file(&self) -> Option<&Arc<ModuleFile>> {
        self.debug_file().or(self.loaded_file())
    }

    /// Whether the debugging information is there.
    #[must_use]
    pub fn debug_file_status(&self) -> ModuleFileStatus {
        match self.debug.get() {
            Some(_) => ModuleFileStatus::Have,
            None => ModuleFileStatus::Want,
        }
    }

    /// Whether the file as it was loaded is there. What it would give beyond the debug file is
    /// in the dump's memory.
    #[must_use]
    pub fn loaded_file_status(&self) -> ModuleFileStatus {
        match (self.debug.get(), self.stripped.get()) {
            (Some(_), None) => ModuleFileStatus::DontNeed,
            (_, Some(_)) => ModuleFileStatus::Have,
            (None, None) => ModuleFileStatus::Want,
        }
    }

    /// Whether the debugging information is missing.
    #[must_use]
    pub fn wants_debug_file(&self) -> bool {
        self.debug.get().is_none()
    }

    /// Where the module is in memory: as its file says or, for relocatable modules and without a
    /// file, as the system told.
    #[must_use]
    pub fn address_ranges(&self) -> Vec<Range<u64>> {
        match self.file_range() {
            Some(range) => vec![range],
            None => self.info.address_ranges.clone(),
        }
    }

    /// Whether `address` is in the module.
    #[must_use]
    pub fn contains(&self, address: u64) -> bool {
        match self.file_range() {
            Some(range) => range.contains(&address),
            None => {
                let mut ranges = self.info.address_ranges.iter();
                ranges.any(|range| range.contains(&address))
            }
        }
    }

    fn file_range(&self) -> Option<Range<u64>> {
        self.file()?.address_range()
    }

    /// The unwinding tables that stand in the program's memory, if they can be read.
    pub(crate) fn orc_table(&self, program: &Program) -> Option<Arc<OrcTable>> {
        if let Some(table) = self.orc.get() {
            return table.clone();
        }
        // Read before it is published: the system calls back.
        let table = program
            .os()
            .and_then(|os| os.orc_table(program, &self.name).ok()?);
        self.orc.get_or_init(|| table).clone()
    }

    /// Gives the module a file. The first one of its kind stays; false if there was one.
    pub(crate) fn set_file(&self, file: ModuleFile) -> bool {
        let place = match file.has_debug_info() {
            true => &self.debug,
            false => &self.stripped,
        };
        place.set(Arc::new(file)).is_ok()
    }
}

/// The modules of a program: those found so far, in the order in which they were found.
#[derive(Default)]
pub(crate) struct Modules(RwLock<Vec<Arc<Module>>>);

impl Modules {
    pub(crate) fn all(&self) -> Vec<Arc<Module>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn find(&self, wanted: impl Fn(&Module) -> bool) -> Option<Arc<Module>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|module| wanted(module))
            .cloned()
    }

    /// The module that `info` tells of: the one that is there, or a new one.
    pub(crate) fn add(&self, info: ModuleInfo) -> Arc<Module> {
        let mut modules = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let same = |module: &&Arc<Module>| {
            module.kind == info.kind
                && module.name == info.name
                && module.address_ranges == info.address_ranges
        };
        if let Some(module) = modules.iter().find(same) {
            return Arc::clone(module);
        }
        let module = Arc::new(Module::new(info));
        modules.push(Arc::clone(&module));
        module
    }
}

impl Program {
    /// The modules found so far.
    #[must_use]
    pub fn modules(&self) -> Vec<Arc<Module>> {
        self.modules.all()
    }

    /// The kernel or executable itself.
    ///
    /// # Errors
    ///
    /// A lookup error if it was not found yet.
    pub fn main_module(&self) -> Result<Arc<Module>> {
        self.modules
            .find(|module| module.kind == super::ModuleKind::Main)
            .ok_or_else(|| Error::lookup("module not found"))
    }

    /// The module called `name`.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn module_by_name(&self, name: &str) -> Result<Arc<Module>> {
        self.modules
            .find(|module| module.name == name)
            .ok_or_else(|| Error::lookup("module not found"))
    }

    /// The module that `address` is in.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn module_by_address(&self, address: u64) -> Result<Arc<Module>> {
        self.find_module(address)
            .ok_or_else(|| Error::lookup("module not found"))
    }

    pub(crate) fn find_module(&self, address: u64) -> Option<Arc<Module>> {
        self.modules.find(|module| module.contains(address))
    }
}
