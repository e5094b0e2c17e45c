//! Threads of the program.

use crate::{Error, Program, Result, StackSource, StackTrace, ThreadIter};
use spelunk_memory::Snapshot;
use spelunk_object::Object;

/// A thread, as its operating system tells of it.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Its ID.
    pub tid: u64,
    /// The system's object for it: a `struct task_struct *` in the Linux kernel.
    pub object: Option<Object>,
}

impl Thread {
    /// The name, as the system shows it.
    ///
    /// # Errors
    ///
    /// If memory that tells it cannot be read.
    pub fn name(&self, program: &Program) -> Result<Option<Vec<u8>>> {
        program.lookup_os()?.thread_name(program, self)
    }

    /// The stack of the thread.
    ///
    /// # Errors
    ///
    /// If its registers are not known.
    pub fn stack_trace(&self, program: &Program) -> Result<StackTrace> {
        program.stack_trace(&StackSource::Thread(self.clone()))
    }
}

impl Program {
    /// All threads, made one by one.
    ///
    /// # Errors
    ///
    /// If the system cannot tell them.
    pub fn threads(&self) -> Result<Box<dyn ThreadIter>> {
        match self.os() {
            Some(os) => os.threads(self),
            None => Ok(Box::new(NoThreads)),
        }
    }

    /// The threads that can be listed, and why there may be more: a damaged list ends early.
    ///
    /// # Errors
    ///
    /// If not even the first can be looked for, or the user cancelled.
    pub fn listed_threads(&self) -> Result<(Vec<Thread>, Option<Error>)> {
        let _snapshot = Snapshot::new();
        let mut threads = self.threads()?;
        let mut listed = Vec::new();
        loop {
            self.cancel().check()?;
            match threads.next(self) {
                Ok(Some(thread)) => listed.push(thread),
                Ok(None) => return Ok((listed, None)),
                Err(error) => return Ok((listed, Some(error))),
            }
        }
    }

    /// The thread with this ID.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none; if the system cannot tell them.
    pub fn thread(&self, tid: u64) -> Result<Thread> {
        let thread = match self.os() {
            Some(os) => os.find_thread(self, tid)?,
            None => None,
        };
        thread.ok_or_else(|| Error::lookup(format!("thread with ID {tid} not found")))
    }

    /// The thread that crashed.
    ///
    /// # Errors
    ///
    /// A lookup error that says why none is known.
    pub fn crashed_thread(&self) -> Result<Thread> {
        match self.os() {
            Some(os) => os.crashed_thread(self),
            None => Err(Error::lookup("crashed thread not found")),
        }
    }

    /// The main thread.
    ///
    /// # Errors
    ///
    /// If such a program has none.
    pub fn main_thread(&self) -> Result<Thread> {
        match self.os() {
            Some(os) => os.main_thread(self),
            None => Err(Error::lookup("main thread not found")),
        }
    }
}

/// The threads of a program of which nothing is known.
struct NoThreads;

impl ThreadIter for NoThreads {
    fn next(&mut self, _program: &Program) -> Result<Option<Thread>> {
        Ok(None)
    }
}
