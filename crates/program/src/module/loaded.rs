//! The modules that are loaded.

use super::{Module, ModuleInfo};
use crate::{Error, Program, Result};
use spelunk_object::Object;
use std::sync::Arc;

/// The modules that are loaded, each of which becomes a module of the program when it is its turn.
#[derive(Default)]
pub struct LoadedModules(Stage);

#[derive(Default)]
enum Stage {
    /// The kernel or executable is next.
    #[default]
    Main,
    /// All others are next.
    Others { main: Arc<Module> },
    /// These are next, and then perhaps what kept others from being found.
    Listed {
        infos: std::vec::IntoIter<ModuleInfo>,
        error: Option<Error>,
    },
}

impl LoadedModules {
    /// The next one, and whether it was not known before.
    ///
    /// A kernel's modules are known only to its debugging information, which is loaded for them. Where
    /// that cannot be found, there is only the kernel itself.
    ///
    /// # Errors
    ///
    /// If the list cannot be read any further.
    pub fn next(&mut self, program: &Program) -> Result<Option<(Arc<Module>, bool)>> {
        let Some(os) = program.os() else {
            return Ok(None);
        };
        let files_needed = !os.is_kernel();
        loop {
            match &mut self.0 {
                Stage::Main => {
                    let (main, is_new) =
                        program.modules.add(os.main_module(program)?, files_needed);
                    self.0 = Stage::Others {
                        main: Arc::clone(&main),
                    };
                    return Ok(Some((main, is_new)));
                }
                Stage::Others { main } => {
                    let main = Arc::clone(main);
                    self.0 = listed(program, &main)?;
                }
                Stage::Listed { infos, error } => {
                    return match infos.next() {
                        Some(info) => Ok(Some(program.modules.add(info, files_needed))),
                        None => error.take().map_or(Ok(None), Err),
                    };
                }
            }
        }
    }
}

/// What the system says of all modules but `main`.
fn listed(program: &Program, main: &Arc<Module>) -> Result<Stage> {
    let mut infos = Vec::new();
    let mut error = None;
    if let Some(os) = program.os() {
        let is_kernel = os.is_kernel();
        if is_kernel && main.wants_debug_file() {
            program.load_module_debug_info(std::slice::from_ref(main))?;
        }
        if !is_kernel || main.debug_file().is_some() {
            let listed = os.loaded_modules(program, &mut |info| infos.push(info));
            error = listed.err();
        }
    }
    Ok(Stage::Listed {
        infos: infos.into_iter(),
        error,
    })
}

impl Program {
    /// The modules that are loaded, found one by one: the kernel or executable, then all others. None,
    /// where there is no operating system to say.
    #[must_use]
    pub fn loaded_modules(&self) -> LoadedModules {
        LoadedModules::default()
    }

    /// Finds all modules that are loaded.
    ///
    /// # Errors
    ///
    /// As [`LoadedModules::next`]. What was found before is known then.
    pub fn create_loaded_modules(&self) -> Result<()> {
        let mut modules = self.loaded_modules();
        while modules.next(self)?.is_some() {}
        Ok(())
    }

    /// The module that a `struct module *` stands for, made now if it is not there and `create` says
    /// so.
    ///
    /// # Errors
    ///
    /// A type error if `object` is of another type; a lookup error if the module is not there; a
    /// fault.
    pub fn kernel_module(&self, object: &Object, create: bool) -> Result<Arc<Module>> {
        let info = match self.os() {
            Some(os) => os.module_of(self, object)?,
            None => None,
        };
        let info = info.ok_or_else(|| Error::type_("struct module * is required"))?;
        match create {
            true => Ok(self.modules.add(info, false).0),
            false => self.lookup_module(info.kind, &info.name),
        }
    }
}
