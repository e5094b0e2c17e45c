use super::{ModuleFile, ModuleFileStatus, ModuleInfo};
use crate::{Error, Program, Result};
use std::ops::Deref;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// A module of the program.
pub struct Module {
    info: ModuleInfo,
    file: OnceLock<Arc<ModuleFile>>,
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
            file: OnceLock::new(),
        }
    }

    /// The file that debugging information comes from, once it is loaded.
    #[must_use]
    pub fn debug_file(&self) -> Option<&Arc<ModuleFile>> {
        self.file.get()
    }

    /// Whether the debugging information is there.
    #[must_use]
    pub fn debug_file_status(&self) -> ModuleFileStatus {
        match self.file.get() {
            Some(_) => ModuleFileStatus::Have,
            None => ModuleFileStatus::Want,
        }
    }

    /// Whether the file as it was loaded is there. What it would give beyond the debug file is
    /// in the dump's memory.
    #[must_use]
    pub fn loaded_file_status(&self) -> ModuleFileStatus {
        match self.file.get() {
            Some(_) => ModuleFileStatus::DontNeed,
            None => ModuleFileStatus::Want,
        }
    }

    /// Whether `address` is in the module.
    #[must_use]
    pub fn contains(&self, address: u64) -> bool {
        self.address_ranges
            .iter()
            .any(|range| range.contains(&address))
    }

    /// Gives the module its file. The first one stays; false if there was one.
    pub(crate) fn set_debug_file(&self, file: ModuleFile) -> bool {
        self.file.set(Arc::new(file)).is_ok()
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
