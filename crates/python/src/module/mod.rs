//! `spelunk.Module`, its kinds, and what goes with them.

mod classes;
mod iterator;
mod kinds;
mod sections;

pub(crate) use classes::PyModule;
pub(crate) use iterator::{LoadedModuleIterator, ModuleIterator};
pub(crate) use kinds::{
    ExtraModule, MainModule, RelocatableModule, SharedLibraryModule, VdsoModule,
};
