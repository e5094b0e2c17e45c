//! The program being debugged, all of it together: memory, types, modules and the search for their
//! files, symbols, threads and stack traces.
//!
//! * [`Program`] is the handle, and the [`Target`](spelunk_object::Target) of all objects.
//! * [`TypeFinder`], [`ObjectFinder`] and [`SymbolFinder`] are who is asked for names; a user adds
//!   some.
//! * [`Os`] is what the operating system says of it; this crate knows no system.
//! * [`Module`] is one loaded thing with its files; [`Program::load_debug_info`] finds them and
//!   tells in a [`LoadReport`] what is missing and why.
//! * [`StackTrace`] is a list of [`Frame`]s with names, places in source code and variables.
//! * [`Error`] is the error of everything from here up.

mod convert;
mod error;
mod finder;
mod format;
mod load;
mod lookup;
mod machine;
mod macros;
mod memory;
mod module;
mod name_cache;
mod open;
#[cfg(target_os = "linux")]
mod open_live;
mod os;
mod process;
mod program;
mod search;
mod source;
mod symbols;
mod target;
mod thread;
mod thread_local;
mod trace;
mod userspace;
mod waiting;

pub use error::{Error, ErrorKind, Result};
pub use finder::{Finders, ObjectFinder, SymbolFinder, SymbolIndex, SymbolQuery, TypeFinder};
pub use machine::{Machine, Paused};
pub use module::{
    LoadedModules, Module, ModuleFile, ModuleFileStatus, ModuleInfo, ModuleKind,
    WantedSupplementaryFile,
};
pub use os::{BringUp, EntryFrame, HostFile, InitialRegisters, Os, System, ThreadIter};
pub use process::{UserArea, UserProcess, UserThread};
pub use program::{Program, ProgramFlags};
pub use search::{
    DebugInfoOptions, IncompleteFile, KmodSearchMethod, LoadReport, LoadRequest, LoadedFile,
    MissingFile, ModuleFileFinder, RefusedFile, SharedOptions,
};
pub use spelunk_debuginfo::{Macro, ObjectKinds, Symbol};
pub use thread::Thread;
pub use trace::{
    FoundBy, Frame, FunctionRole, LocalValue, Missing, Provenance, Signature, Source,
    SourceLocation, StackCopy, StackEnd, StackOptions, StackSource, StackTrace, TailCallFrames,
};
pub use waiting::Attendant;
