//! The command `bt`: stack traces.
//!
//! * `gather` asks the program, on all processors.
//! * `text` and `json` write the result.

mod gather;
mod json;
mod text;

use spelunk_program::{FoundBy, Signature, SourceLocation, StackEnd};

pub use gather::backtraces;

/// The stacks of some threads.
#[derive(Clone, Debug)]
pub struct Backtraces {
    /// Those that crashed first, the others in the system's order or in that of the user.
    pub threads: Vec<Backtrace>,
    /// What could not be shown, a line for each.
    pub problems: Vec<String>,
}

/// The stack of a thread.
#[derive(Clone, Debug)]
pub struct Backtrace {
    /// The thread's ID.
    pub tid: u64,
    /// Its name, if it is known.
    pub name: Option<String>,
    /// Whether it is the one that crashed.
    pub is_crashed: bool,
    /// What of: a signal, and the address that was accessed.
    pub crash_reason: Option<String>,
    /// What it has in common with others of the same crash; `None` if it could not be unwound.
    pub signature: Option<Signature>,
    /// Innermost first.
    pub frames: Vec<Line>,
    /// Why frames are missing between the kernel's and those of the process that entered it.
    pub gap: Option<StackEnd>,
    /// Why there are no more.
    pub end: StackEnd,
}

/// A frame.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its index in the trace.
    pub index: usize,
    /// The function, or what is known in place of its name.
    pub function: String,
    /// The module, unless it is the kernel or the executable.
    pub module: Option<String>,
    /// The place in the source code, if it is known.
    pub source: Option<SourceLocation>,
    /// The program counter, if it is known.
    pub pc: Option<u64>,
    /// Whether the function was inlined into the next frame's.
    pub is_inline: bool,
    /// Whether the frame is gone, and was put back.
    pub is_tail_call: bool,
    /// Whether it is of the process that entered the kernel.
    pub is_user: bool,
    /// How the frame was found.
    pub found_by: FoundBy,
    /// The variables, if they were asked for: in the order of their declarations, those of inner
    /// blocks last, which may hide others of the same name.
    pub locals: Vec<Local>,
}

/// A parameter or local variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its value in C's syntax; `None` if it is not known.
    pub value: Option<String>,
    /// By which way it was found, or why it was not.
    pub how: String,
}
