//! The program being debugged: the one handle that a user holds.

use crate::finder::{DebugInfoFinder, SymbolTableFinder};
use crate::module::Modules;
use crate::name_cache::NameCache;
use crate::process::Processes;
#[cfg(feature = "debuginfod")]
use crate::search::DebuginfodFinder;
use crate::search::StandardFinder;
use crate::trace::{DecodedFunctions, KnownPlaces, TailCalls};
use crate::waiting::Waiting;
use crate::{
    Attendant, Error, Finders, ModuleFileFinder, ObjectFinder, Os, Result, SharedOptions,
    SymbolFinder, TypeFinder,
};
use spelunk_base::{Cancel, Language, Platform, Progress};
use spelunk_debuginfo::{DebugInfo, ObjectKinds};
use spelunk_image::{Image, Vmcoreinfo};
use spelunk_memory::Memory;
use spelunk_object::{Object, PrimitiveTypes, Printers};
use spelunk_types::{QualifiedType, TypeKinds, TypeStore};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// The program being debugged, dead or alive.
///
/// Shared as `Arc<Program>` and used from many threads at once: whatever becomes known of the
/// program is published once and stays. No lock is held while anything of a user's is called.
pub struct Program {
    pub(crate) types: Arc<TypeStore>,
    pub(crate) debug_info: DebugInfo,
    pub(crate) primitives: PrimitiveTypes,
    pub(crate) type_finders: Finders<dyn TypeFinder>,
    pub(crate) object_finders: Finders<dyn ObjectFinder>,
    pub(crate) symbol_finders: Finders<dyn SymbolFinder>,
    pub(crate) module_file_finders: Finders<dyn ModuleFileFinder>,
    pub(crate) printers: Printers,
    pub(crate) found_types: NameCache<TypeKinds, QualifiedType>,
    /// What short names of types stand for.
    pub(crate) whole_names: NameCache<TypeKinds, Arc<[Box<str>]>>,
    pub(crate) found_objects: NameCache<ObjectKinds, Object>,
    pub(crate) tail_calls: TailCalls,
    pub(crate) decoded_functions: DecodedFunctions,
    pub(crate) known_places: KnownPlaces,
    pub(crate) memory: Memory,
    pub(crate) modules: Modules,
    pub(crate) platform: OnceLock<Platform>,
    pub(crate) image: OnceLock<Arc<Image>>,
    pub(crate) vmcoreinfo: OnceLock<Vmcoreinfo>,
    pub(crate) os: OnceLock<Arc<dyn Os>>,
    pub(crate) core_dump: OnceLock<Vec<PathBuf>>,
    pub(crate) processes: Processes,
    language: RwLock<Option<Language>>,
    debug_info_options: SharedOptions,
    /// What finders of files could not do, in the last search.
    problems: Mutex<Vec<String>>,
    /// Files that were given and belong to no module.
    unused_files: Mutex<Vec<PathBuf>>,
    waiting: Arc<Waiting>,
}

const fn assert_send_and_sync<T: Send + Sync>() {}
const _: () = assert_send_and_sync::<Program>();
const _: () = assert_send_and_sync::<crate::StackTrace>();
const _: () = assert_send_and_sync::<crate::Error>();

/// What is true of the program as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ProgramFlags {
    /// It is the Linux kernel.
    pub is_linux_kernel: bool,
    /// It runs.
    pub is_live: bool,
    /// It runs on this machine, or is a file from this machine.
    pub is_local: bool,
}

impl Program {
    /// A program of which nothing is known yet but perhaps its machine.
    #[must_use]
    pub fn new(platform: Option<Platform>) -> Arc<Self> {
        Self::with(platform, SharedOptions::default(), Arc::default())
    }

    /// A program for a process of this kernel, whose files are searched in the same places, and for which
    /// the same user waits.
    pub(crate) fn new_for_process(&self, platform: Platform) -> Arc<Self> {
        let options = self.debug_info_options.clone();
        Self::with(Some(platform), options, Arc::clone(&self.waiting))
    }

    fn with(
        platform: Option<Platform>,
        debug_info_options: SharedOptions,
        waiting: Arc<Waiting>,
    ) -> Arc<Self> {
        let types = Arc::<TypeStore>::default();
        Arc::new(Self {
            debug_info: DebugInfo::with_patience(Arc::clone(&types), Arc::clone(&waiting) as _),
            types,
            primitives: PrimitiveTypes::default(),
            type_finders: Finders::new("type finder", "dwarf", Arc::new(DebugInfoFinder)),
            object_finders: Finders::new("object finder", "dwarf", Arc::new(DebugInfoFinder)),
            symbol_finders: Finders::new("symbol finder", "elf", Arc::new(SymbolTableFinder)),
            module_file_finders: module_file_finders(),
            printers: Printers::default(),
            found_types: NameCache::default(),
            whole_names: NameCache::default(),
            found_objects: NameCache::default(),
            tail_calls: TailCalls::default(),
            decoded_functions: DecodedFunctions::default(),
            known_places: KnownPlaces::default(),
            memory: Memory::default(),
            modules: Modules::default(),
            platform: platform.map_or_else(OnceLock::new, OnceLock::from),
            image: OnceLock::new(),
            vmcoreinfo: OnceLock::new(),
            os: OnceLock::new(),
            core_dump: OnceLock::new(),
            processes: Processes::default(),
            language: RwLock::default(),
            debug_info_options,
            problems: Mutex::default(),
            unused_files: Mutex::default(),
            waiting,
        })
    }

