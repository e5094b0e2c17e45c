//! The search for modules' files: one small file for each way of finding one.
//!
//! [`hunt`] goes these ways for one module, in order, and says which files it found; nothing
//! of the module changes meanwhile, so that many modules are searched at once. [`standard`] is the
//! finder that does so for all, `debuginfod` the one that downloads what is still missing; a user
//! registers others ([`ModuleFileFinder`]).

mod build_id;
mod candidate;
mod debug_link;
#[cfg(feature = "debuginfod")]
mod debuginfod;
mod depmod;
mod finder;
mod hunt;
mod kernel_modules;
mod module_tree;
mod options;
mod places;
mod report;
mod standard;
mod supplementary;
mod vdso;

pub(crate) use candidate::Candidate;
#[cfg(feature = "debuginfod")]
pub(crate) use debuginfod::DebuginfodFinder;
pub use finder::ModuleFileFinder;
pub use options::{DebugInfoOptions, KmodSearchMethod, SharedOptions};
pub use report::{IncompleteFile, LoadReport, LoadRequest, LoadedFile, MissingFile, RefusedFile};
pub(crate) use standard::StandardFinder;
