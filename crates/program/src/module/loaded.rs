//! The modules that are loaded.

use super::Module;
use crate::{Error, Program, Result};
use spelunk_object::Object;
use std::sync::Arc;

impl Program {
    /// Finds the modules that are loaded, each with whether it was not known before: the kernel or
    /// executable, then all others. None, where there is no operating system to say.
    ///
    /// A kernel's are known only to its debugging information, which is loaded for it. Where that
    /// cannot be found, there is only the kernel itself.
    ///
    /// # Errors
    ///
    /// If the list cannot be read. What was found before is known then.
    pub fn create_loaded_modules(&self) -> Result<Vec<(Arc<Module>, bool)>> {
        let Some(os) = self.os() else {
            return Ok(Vec::new());
        };
        let files_needed = !os.is_kernel();
        let main = self.modules.add(os.main_module(self)?, files_needed);
        let kernel = Arc::clone(&main.0);
        let mut found = vec![main];
        if os.is_kernel() {
            if kernel.wants_debug_file() {
                self.load_module_debug_info(std::slice::from_ref(&kernel))?;
            }
            if kernel.debug_file().is_none() {
                return Ok(found);
            }
        }
        os.loaded_modules(self, &mut |info| {
            found.push(self.modules.add(info, files_needed));
        })?;
        Ok(found)
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
