use spelunk_base::Architecture;
use std::ffi::OsString;
use std::path::PathBuf;

/// What the user asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// `-c`: the core dump; several files are the parts of a split one.
    pub core: Vec<PathBuf>,
    /// `-p`: the process.
    pub pid: Option<u32>,
    /// `-k`, or no word of what to debug: the running kernel.
    pub kernel: bool,
    /// `--qemu`: where the monitor of a guest's QEMU listens.
    pub qemu: Option<String>,
    /// `--gdb`: where a server of gdb's remote protocol listens.
    pub gdb: Option<String>,
    /// `-s`: files with debugging information.
    pub symbols: Vec<PathBuf>,
    /// `--extra-symbols`: files with debugging information of nothing that is loaded.
    pub extra_symbols: Vec<PathBuf>,
    /// Which modules' debugging information is searched beyond those.
    pub symbols_from: SymbolsFrom,
    /// `--try-symbols-by` (true) and `--no-symbols-by`, in their order.
    pub symbols_by: Vec<(SearchMethod, bool)>,
    /// `--debug-directory`, searched before the usual ones.
    pub debug_directories: Vec<PathBuf>,
    /// Whether the usual ones are left out.
    pub no_default_debug_directories: bool,
    /// `--debug-link-directory`, searched before the usual ones.
    pub debug_link_directories: Vec<PathBuf>,
    /// Whether the usual ones are left out.
    pub no_default_debug_link_directories: bool,
    /// `--kernel-directory`, searched before the usual ones.
    pub kernel_directories: Vec<PathBuf>,
    /// Whether the usual ones are left out.
    pub no_default_kernel_directories: bool,
    /// `--architecture`, for dumps that do not tell it.
    pub architecture: Option<Architecture>,
    /// `--vmcoreinfo`: the text of VMCOREINFO, in place of what the dump has.
    pub vmcoreinfo: Option<PathBuf>,
    /// `--log-level`: what is told at least, in Python's words; `none` for nothing.
    pub log_level: Option<String>,
    /// `-q`: no banner, no warnings, no progress.
    pub quiet: bool,
    /// What to run.
    pub code: Code,
    /// What follows the script or the code.
    pub arguments: Vec<OsString>,
}

/// A way of searching debugging information that can be switched on and off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SearchMethod {
    /// One of the yes-or-no attributes of `DebugInfoOptions`, by its name: `try_build_id`.
    Option(&'static str),
    /// The member of `KmodSearchMethod` with this name; `NONE` where it is switched off.
    Kmod(&'static str),
    /// The finder of debugging information with this name.
    Finder(String),
}

/// Which modules' debugging information is searched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SymbolsFrom {
    /// All modules'.
    #[default]
    All,
    /// `--main-symbols`: the kernel's or executable's own.
    Main,
    /// `--no-default-symbols`: none but what was given.
    Given,
}

/// What to run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Code {
    /// A prompt, or standard input if that is no terminal.
    #[default]
    Prompt,
    /// `-e`: an expression or statements.
    Text(String),
    /// A script.
    Script(PathBuf),
    /// The command `bt`.
    Backtrace(BacktraceOptions),
}

/// What `bt` shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BacktraceOptions {
    /// `-a`: the stacks of all threads.
    pub all: bool,
    /// The stacks of the threads with these IDs; if there are none, of that which crashed.
    pub tids: Vec<u64>,
    /// `--locals`: parameters and local variables, too.
    pub locals: bool,
    /// `--user`: for threads in a kernel, the frames of the processes, too, that entered it.
    pub user: bool,
    /// `--json`: JSON in place of text.
    pub json: bool,
}
