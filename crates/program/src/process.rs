//! Processes that a kernel runs, as programs of their own.

use crate::userspace::UserProgram;
use crate::{LoadRequest, Program, Result, Thread};
use spelunk_base::Platform;
use spelunk_memory::SegmentReader;
use spelunk_unwind::Registers;
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A process, as the structures of the kernel that runs it tell of it: what a core dump of the process would say.
pub struct UserProcess {
    /// Its ID, which is that of its main thread.
    pub pid: u64,
    /// What kind of program it is.
    pub platform: Platform,
    /// Its memory; offsets are addresses.
    pub memory: Arc<dyn SegmentReader>,
    /// What of it stands elsewhere, too, by where it starts: the vdso, whose pages need not be there.
    pub copies: Vec<(u64, Vec<u8>)>,
    /// What its addresses are in use for, lowest first.
    pub areas: Vec<UserArea>,
    /// What the kernel told the program, as it is in memory.
    pub auxiliary_vector: Vec<u8>,
    /// Its threads.
    pub threads: Vec<UserThread>,
    /// The ID of the thread by which the kernel was entered when it crashed, if that is one of them.
    pub crashed: Option<u64>,
    /// Whether it runs on.
    pub is_live: bool,
}

/// A range of a process's addresses.
pub struct UserArea {
    /// The addresses.
    pub range: Range<u64>,
    /// Whether the process may read it.
    pub is_readable: bool,
    /// The path of the file that is mapped there, and the offset in it of what is at the first address.
    pub file: Option<(PathBuf, u64)>,
}

/// A thread of a process.
pub struct UserThread {
    /// Its ID.
    pub tid: u64,
    /// Its name.
    pub name: Vec<u8>,
    /// The registers with which it will go on, or why they are not known.
    pub registers: std::result::Result<Registers, String>,
}

/// The processes that became programs, by their IDs.
#[derive(Default)]
pub(crate) struct Processes(Mutex<HashMap<u64, Arc<Program>>>);

impl Processes {
    fn find(&self, pid: u64) -> Option<Arc<Program>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&pid).cloned()
    }

    /// The first one made is everybody's.
    fn publish(&self, pid: u64, program: Arc<Program>) -> Arc<Program> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(pid).or_insert(program))
    }
}

impl Program {
    /// The process that `thread` of this kernel belongs to, as a program; `None` for threads of the kernel itself,
    /// and those that have exited.
    ///
    /// Modules, types, variables and stacks are those of the process, as if it had dumped core. Its debugging
    /// information is loaded as far as it is found by this program's options, or was
    /// [given](LoadRequest::paths) to this program and belongs to nothing in it. In a dump, a process
    /// is made once. That of a running kernel is as it was when it was asked for, but for its memory.
    ///
    /// # Errors
    ///
    /// If this is no kernel, its structures cannot be read, or the user cancelled.
    pub fn process(&self, thread: &Thread) -> Result<Option<Arc<Self>>> {
        let os = self.lookup_os()?;
        let Some(pid) = os.process_id(self, thread)? else {
            return Ok(None);
        };
        if let Some(known) = self.processes.find(pid) {
            return Ok(Some(known));
        }
        let process = os.process(self, thread)?;
        let is_live = process.is_live;
        let platform = process.platform;
        let program = self.new_for_process(platform);
        let os = UserProgram::of_kernel(process, &program.memory);
        program.publish(None, Arc::new(os))?;
        // What is missing, frames without names show.
        program.load_debug_info(&LoadRequest {
            paths: self.unused_files(),
            ..LoadRequest::everything()
        })?;
        Ok(Some(match is_live {
            true => program,
            false => self.processes.publish(pid, program),
        }))
    }
}
