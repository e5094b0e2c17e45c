//! The stacks of many threads at once.

use super::{StackOptions, StackSource, StackTrace};
use crate::{ErrorKind, Program, Result, Thread};
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
        options: StackOptions,
    ) -> Result<Vec<StackTrace>> {
        if options.user_frames {
            // One after the other: each loads debugging information on all processors.
            for thread in threads {
                self.cancel().check()?;
                // What is wrong with it, the trace says.
                let _ = self.process(thread);
            }
        }
        let traces = threads.par_iter().map(|thread| {
            self.cancel().check()?;
            let source = StackSource::Thread(thread.clone());
            let trace = match self.stack_trace_with(&source, options) {
                Err(error) if *error.kind() != ErrorKind::Cancelled => StackTrace::lost(&error),
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
