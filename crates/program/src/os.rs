//! What an operating system says about the program: the one trait behind which Linux stands.

use crate::{
    Error, FunctionRole, Machine, Module, ModuleInfo, Program, Result, StackCopy, Thread,
    UserProcess,
};
use spelunk_base::{Cancel, Platform, Progress};
use spelunk_debuginfo::SymbolTable;
use spelunk_debuginfo::orc::OrcTable;
use spelunk_memory::Memory;
use spelunk_object::Object;
use spelunk_unwind::{Memory as StackMemory, Registers};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// What a machine is looked at with, before it is known what system it runs.
pub struct BringUp<'a> {
    /// What is known beside memory.
    pub machine: &'a Arc<dyn Machine>,
    /// What kind of machine it is.
    pub platform: Platform,
    /// Its memory: physical segments, and the virtual ones that the dump itself states. The
    /// system adds those that only it knows: page tables, the direct map.
    pub memory: &'a Memory,
    /// Who is told of long work.
    pub progress: &'a dyn Progress,
    /// The flag that stops long work.
    pub cancel: &'a Cancel,
}

/// A kind of operating system that the program may turn out to run.
pub trait System: Send + Sync {
    /// Looks whether the machine runs this system and, if it does, makes its virtual memory readable.
    ///
    /// `None` if it runs another one. No debugging information is there yet.
    ///
    /// # Errors
    ///
    /// If it runs this system, but is too damaged to be looked at: what is missing, and what to do.
    fn bring_up(&self, found: &BringUp<'_>) -> Result<Option<Arc<dyn Os>>>;
}

/// The operating system that the program runs on, or is.
///
/// Called from many threads, never with a lock held. It is [`Any`](std::any::Any), so that what knows a system gets at
/// more than this trait says.
pub trait Os: std::any::Any + Send + Sync {
    /// What it is, in a line: `Linux 6.1.0-56-cloud-amd64`.
    fn describe(&self) -> String;

    /// Whether the program is the kernel itself.
    fn is_kernel(&self) -> bool;

    /// Whether the program runs.
    fn is_live(&self) -> bool {
        false
    }

    /// Whether the program runs on this machine.
    fn is_local(&self) -> bool {
        false
    }

    /// The release of the kernel, by which directories of debugging information are named.
    fn release(&self) -> Option<&str>;

    /// The kernel or executable itself. Needs no debugging information.
    ///
    /// # Errors
    ///
    /// If memory that tells it cannot be read.
    fn main_module(&self, program: &Program) -> Result<ModuleInfo>;

    /// Calls `found` with every other module that is loaded.
    ///
    /// # Errors
    ///
    /// If memory or debugging information that tells them is missing. Those found before count.
    fn loaded_modules(&self, program: &Program, found: &mut dyn FnMut(ModuleInfo)) -> Result<()>;

    /// Where the file that `module` was loaded from can be opened, though it may have been deleted,
    /// replaced, or be in another root directory: the likeliest first. The search checks them.
    fn files_of(&self, module: &Module) -> Vec<HostFile> {
        let _ = module;
        Vec::new()
    }

    /// Whether a file with a module's path may be taken for the module's, if nothing tells its build ID.
    fn trusts_paths(&self) -> bool {
        true
    }

    /// The addresses that can be read, where [`Program::memory`] has more; `None` if these are all.
    fn readable_ranges(&self) -> Option<Vec<Range<u64>>> {
        None
    }

    /// Takes note that `module` has a file as it was loaded, which may have memory that is missing.
    fn has_loaded_file(&self, module: &Module) {
        let _ = module;
    }

    /// What there is to say of the module that an object stands for (`struct module *`); `None` for
    /// other types.
    ///
    /// # Errors
    ///
    /// If the object cannot be read.
    fn module_of(&self, program: &Program, object: &Object) -> Result<Option<ModuleInfo>> {
        let _ = (program, object);
        Ok(None)
    }

    /// All threads, made one by one.
    ///
    /// # Errors
    ///
    /// If memory or debugging information that tells them is missing.
    fn threads(&self, program: &Program) -> Result<Box<dyn ThreadIter>>;

    /// The thread with this ID.
    ///
    /// # Errors
    ///
    /// As [`threads`](Self::threads).
    fn find_thread(&self, program: &Program, tid: u64) -> Result<Option<Thread>>;

    /// The thread that crashed.
    ///
    /// # Errors
    ///
    /// A lookup error that says why there is none; as [`threads`](Self::threads).
    fn crashed_thread(&self, program: &Program) -> Result<Thread>;

    /// What ended the program, as far as it is known: `SIGSEGV at 0x8`.
    fn crash_reason(&self) -> Option<String> {
        None
    }

    /// The main thread.
    ///
    /// # Errors
    ///
    /// If such a program has none; as [`threads`](Self::threads).
    fn main_thread(&self, program: &Program) -> Result<Thread>;

    /// The name of `thread`, as the system shows it.
    ///
    /// # Errors
    ///
    /// If memory that tells it cannot be read.
    fn thread_name(&self, program: &Program, thread: &Thread) -> Result<Option<Vec<u8>>>;

    /// The thread that an object stands for (`struct task_struct *`); `None` for other types.
    ///
    /// # Errors
    ///
    /// If the object cannot be read.
    fn thread_of(&self, program: &Program, object: &Object) -> Result<Option<Thread>>;

