//! The finder that is there from the beginning.

use super::hunt::hunt;
use super::places::Places;
use super::{DebugInfoOptions, ModuleFileFinder};
use crate::module::Offer;
use crate::{Module, Program, Result};
use rayon::prelude::*;
use std::sync::Arc;

/// Looks in the usual places, as [`DebugInfoOptions`] say.
pub(crate) struct StandardFinder;

impl ModuleFileFinder for StandardFinder {
    fn find(&self, program: &Program, modules: &[Arc<Module>]) -> Result<()> {
        program.find_standard_debug_info(modules, &program.debug_info_options().get())
    }
}

impl Program {
    /// Looks for the files that modules want in the usual places, as `options` say. The finder
    /// `standard` does so with the program's own options.
    ///
    /// # Errors
    ///
    /// If the user cancelled. What is not found is no error.
    pub fn find_standard_debug_info(
        &self,
        modules: &[Arc<Module>],
        options: &DebugInfoOptions,
    ) -> Result<()> {
        let os = self.os();
        let is_kernel = os.is_some_and(|os| os.is_kernel());
        let release = os.and_then(|os| os.release()).filter(|_| is_kernel);
        let places = Places::new(options, release, is_kernel);
        // Files are opened, and compressed ones decompressed, in parallel.
        let caught: Vec<_> = modules
            .par_iter()
            .map(|module| {
                self.cancel().check()?;
                Ok(hunt(self, module, &places))
            })
            .collect::<Result<_>>()?;
        for (module, catch) in modules.iter().zip(caught) {
            module.refuse(catch.refused);
            for file in catch.files {
                let refused = self.offer_file(module, file, Offer::Found)?;
                module.refuse(refused.into_iter().collect());
            }
        }
        Ok(())
    }
}
