use super::auxv::AuxVector;
use super::mapping::Mappings;
use crate::os::HostFile;
use crate::{Module, Result, StackCopy};
use spelunk_base::arch::Arch;
use spelunk_unwind::Registers;
use std::ops::Range;
use std::path::PathBuf;

/// Where facts about a process come from, beside its memory.
pub(super) trait Source: Send + Sync {
    /// What it is, in a line.
    fn describe(&self) -> String;

    /// Whether the process runs.
    fn is_live(&self) -> bool;

    /// Whether it runs on this machine.
    fn is_local(&self) -> bool {
        self.is_live()
    }

    /// The files that are mapped, as far as that is known.
    fn mappings(&self) -> Result<Mappings>;

    /// What the kernel told the program; empty if it is not known.
    fn auxiliary_vector(&self) -> Result<AuxVector>;

    /// The path of the executable, if it is told other than by the mappings.
    fn executable(&self) -> Option<PathBuf>;

    /// The IDs of all threads.
    fn threads(&self) -> Result<Vec<u64>>;

    /// The ID of the main thread.
    fn main_thread(&self) -> Option<u64>;

    /// The ID of the thread that crashed.
    fn crashed_thread(&self) -> Result<u64>;

    /// What ended the process, if it is known.
    fn crash_reason(&self) -> Option<String> {
        None
    }

    /// The name of a thread, if it is known.
    fn thread_name(&self, tid: u64) -> Result<Option<Vec<u8>>>;

    /// The registers of a thread, and what was on its stack with them if it runs on.
    fn registers(&self, tid: u64, arch: &'static Arch) -> Result<(Registers, Option<StackCopy>)>;

    /// The addresses that can be read, where more are said to be memory; `None` if these are all.
    fn readable_ranges(&self) -> Option<Vec<Range<u64>>> {
        None
    }

    /// Whether a file of this machine may be taken for the one with its path that was mapped, if nothing
    /// tells the build ID of that.
    fn trusts_paths(&self) -> bool {
        true
    }

    /// Where the file that is mapped at an address can be opened.
    fn files_at(&self, address: Option<u64>) -> Vec<HostFile>;

    /// Takes note that `module` has a file as it was loaded.
    fn has_loaded_file(&self, module: &Module) {
        let _ = module;
    }
}
