//! Stack traces: how a thread got to where it is, and the variables of each call.

mod around;
mod branch;
mod call;
mod code;
mod copies;
mod entered;
mod fallback;
mod found_by;
mod frame;
mod many;
mod provenance;
mod signature;
mod source;
mod stack;
mod stack_copy;
mod tail_calls;
mod unwinder;
mod user;
mod values;
mod variable;

pub(crate) use code::{DecodedFunctions, KnownPlaces};
pub use found_by::FoundBy;
pub(crate) use frame::SIGNAL_TRAMPOLINE;
pub use frame::{Frame, LocalValue, SourceLocation};
pub use provenance::{Missing, Provenance, Source};
pub use signature::{FunctionRole, Signature};
pub use stack_copy::StackCopy;
pub(crate) use tail_calls::TailCalls;

use crate::{Error, Program, Result, Thread};
use source::Start;
use spelunk_object::Object;
use spelunk_unwind::Registers;
use std::fmt;
use unwinder::Unwinder;
use user::UserFrames;

/// What a stack is unwound from.
#[derive(Clone, Debug)]
pub enum StackSource {
    /// An object: of type `struct task_struct *`, `struct pt_regs`, `struct pt_regs *`, or an
    /// integer, which is a thread's ID.
    Object(Object),
    /// A thread's ID.
    Tid(u64),
    /// A thread.
    Thread(Thread),
    /// Registers; the program counter is exact.
    Registers(Registers),
    /// Program counters, innermost first, as someone else recorded them.
    Pcs(Vec<u64>),
}

/// What becomes of frames that are gone since their functions ended in a jump to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TailCallFrames {
    /// They are left out, as they are on the stack.
    #[default]
    Left,
    /// Where debugging information leaves but one way that calls may have gone, they are put back.
    PutBack,
}

/// Which frames a trace has beside those that are on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StackOptions {
    /// What becomes of frames that tail calls removed.
    pub tail_calls: TailCallFrames,
    /// Whether the trace of a thread in the kernel goes on into the process that entered it. The frame
    /// that the kernel knows of it is then the first of the process's.
    pub user_frames: bool,
}

/// The frames of a stack, innermost first.
#[derive(Clone, Debug)]
pub struct StackTrace {
    frames: Vec<Frame>,
    end: StackEnd,
    user: Option<UserFrames>,
}

/// Why a trace has no more frames.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum StackEnd {
    /// The last frame is the outermost one.
    Outermost,
    /// The last frame is user code that entered the kernel.
    UserCode,
    /// The last frame's code is known to nobody, and guesses did not help.
    NoUnwindInformation,
    /// Memory that holds the next frame cannot be read, or a register that leads there is lost.
    Lost {
        /// What is missing.
        reason: String,
    },
    /// The stack leads back to where it was.
    Loop,
    /// There are more calls than any of the kernel's stacks has.
    TooDeep,
    /// The list of program counters that was given ends.
    Given,
}

impl fmt::Display for StackEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outermost => f.write_str("this is the outermost frame"),
            Self::UserCode => f.write_str("user code called the kernel"),
            Self::NoUnwindInformation => {
                f.write_str("nothing tells how to unwind the code of the last frame")
            }
            Self::Lost { reason } => f.write_str(reason),
            Self::Loop => f.write_str("the stack leads back to itself"),
            Self::TooDeep => write!(
                f,
                "there may be more frames, but no more than {} calls are followed",
                unwinder::MAX_CALLS
            ),
            Self::Given => f.write_str("no more program counters were given"),
        }
    }
}

impl StackTrace {
    /// One without a frame: the first is lost, as `error` says.
    fn lost(error: &Error) -> Self {
        Self {
            frames: Vec::new(),
            end: StackEnd::Lost {
                reason: error.to_string(),
            },
            user: None,
        }
    }

    /// The frames, innermost first.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// Why there are no more.
    #[must_use]
    pub fn end(&self) -> &StackEnd {
        &self.end
    }

    /// The trace as text, a line for each frame.
    ///
    /// Lines end in newlines but for the last, as in drgn's `str(trace)`.
    #[must_use]
    pub fn format(&self, program: &Program) -> String {
        let lines: Vec<String> = self
            .frames
            .iter()
            .map(|frame| {
                let own = self.program_of(frame.index(), program);
                let mut line = crate::format::frame_in_trace(frame, own);
                if self.is_user(frame.index()) {
                    line.push_str(" (user)");
                }
                line
            })
            .collect();
        lines.join("\n")
    }
}

impl Program {
    /// Unwinds a stack.
    ///
    /// # Errors
    ///
    /// If it cannot be told where to start. Once there is a first frame, the trace ends with a
    /// [`StackEnd`] instead; it has no frames at all if memory that holds the first is missing.
    pub fn stack_trace(&self, source: &StackSource) -> Result<StackTrace> {
        self.stack_trace_with(source, StackOptions::default())
    }

    /// As [`stack_trace`](Self::stack_trace), with those frames beside that are asked for.
    ///
    /// # Errors
    ///
    /// As [`stack_trace`](Self::stack_trace).
    pub fn stack_trace_with(
        &self,
        source: &StackSource,
        options: StackOptions,
    ) -> Result<StackTrace> {
        let platform = self.lookup_platform()?;
        let unwinder = Unwinder::new(self, platform, options.tail_calls);
        if let StackSource::Pcs(pcs) = source {
            let arch = platform.arch().ok_or_else(no_arch)?;
            return Ok(unwinder.given(&Registers::new(arch), pcs));
        }
        let start = match source::start(self, source) {
            Err(error) if error.is_fault() => return Ok(StackTrace::lost(&error)),
            start => start?,
        };
        let trace = match source::initial_registers(self, &start) {
            Ok(initial) => unwinder.unwind(initial)?,
            Err(error) if error.is_fault() => StackTrace::lost(&error),
            Err(error) => return Err(error),
        };
        match start {
            Start::Thread(thread) if options.user_frames => {
                trace.with_user_frames(self, &thread, options)
            }
            _ => Ok(trace),
        }
    }
}

fn no_arch() -> Error {
    Error::not_implemented("stacks of this architecture cannot be unwound yet")
}
