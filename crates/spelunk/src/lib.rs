//! A programmable debugger for the Linux kernel and native programs.
//!
//! [`open`] makes a [`Program`] of a core dump, a kernel's or a process's; [`open_process`] of a running
//! process. All the rest is re-exported from the crates that it is made of.
//!
//! ```no_run
//! # fn main() -> Result<(), spelunk::Error> {
//! let program = spelunk::open(&["vmcore".into()], None)?;
//! let report = program.load_debug_info(&spelunk::LoadRequest::everything())?;
//! println!("{report}");
//! let init = program.object("init_task", spelunk::ObjectKinds::ANY, None)?;
//! let trace = program.stack_trace(&spelunk::StackSource::Object(init))?;
//! println!("{}", trace.format(&program));
//! # Ok(())
//! # }
//! ```

pub use spelunk_base as base;
pub use spelunk_image as image;
pub use spelunk_linux as linux;
pub use spelunk_live as live;
pub use spelunk_memory as memory;
pub use spelunk_memory::AddressSpace;
pub use spelunk_object as object;
pub use spelunk_object::{FormatOptions, Object, Target, Value};
pub use spelunk_program::*;
pub use spelunk_types as types;
pub use spelunk_types::QualifiedType;
pub use spelunk_unwind as unwind;

use spelunk_base::Platform;
use std::path::PathBuf;
use std::sync::Arc;

/// The operating systems that are known here.
#[must_use]
pub fn systems() -> &'static [&'static dyn System] {
    &[&spelunk_linux::Linux]
}

/// Opens a core dump: one file, or all parts of a split one. Loads no debugging information.
///
/// `platform` is the machine, for dumps that do not tell it.
///
/// # Errors
///
/// If the files cannot be read, or are no core dump of a system that is known.
pub fn open(paths: &[PathBuf], platform: Option<Platform>) -> Result<Arc<Program>> {
    let program = Program::new(platform);
    program.open_core(paths, systems())?;
    Ok(program)
}

/// Looks at a running process of this machine. Loads no debugging information.
///
/// # Errors
///
/// The host's, if there is no such process or it may not be debugged.
pub fn open_process(pid: u32) -> Result<Arc<Program>> {
    let program = Program::new(None);
    program.open_process(pid)?;
    Ok(program)
}
