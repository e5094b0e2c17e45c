//! Loading debugging information.

use crate::{Error, LoadReport, LoadRequest, Program, Result};

impl Program {
    /// Finds the modules that are loaded and gives them their files.
    ///
    /// What is missing stands in the report, and what could be loaded is loaded.
    ///
    /// # Errors
    ///
    /// If nothing can be loaded at all: the operating system is not known, or the user cancelled.
    pub fn load_debug_info(&self, request: &LoadRequest) -> Result<LoadReport> {
        let _ = (self.lookup_os()?, request);
        Err(Error::not_implemented(
            "debugging information cannot be loaded yet",
        ))
    }
}
