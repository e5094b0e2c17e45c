//! The search for modules' files.

mod candidate;
mod module_tree;
mod places;
mod report;

pub(crate) use candidate::Candidate;
pub(crate) use places::Places;
pub use report::{LoadReport, LoadedFile, MissingFile, RefusedFile};

use std::path::PathBuf;

/// Where debugging information is searched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SearchOptions {
    /// Directories of debug files, which have `.build-id/` and copies of the file system below
    /// them (`/usr/lib/debug`).
    pub debug_directories: Vec<PathBuf>,
    /// Directories of a kernel's files: each either like `/` (with `boot/`, `lib/modules/RELEASE/`
    /// or `usr/lib/debug/` below it) or like `/lib/modules/RELEASE` itself.
    pub kernel_directories: Vec<PathBuf>,
    /// Whether the host's own places for kernels are searched behind those.
    pub use_default_kernel_directories: bool,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            debug_directories: vec!["/usr/lib/debug".into()],
            kernel_directories: Vec::new(),
            use_default_kernel_directories: true,
        }
    }
}

/// What debugging information to load.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LoadRequest {
    /// Files to try first. Each goes to the modules whose build ID it has.
    pub paths: Vec<PathBuf>,
    /// Whether to search the files of the kernel or executable itself.
    pub main: bool,
    /// Whether to search the files of all modules.
    pub default: bool,
}

impl LoadRequest {
    /// All that can be found by itself.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            main: true,
            default: true,
            ..Self::default()
        }
    }
}
