use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

/// How the files of loadable kernel modules are searched, beside by build ID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum KmodSearchMethod {
    /// Not at all.
    None,
    /// By the index that depmod(8) makes (`modules.dep`): fast, for kernels that are installed.
    Depmod,
    /// By walking the directories of the kernel and looking for `.ko` files of the modules' names.
    Walk,
    /// By the index where there is one, else by walking.
    #[default]
    DepmodOrWalk,
    /// By the index, then by walking for what is still missing.
    DepmodAndWalk,
}

/// Where and how modules' files are searched. A directory is text as the user gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DebugInfoOptions {
    /// Directories of debug files, which have `.build-id/` and copies of the file system below
    /// them (`/usr/lib/debug`).
    pub directories: Vec<PathBuf>,
    /// Whether the file is tried that a module is called by, if it is called by a path.
    pub try_module_name: bool,
    /// Whether files are searched by build ID.
    pub try_build_id: bool,
    /// Where debug files are to which debug links lead. `$ORIGIN` is the folder of the file with the
    /// link; nothing stands for that folder below each of [`directories`](Self::directories).
    pub debug_link_directories: Vec<PathBuf>,
    /// Whether debug links (`.gnu_debuglink`) are followed.
    pub try_debug_link: bool,
    /// Whether files of processes are taken from `/proc`.
    pub try_procfs: bool,
    /// Whether a vdso is taken from the program's memory.
    pub try_embedded_vdso: bool,
    /// Whether the loaded file is tried as the debug file, and the other way around.
    pub try_reuse: bool,
    /// Whether supplementary files are searched.
    pub try_supplementary: bool,
    /// Directories of a kernel's files: each either like `/` (with `boot/`, `lib/modules/RELEASE/`
    /// or `usr/lib/debug/` below it) or like `/lib/modules/RELEASE` itself. Nothing stands for the
    /// host's own places for kernels, also below each of [`directories`](Self::directories).
    pub kernel_directories: Vec<PathBuf>,
    /// How the files of kernel modules are searched.
    pub try_kmod: KmodSearchMethod,
}

impl Default for DebugInfoOptions {
    fn default() -> Self {
        Self {
            directories: vec!["/usr/lib/debug".into()],
            try_module_name: true,
            try_build_id: true,
            debug_link_directories: vec!["$ORIGIN".into(), "$ORIGIN/.debug".into(), "".into()],
            try_debug_link: true,
            try_procfs: true,
            try_embedded_vdso: true,
            try_reuse: true,
            try_supplementary: true,
            kernel_directories: vec!["".into()],
            try_kmod: KmodSearchMethod::default(),
        }
    }
}

/// The options of a program: whoever has a clone sees and makes changes.
#[derive(Clone, Debug, Default)]
pub struct SharedOptions(Arc<RwLock<DebugInfoOptions>>);

impl SharedOptions {
    /// These options, shared with nobody yet.
    #[must_use]
    pub fn new(options: DebugInfoOptions) -> Self {
        Self(Arc::new(RwLock::new(options)))
    }

    /// The options as they are now.
    #[must_use]
    pub fn get(&self) -> DebugInfoOptions {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces all options.
    pub fn set(&self, options: DebugInfoOptions) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = options;
    }

    /// Changes some options.
    pub fn change(&self, change: impl FnOnce(&mut DebugInfoOptions)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}