    /// The ID of the process that a thread of the kernel belongs to; `None` if it has no user code.
    ///
    /// # Errors
    ///
    /// If this is no kernel, or memory or debugging information that tells it is missing.
    fn process_id(&self, program: &Program, thread: &Thread) -> Result<Option<u64>> {
        let _ = (program, thread);
        Err(Error::unsupported("only a kernel has processes"))
    }

    /// The process that a thread of the kernel belongs to.
    ///
    /// # Errors
    ///
    /// As [`process_id`](Self::process_id), and if there is none.
    fn process(&self, program: &Program, thread: &Thread) -> Result<UserProcess> {
        let _ = (program, thread);
        Err(Error::unsupported("only a kernel has processes"))
    }

    /// The registers of a thread, from which its stack is unwound.
    ///
    /// # Errors
    ///
    /// If they were not saved, or cannot be read.
    fn initial_registers(&self, program: &Program, thread: &Thread) -> Result<InitialRegisters>;

    /// The address of what stands at `offset` in the storage that the thread with these registers (those
    /// of any of its frames) has for `module`.
    ///
    /// # Errors
    ///
    /// If it is not known, or the thread has none.
    fn thread_local(
        &self,
        program: &Program,
        registers: &Registers,
        module: &Module,
        offset: u64,
    ) -> Result<u64> {
        let _ = (program, registers, module, offset);
        Err(Error::lookup("thread-local storage was not found"))
    }

    /// An object that stands in no debugging information (`PAGE_SHIFT`, `UTS_RELEASE`).
    ///
    /// # Errors
    ///
    /// If it exists, but cannot be made.
    fn find_object(&self, program: &Program, name: &str) -> Result<Option<Object>>;

    /// The name under which the objects that [`find_object`](Self::find_object) knows are looked
    /// for, in the list of finders; `None` if there are none.
    fn object_finder_name(&self) -> Option<&'static str> {
        None
    }

    /// The names of the objects that [`find_object`](Self::find_object) knows.
    fn object_names(&self) -> &'static [&'static str] {
        &[]
    }

    /// The virtual address at which physical memory is mapped as a whole, where there is one.
    fn direct_map_base(&self) -> Option<u64> {
        None
    }

    /// The function that a system call is for, of which the kernel's first frame, right inside of the
    /// user's, has these registers. `None` if it is none, or that is not known.
    fn system_call(&self, program: &Program, registers: &Registers) -> Option<u64> {
        let _ = (program, registers);
        None
    }

    /// Unwinding tables that stand in the program's own memory, for the module called `module`.
    ///
    /// # Errors
    ///
    /// If they are there, but cannot be read.
    fn orc_table(&self, program: &Program, module: &str) -> Result<Option<Arc<OrcTable>>> {
        let _ = (program, module);
        Ok(None)
    }

    /// The symbols that stand in the program's own memory: those of the main module, or those of the module with this
    /// [object](ModuleInfo::object).
    ///
    /// # Errors
    ///
    /// If they are there, but cannot be read.
    fn symbols(&self, program: &Program, module: Option<&Object>) -> Result<SymbolTable> {
        let _ = (program, module);
        Ok(SymbolTable::default())
    }

    /// Whether a frame with these registers is one of the program's own: false in user code
    /// that entered the kernel, where a trace of the kernel ends.
    fn is_own_frame(&self, registers: &Registers) -> bool {
        let _ = registers;
        true
    }

    /// What the system saved as code entered it, if that is the frame with these registers: asked where no unwinding
    /// information tells of the code. `stack` is memory as it was when the registers were read.
    fn entry_frame(
        &self,
        program: &Program,
        registers: &Registers,
        stack: &dyn StackMemory,
    ) -> Option<EntryFrame> {
        let _ = (program, registers, stack);
        None
    }

    /// The address that a return address stands for which was found on a stack: it may be signed there.
    fn return_address(&self, address: u64) -> u64 {
        address
    }

    /// What the function called `name` has to do with crashes.
    fn function_role(&self, name: &str) -> FunctionRole {
        let _ = name;
        FunctionRole::Code
    }
}

/// A file of this machine that a module was loaded from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostFile {
    /// Where it can be opened.
    pub open: PathBuf,
    /// What to call it.
    pub shown: PathBuf,
}

/// The registers at the innermost frame of a thread.
#[derive(Clone, Debug)]
pub struct InitialRegisters {
    /// Those that are known.
    pub registers: Registers,
    /// Whether the program counter is exact (the thread was interrupted there), not the return
    /// address of a call that put the thread to sleep.
    pub interrupted: bool,
    /// What was on the stack, if the thread runs on.
    pub stack: Option<StackCopy>,
}

/// What the system saved as it was entered, or as it changed stacks.
#[derive(Clone, Debug)]
pub enum EntryFrame {
    /// The registers of what was interrupted.
    Saved(Registers),
    /// The registers of who called the code, which went on to another stack, or did not get far.
    Called(Registers),
    /// Nothing yet: the code is the first that runs as user code is interrupted.
    OfUser,
    /// Nothing: the thread begins here.
    Outermost,
}

/// Makes threads one by one. Dropped when the user stops early.
pub trait ThreadIter: Send {
    /// The next thread, or `None` at the end.
    ///
    /// # Errors
    ///
    /// If memory that tells it cannot be read.
    fn next(&mut self, program: &Program) -> Result<Option<Thread>>;
}
