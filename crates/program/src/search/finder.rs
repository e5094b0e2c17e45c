use crate::{Module, Program, Result};
use std::sync::Arc;

/// Knows where modules' files are: `standard`, and those that a user registers.
pub trait ModuleFileFinder: Send + Sync {
    /// Looks for the files that `modules` want, and gives those that it found to
    /// [`Program::try_file`]. Called without any lock held.
    ///
    /// # Errors
    ///
    /// If it cannot go on. No other finder is asked then. Files that are not found are no error.
    fn find(&self, program: &Program, modules: &[Arc<Module>]) -> Result<()>;
}
