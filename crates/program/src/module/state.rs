use super::{ModuleFile, ModuleFileStatus, ModuleInfo, ModuleKind};
use crate::search::{Candidate, RefusedFile};
use crate::{Error, Program, Result};
use spelunk_base::BuildId;
use spelunk_debuginfo::SymbolTable;
use spelunk_debuginfo::orc::OrcTable;
use spelunk_elf::SectionAddresses;
use spelunk_object::Object;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A module of the program.
///
/// What is known of it may change, but a file that it has, it keeps.
pub struct Module {
    kind: ModuleKind,
    name: String,
    state: RwLock<State>,
    loaded: OnceLock<Arc<ModuleFile>>,
    debug: OnceLock<Arc<ModuleFile>>,
    orc: OnceLock<Option<Arc<OrcTable>>>,
    loaded_symbols: OnceLock<Option<SymbolTable>>,
}

/// What may change.
pub(super) struct State {
    pub(super) build_id: Option<BuildId>,
    pub(super) address_ranges: AddressRanges,
    /// In the order in which they were added.
    pub(super) sections: Vec<(String, u64)>,
    pub(super) main_bias: Option<u64>,
    pub(super) object: Option<Object>,
    /// The status of the loaded file where there is none.
    pub(super) loaded: ModuleFileStatus,
    /// The status of the debug file where there is none.
    pub(super) debug: ModuleFileStatus,
    pub(super) supplementary: Supplementary,
    /// Files that looked like the module's in the last search, and are not.
    pub(super) refused: Vec<RefusedFile>,
    /// What finders had to say in the last search.
    pub(super) remarks: Vec<String>,
}

/// Where a module is in memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum AddressRanges {
    Unknown,
    /// As the system told before there was a file, which knows better.
    Estimated(Vec<Range<u64>>),
    /// In order.
    Known(Vec<Range<u64>>),
}

impl AddressRanges {
    fn get(&self) -> Option<&[Range<u64>]> {
        match self {
            Self::Unknown => None,
            Self::Estimated(ranges) | Self::Known(ranges) => Some(ranges),
        }
    }
}

/// The supplementary file of the debug file.
pub(super) enum Supplementary {
    /// None is wanted.
    None,
    /// The debug file that was found waits for this one.
    Wanted {
        debug: Box<Candidate>,
        wanted: WantedSupplementaryFile,
    },
    /// It is in use.
    Used(PathBuf),
}

/// The supplementary file that a debug file asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WantedSupplementaryFile {
    /// The file that asks for it.
    pub path: PathBuf,
    /// Where it says it is: absolute, or seen from the folder of [`path`](Self::path).
    pub supplementary_path: PathBuf,
    /// Its build ID.
    pub checksum: Vec<u8>,
}

impl Module {
    pub(super) fn new(info: ModuleInfo, files_needed: bool) -> Self {
        let mut sections: Vec<(String, u64)> = info
            .section_addresses
            .iter()
            .map(|(name, address)| (name.to_owned(), address))
            .collect();
        sections.sort_unstable_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        let mut module = Self::by_hand(info.kind, info.name);
        let state = module.state.get_mut();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        state.sections = sections;
        state.build_id = info.build_id;
        state.main_bias = info.bias;
        state.object = info.object;
        state.address_ranges = match (info.kind, info.address_ranges) {
            (_, ranges) if ranges.is_empty() => AddressRanges::Unknown,
            // The kernel's image is not as long as what is reserved for it.
            (ModuleKind::Main, ranges) if !files_needed => AddressRanges::Estimated(sorted(ranges)),
            (_, ranges) => AddressRanges::Known(sorted(ranges)),
        };
        if !files_needed {
            state.loaded = ModuleFileStatus::DontNeed;
        }
        module
    }

    /// A module of which nothing is known but what names it.
    pub(super) fn by_hand(kind: ModuleKind, name: String) -> Self {
        Self {
            kind,
            name,
            state: RwLock::new(State {
                build_id: None,
                address_ranges: AddressRanges::Unknown,
                sections: Vec::new(),
                main_bias: Some(0),
                object: None,
                loaded: ModuleFileStatus::Want,
                debug: ModuleFileStatus::Want,
                supplementary: Supplementary::None,
                refused: Vec::new(),
                remarks: Vec::new(),
            }),
            loaded: OnceLock::new(),
            debug: OnceLock::new(),
            orc: OnceLock::new(),
            loaded_symbols: OnceLock::new(),
        }
    }

