//! Modules: the kernel or executable, and all that is loaded beside it, with the files that tell
//! of them.
//!
//! A [`Module`] is known by its [`ModuleKind`] and name, made by the system's list of what is loaded
//! or by hand. It wants two files, and which it has is its state ([`ModuleFileStatus`]): the *loaded*
//! file, whose code runs, and the *debug* file, with debugging information; often they are one. A
//! debug file that `dwz` made waits for its *supplementary* file. [`Program::try_file`] gives a module
//! a file, if it is the module's.
//!
//! [`Program::try_file`]: crate::Program::try_file

mod file;
mod info;
mod layout;
mod list;
mod loaded;
mod state;
mod status;
mod use_file;

pub use file::ModuleFile;
pub use info::{ModuleInfo, ModuleKind};
pub(crate) use layout::is_loadable;
pub(crate) use list::Modules;
pub use loaded::LoadedModules;
pub use state::{Module, WantedSupplementaryFile};
pub use status::ModuleFileStatus;
pub(crate) use use_file::Offer;