    /// The types of all objects of the program.
    #[must_use]
    pub fn types(&self) -> &Arc<TypeStore> {
        &self.types
    }

    /// The debugging information that is loaded.
    #[must_use]
    pub fn debug_info(&self) -> &DebugInfo {
        &self.debug_info
    }

    /// Who is asked for types: `dwarf`, unless a user chooses others.
    #[must_use]
    pub fn type_finders(&self) -> &Finders<dyn TypeFinder> {
        &self.type_finders
    }

    /// Who is asked for objects: the operating system (`linux`), then `dwarf`, unless a user
    /// chooses others.
    #[must_use]
    pub fn object_finders(&self) -> &Finders<dyn ObjectFinder> {
        &self.object_finders
    }

    /// Who is asked for symbols: `elf`, unless a user chooses others.
    #[must_use]
    pub fn symbol_finders(&self) -> &Finders<dyn SymbolFinder> {
        &self.symbol_finders
    }

    /// What shows the classes of libraries: those of `libstdc++` and `rust`, and what a user adds.
    #[must_use]
    pub fn printers(&self) -> &Printers {
        &self.printers
    }

    /// The machine, once it is known.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        self.platform.get().copied()
    }

    /// The machine.
    ///
    /// # Errors
    ///
    /// If it is not known yet.
    pub fn lookup_platform(&self) -> Result<Platform> {
        self.platform()
            .ok_or_else(|| Error::value("program platform is not known"))
    }

    /// The language in which names of types are read: unless somebody chose another, C for the
    /// kernel, for others that of `main` in the first file with debugging information.
    #[must_use]
    pub fn language(&self) -> Language {
        let chosen = *self.language.read().unwrap_or_else(PoisonError::into_inner);
        chosen.unwrap_or_else(|| match self.os() {
            Some(os) if os.is_kernel() => Language::C,
            _ => self.debug_info.language().unwrap_or_default(),
        })
    }

    /// Chooses the language in which names of types are read.
    pub fn set_language(&self, language: Language) {
        *self
            .language
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(language);
    }

    /// What is true of the program as a whole.
    #[must_use]
    pub fn flags(&self) -> ProgramFlags {
        ProgramFlags {
            is_linux_kernel: self.os().is_some_and(|os| os.is_kernel()),
            is_live: self.os().is_some_and(|os| os.is_live()),
            is_local: self.os().is_some_and(|os| os.is_local()),
        }
    }

    /// The files of the core dump that the program is.
    #[must_use]
    pub fn core_dump_paths(&self) -> &[PathBuf] {
        self.core_dump.get().map_or(&[], Vec::as_slice)
    }

    /// The operating system, once it is known.
    #[must_use]
    pub fn os(&self) -> Option<&Arc<dyn Os>> {
        self.os.get()
    }

    /// The operating system.
    ///
    /// # Errors
    ///
    /// If it is not known.
    pub fn lookup_os(&self) -> Result<&Arc<dyn Os>> {
        self.os().ok_or_else(|| {
            Error::value("the program's operating system is not known: open a core dump first")
        })
    }

    /// Who is asked for modules' files: `standard`, then `debuginfod`, unless a user chooses others.
    #[must_use]
    pub fn module_file_finders(&self) -> &Finders<dyn ModuleFileFinder> {
        &self.module_file_finders
    }

    /// Where and how modules' files are searched; changes count from the next search on.
    #[must_use]
    pub fn debug_info_options(&self) -> &SharedOptions {
        &self.debug_info_options
    }

    /// Remembers what kept a finder of modules' files from its work, for the report of the search.
    pub fn report_problem(&self, text: String) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if !problems.contains(&text) {
            problems.push(text);
        }
    }

    /// What finders reported since this was last asked.
    pub(crate) fn take_problems(&self) -> Vec<String> {
        std::mem::take(&mut self.problems.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Remembers a file that was given and belongs to no module: it may be a process's.
    pub(crate) fn keep_unused_file(&self, path: PathBuf) {
        let mut files = self
            .unused_files
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !files.contains(&path) {
            files.push(path);
        }
    }

    /// The files that were given and belong to no module.
    pub(crate) fn unused_files(&self) -> Vec<PathBuf> {
        let files = self.unused_files.lock();
        files.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who is told of long work.
    #[must_use]
    pub fn progress(&self) -> Arc<dyn Progress> {
        self.waiting.progress()
    }

    /// Chooses who is told of long work.
    pub fn set_progress(&self, progress: Arc<dyn Progress>) {
        self.waiting.set_progress(progress);
    }

    /// The flag that stops long work.
    #[must_use]
    pub fn cancel(&self) -> &Cancel {
        self.waiting.cancel()
    }

    /// Chooses who looks after the user while a lookup takes long. Nobody does unless this is called.
    pub fn set_attendant(&self, attendant: Arc<dyn Attendant>) {
        self.waiting.set_attendant(attendant);
    }
}

fn module_file_finders() -> Finders<dyn ModuleFileFinder> {
    let finders = Finders::<dyn ModuleFileFinder>::new(
        "module debug info finder",
        "standard",
        Arc::new(StandardFinder),
    );
    #[cfg(feature = "debuginfod")]
    {
        let debuginfod = Arc::<DebuginfodFinder>::default();
        // No other has its name.
        let _ = finders.register("debuginfod", debuginfod, Some(1));
    }
    finders
}