    /// Fills in what was not known yet.
    pub(super) fn learn(&self, info: ModuleInfo, files_needed: bool) {
        let told = Self::new(info, files_needed).state;
        let told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.write();
        state.build_id = state.build_id.take().or(told.build_id);
        state.object = state.object.take().or(told.object);
        if state.address_ranges == AddressRanges::Unknown {
            state.address_ranges = told.address_ranges;
        }
        if !self.has_file() {
            state.main_bias = told.main_bias;
            if state.sections.is_empty() {
                state.sections = told.sections;
            }
        }
        if state.loaded == ModuleFileStatus::Want {
            state.loaded = told.loaded;
        }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What kind of module it is, and what identifies it beside its name.
    #[must_use]
    pub fn kind(&self) -> ModuleKind {
        self.kind
    }

    /// Its name: `kernel`, `kyber_iosched`, the path of a library.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The build ID of its files, where it is known.
    #[must_use]
    pub fn build_id(&self) -> Option<BuildId> {
        self.read().build_id.clone()
    }

    /// Says what build ID its files have, or that it is not known.
    pub fn set_build_id(&self, build_id: Option<BuildId>) {
        self.write().build_id = build_id;
    }

    /// The system's object for it: a `struct module *` in the Linux kernel.
    #[must_use]
    pub fn object(&self) -> Option<Object> {
        self.read().object.clone()
    }

    /// Chooses the object that goes with it.
    pub fn set_object(&self, object: Object) {
        self.write().object = Some(object);
    }

    /// The file as it was loaded, if it was found.
    #[must_use]
    pub fn loaded_file(&self) -> Option<&Arc<ModuleFile>> {
        self.loaded.get()
    }

    /// The file that debugging information comes from, once it is loaded.
    #[must_use]
    pub fn debug_file(&self) -> Option<&Arc<ModuleFile>> {
        self.debug.get()
    }

    /// The best file there is: the one with debugging information, else the other.
    #[must_use]
    pub fn file(&self) -> Option<&Arc<ModuleFile>> {
        self.debug_file().or(self.loaded_file())
    }

    pub(super) fn has_file(&self) -> bool {
        self.file().is_some()
    }

    /// The path of the supplementary file in use, if there is one.
    #[must_use]
    pub fn supplementary_file(&self) -> Option<PathBuf> {
        match &self.read().supplementary {
            Supplementary::Used(path) => Some(path.clone()),
            _ => None,
        }
    }

    /// What became of the file as it was loaded.
    #[must_use]
    pub fn loaded_file_status(&self) -> ModuleFileStatus {
        match self.loaded.get() {
            Some(_) => ModuleFileStatus::Have,
            None => self.read().loaded,
        }
    }

    /// What became of the file with debugging information.
    #[must_use]
    pub fn debug_file_status(&self) -> ModuleFileStatus {
        match self.debug.get() {
            Some(_) => ModuleFileStatus::Have,
            None => self.read().debug,
        }
    }

    /// Whether the file as it was loaded is wanted.
    #[must_use]
    pub fn wants_loaded_file(&self) -> bool {
        self.loaded_file_status() == ModuleFileStatus::Want
    }

    /// Whether the debugging information, or the supplementary file of it, is wanted.
    #[must_use]
    pub fn wants_debug_file(&self) -> bool {
        matches!(
            self.debug_file_status(),
            ModuleFileStatus::Want | ModuleFileStatus::WantSupplementary
        )
    }

    /// Says whether the file as it was loaded is wanted.
    ///
    /// # Errors
    ///
    /// A value error if it is there, or is said to be.
    pub fn set_loaded_file_status(&self, status: ModuleFileStatus) -> Result<()> {
        let mut state = self.write();
        let old = match self.loaded.get() {
            Some(_) => ModuleFileStatus::Have,
            None => state.loaded,
        };
        check_change("loaded_file_status", old, status)?;
        state.loaded = status;
        Ok(())
    }

    /// Says whether a file with debugging information is wanted.
    ///
    /// # Errors
    ///
    /// A value error if it is there, or is said to be.
    pub fn set_debug_file_status(&self, status: ModuleFileStatus) -> Result<()> {
        let mut state = self.write();
        let old = match self.debug.get() {
            Some(_) => ModuleFileStatus::Have,
            None => state.debug,
        };
        check_change("debug_file_status", old, status)?;
        if status != ModuleFileStatus::WantSupplementary
            && let Supplementary::Wanted { .. } = state.supplementary
        {
            state.supplementary = Supplementary::None;
        }
        state.debug = status;
        Ok(())
    }

    /// The supplementary file that the debug file waits for.
    ///
    /// # Errors
    ///
    /// A value error if it waits for none.
    pub fn wanted_supplementary_file(&self) -> Result<WantedSupplementaryFile> {
        match &self.read().supplementary {
            Supplementary::Wanted { wanted, .. } => Ok(wanted.clone()),
            _ => Err(Error::value(
                "module does not want supplementary debug file",
            )),
        }
    }

    /// Where the module is in memory, in order; `None` if that is not known.
    #[must_use]
    pub fn address_ranges(&self) -> Option<Vec<Range<u64>>> {
        self.read().address_ranges.get().map(<[_]>::to_vec)
    }

    /// Whether `address` is in the module.
    #[must_use]
    pub fn contains(&self, address: u64) -> bool {
        let state = self.read();
        let mut ranges = state.address_ranges.get().unwrap_or_default().iter();
        ranges.any(|range| range.contains(&address))
    }

    /// The sections' addresses, by name, in the order in which they were added.
    #[must_use]
    pub fn sections(&self) -> Vec<(String, u64)> {
        self.read().sections.clone()
    }

    pub(crate) fn section_addresses(&self) -> SectionAddresses {
        self.sections().into_iter().collect()
    }

    /// Changes the sections' addresses.
    ///
    /// # Errors
    ///
    /// A value error if the module has a file, which was placed by them.
    pub fn change_sections<R>(
        &self,
        change: impl FnOnce(&mut Vec<(String, u64)>) -> R,
    ) -> Result<R> {
        let mut state = self.write();
        if self.has_file() {
            return Err(Error::value(
                "section addresses cannot be modified after file is set",
            ));
        }
        Ok(change(&mut state.sections))
    }

    /// The unwinding tables that stand in the program's memory, if they can be read.
    pub(crate) fn orc_table(&self, program: &Program) -> Option<Arc<OrcTable>> {
        if let Some(table) = self.orc.get() {
            return table.clone();
        }
        // Read before it is published: the system calls back.
        let table = program
            .os()
            .and_then(|os| os.orc_table(program, &self.name).ok()?);
        self.orc.get_or_init(|| table).clone()
    }

    /// Its symbols: those of its file with debugging information; if that has none, of its file as it was loaded; without
    /// any, those that stand in the program's memory.
    pub(crate) fn symbols(&self, program: &Program) -> Option<&SymbolTable> {
        let files = [self.debug_file(), self.loaded_file()]
            .into_iter()
            .flatten();
        let mut symbols = files.map(|file| file.symbols());
        symbols
            .find(|symbols| !symbols.is_empty())
            .or_else(|| self.symbols_in_memory(program))
    }

    fn symbols_in_memory(&self, program: &Program) -> Option<&SymbolTable> {
        if let Some(symbols) = self.loaded_symbols.get() {
            return symbols.as_ref();
        }
        let object = match self.kind {
            ModuleKind::Main => None,
            _ => Some(self.object()?),
        };
        // Read before they are published: the system calls back.
        let os = program.os()?;
        let symbols = os.symbols(program, object.as_ref()).ok();
        self.loaded_symbols.get_or_init(|| symbols).as_ref()
    }

    /// Makes `file` the file as it was loaded, unless there is one.
    pub(super) fn publish_loaded(&self, file: &Arc<ModuleFile>) -> bool {
        self.loaded.set(Arc::clone(file)).is_ok()
    }

    /// Makes `file` the file with debugging information, unless there is one.
    pub(super) fn publish_debug(&self, file: &Arc<ModuleFile>) -> bool {
        self.debug.set(Arc::clone(file)).is_ok()
    }

    /// A debug file that waited for its supplementary file is not needed any more.
    pub(super) fn forget_wanted_supplementary_file(&self) {
        let mut state = self.write();
        if let Supplementary::Wanted { .. } = state.supplementary {
            state.supplementary = Supplementary::None;
        }
    }

    /// Remembers files that looked like the module's, and why they are not.
    pub(crate) fn refuse(&self, files: Vec<RefusedFile>) {
        self.write().refused.extend(files);
    }

    /// Remembers what a finder has to say of its search, for the report of what is missing.
    pub fn remark(&self, text: String) {
        self.write().remarks.push(text);
    }

    /// What finders said since this was last asked.
    pub(crate) fn take_remarks(&self) -> Vec<String> {
        std::mem::take(&mut self.write().remarks)
    }

    /// The files that were refused since this was last asked.
    pub(crate) fn take_refused(&self) -> Vec<RefusedFile> {
        std::mem::take(&mut self.write().refused)
    }
}

impl WantedSupplementaryFile {
    /// Where it says it is, seen from the file that asks for it.
    #[must_use]
    pub fn resolved_path(&self) -> PathBuf {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        folder.join(&self.supplementary_path)
    }
}

fn check_change(name: &str, old: ModuleFileStatus, new: ModuleFileStatus) -> Result<()> {
    use ModuleFileStatus as S;
    let is_possible = old != S::Have && !matches!(new, S::Have | S::WantSupplementary);
    if old == new || is_possible {
        return Ok(());
    }
    Err(Error::value(format!(
        "cannot change {name} from {old} to {new}"
    )))
}

pub(super) fn sorted(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges
}
