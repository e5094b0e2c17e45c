//! On from the frames of a kernel into those of the process that entered it.

use super::{Frame, StackEnd, StackOptions, StackSource, StackTrace};
use crate::{Error, ErrorKind, Program, Result, Thread};
use std::fmt;
use std::sync::Arc;

/// The frames of a trace that are a process's.
#[derive(Clone)]
pub(super) struct UserFrames {
    /// The index of the first one.
    pub(super) start: usize,
    /// The process.
    process: Arc<Program>,
    /// Why the kernel's frames end, if they do not lead here.
    gap: Option<StackEnd>,
}

impl fmt::Debug for UserFrames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserFrames")
            .field("start", &self.start)
            .field("gap", &self.gap)
            .finish_non_exhaustive()
    }
}

impl StackTrace {
    /// The process whose frames follow the kernel's, if the trace goes on into them.
    #[must_use]
    pub fn process(&self) -> Option<&Arc<Program>> {
        Some(&self.user.as_ref()?.process)
    }

    /// Whether the frame with this index is of the process that entered the kernel.
    #[must_use]
    pub fn is_user(&self, index: usize) -> bool {
        self.user.as_ref().is_some_and(|user| index >= user.start)
    }

    /// The program that the frame with this index is of, in a trace of `own`.
    #[must_use]
    pub fn program_of<'a>(&'a self, index: usize, own: &'a Program) -> &'a Program {
        match &self.user {
            Some(user) if index >= user.start => &user.process,
            _ => own,
        }
    }

    /// Why the kernel's frames end before they lead to those of the process that follow, if they do.
    #[must_use]
    pub fn gap(&self) -> Option<&StackEnd> {
        self.user.as_ref()?.gap.as_ref()
    }

    /// The trace of `thread`, a thread of this kernel, with the frames of the process that entered it. What is
    /// known of it without is shown in any case.
    pub(super) fn with_user_frames(
        mut self,
        program: &Program,
        thread: &Thread,
        options: StackOptions,
    ) -> Result<Self> {
        match user_frames(program, thread, options) {
            Ok(Some((process, found))) => {
                let gap = match std::mem::replace(&mut self.end, found.end) {
                    StackEnd::UserCode if leads_to(self.frames.last(), found.frames.first()) => {
                        // The same frame, as the kernel sees it.
                        self.frames.pop();
                        None
                    }
                    StackEnd::UserCode => Some(StackEnd::Lost {
                        reason: "the stack does not lead to the registers with which the kernel was entered"
                            .into(),
                    }),
                    end => Some(end),
                };
                let start = self.frames.len();
                let frames = found.frames.into_iter();
                self.frames
                    .extend(frames.map(|frame| frame.moved_by(start)));
                self.user = Some(UserFrames {
                    start,
                    process,
                    gap,
                });
            }
            // There are none.
            Ok(None) => {}
            Err(error) if *error.kind() == ErrorKind::Cancelled => return Err(error),
            Err(error) if self.end == StackEnd::UserCode => {
                self.end = StackEnd::Lost {
                    reason: format!("the user's stack: {error}"),
                };
            }
            // What is missing further in was told.
            Err(_) => {}
        }
        Ok(self)
    }
}

/// Whether the last frame of a kernel's trace, which is in user code, is the first of the user's.
fn leads_to(last: Option<&Frame>, first: Option<&Frame>) -> bool {
    let place = |frame: &Frame| (frame.pc(), frame.sp());
    last.map(place) == first.map(place)
}

fn user_frames(
    program: &Program,
    thread: &Thread,
    options: StackOptions,
) -> Result<Option<(Arc<Program>, StackTrace)>> {
    let Some(process) = program.process(thread)? else {
        return Ok(None);
    };
    let options = StackOptions {
        user_frames: false,
        ..options
    };
    let trace = process.stack_trace_with(&StackSource::Tid(thread.tid), options)?;
    match (trace.frames.is_empty(), &trace.end) {
        (true, end) => Err(Error::other(end.to_string())),
        _ => Ok(Some((process, trace))),
    }
}
