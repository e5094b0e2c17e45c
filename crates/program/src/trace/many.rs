//! The stacks of many threads at once.

use super::{StackEnd, StackSource, StackTrace, TailCallFrames};
use crate::{Error, ErrorKind, Program, Result, Thread};
use rayon::prelude::*;

impl Program {
    /// The stack of each of `threads`, in their order, on all processors.
    ///
    /// Places in source code are looked up along with them, so that what follows is quick. A stack
    /// that cannot be unwound has no frames, and its [end](StackTrace::end) says why.
    ///
    /// # Errors
    ///
    /// If the user cancelled.
    pub fn stack_traces(
        &self,
        threads: &[Thread],
        tail_calls: TailCallFrames,
    ) -> Result<Vec<StackTrace>> {
        let traces = threads.par_iter().map(|thread| {
            self.cancel().check()?;
            let source = StackSource::Thread(thread.clone());
            let trace = match self.stack_trace_with(&source, tail_calls) {
                Err(error) if *error.kind() != ErrorKind::Cancelled => not_even_begun(&error),
                result => result?,
            };
            for frame in &trace.frames {
                // Where it is not known, that is remembered too.
                let _ = frame.source();
            }
            Ok(trace)
        });
        traces.collect()
    }
}

fn not_even_begun(error: &Error) -> StackTrace {
    StackTrace {
        frames: Vec::new(),
        end: StackEnd::Lost {
            reason: error.to_string(),
        },
    }
}
