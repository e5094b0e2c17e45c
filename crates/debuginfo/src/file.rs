use crate::error::DebugInfoError;
use crate::file_list::FileList;
use crate::index::NameIndex;
use crate::inline_namespaces::InlineNamespaces;
use crate::load_bias::LoadBias;
use crate::pc::PcTables;
use crate::sources::{MissingSource, SourceSections, Sources, Wanted};
use crate::units::Units;
use gimli::SectionId;
use self_cell::self_cell;
use spelunk_base::{BuildId, Cancel, Language, NoProgress, Progress};
use spelunk_elf::{ElfFile, SectionAddresses};
use spelunk_types::{ProducerId, TypeStore};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, Weak};

self_cell!(
    struct UnitsCell {
        owner: Vec<SourceSections>,

        #[not_covariant]
        dependent: Units,
    }
);

/// One ELF file with debugging information. Nothing of it is read before it is wanted.
///
/// Addresses in the file, as DWARF has them, plus the [`bias`](Self::bias) are addresses in the
/// target. For a relocatable file (a kernel module) DWARF is relocated to the target's addresses
/// and the bias is 0.
pub struct DebugFile {
    sources: Arc<Sources>,
    bias: u64,
    units: OnceLock<Result<UnitsCell, DebugInfoError>>,
    pub(crate) pc_tables: PcTables,
    index: OnceLock<Result<NameIndex, DebugInfoError>>,
    pub(crate) language: OnceLock<Option<Language>>,
    pub(crate) has_macros: OnceLock<bool>,
    pub(crate) inline_namespaces: OnceLock<InlineNamespaces>,
    program: OnceLock<ProgramLink>,
}

/// What a file knows of the program that it was added to.
struct ProgramLink {
    producer: ProducerId,
    files: Weak<FileList>,
}

impl DebugFile {
    /// The debugging information of `elf`, whose sections are at `addresses` (relocatable files)
    /// or which is loaded `bias` (two's complement) bytes from where it was linked for.
    #[must_use]
    pub fn new(elf: ElfFile, addresses: SectionAddresses, bias: u64) -> Arc<Self> {
        Self::with_supplementary(elf, addresses, bias, None)
    }

    /// As [`new`](Self::new), of a file whose supplementary file may be at `supplementary`, where it
    /// is looked for before all other places.
    #[must_use]
    pub fn with_supplementary(
        elf: ElfFile,
        addresses: SectionAddresses,
        bias: u64,
        supplementary: Option<PathBuf>,
    ) -> Arc<Self> {
        Arc::new(Self {
            sources: Arc::new(Sources::new(elf, addresses, supplementary)),
            bias,
            units: OnceLock::new(),
            pc_tables: PcTables::default(),
            index: OnceLock::new(),
            language: OnceLock::new(),
            has_macros: OnceLock::new(),
            inline_namespaces: OnceLock::new(),
            program: OnceLock::new(),
        })
    }

    /// The file.
    #[must_use]
    pub fn elf(&self) -> &ElfFile {
        self.sources.main()
    }

    /// What to call the file in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        self.elf().name()
    }

    /// The file's build ID.
    #[must_use]
    pub fn build_id(&self) -> Option<BuildId> {
        self.elf().build_id()
    }

    /// Where the sections of a relocatable file are.
    #[must_use]
    pub fn addresses(&self) -> &SectionAddresses {
        self.sources.addresses()
    }

    /// What to add (around the end) to an address in the file to have the one in the target.
    #[must_use]
    pub fn bias(&self) -> u64 {
        self.bias
    }

    /// What moves the addresses of variables.
    pub(crate) fn load_bias(&self) -> LoadBias {
        LoadBias::new(self.elf(), self.bias)
    }

    /// Calls `look` with the units of the file.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError::Elf`] if the sections cannot be read, else what `look` returns.
    pub fn with_units<R>(
        &self,
        look: impl for<'a> FnOnce(&Units<'a>) -> Result<R, DebugInfoError>,
    ) -> Result<R, DebugInfoError> {
        let cell = match self.units.get() {
            Some(cell) => cell,
            None => {
                let cell = self.load();
                self.units.get_or_init(|| cell)
            }
        };
        match cell {
            Ok(cell) => cell.with_dependent(|_, units| look(units)),
            Err(error) => Err(error.clone()),
        }
    }

    /// The names in the file, from the index file or made now.
    ///
    /// # Errors
    ///
    /// If the debug sections cannot be read.
    pub fn index(&self) -> Result<&NameIndex, DebugInfoError> {
        self.prepare_index(&NoProgress, &Cancel::default())
    }

    /// As [`index`](Self::index), for a user who waits and may lose patience.
    ///
    /// # Errors
    ///
    /// As [`index`](Self::index), and [`DebugInfoError::Cancelled`].
    pub fn prepare_index(
        &self,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<&NameIndex, DebugInfoError> {
        let index = match self.index.get() {
            Some(index) => index,
            None => {
                let index = NameIndex::open(&self.sources, progress, cancel);
                if let Err(DebugInfoError::Cancelled) = index {
                    return Err(DebugInfoError::Cancelled);
                }
                self.index.get_or_init(|| index)
            }
        };
        index.as_ref().map_err(Clone::clone)
    }

    /// The index, if it was made already.
    pub(crate) fn made_index(&self) -> Option<&NameIndex> {
        self.index.get()?.as_ref().ok()
    }

    /// Whether the index was made, or could not be made.
    pub(crate) fn is_indexed(&self) -> bool {
        self.index.get().is_some()
    }

    /// Has the file take these bytes for its index, as an index file from who knows where; false if
    /// they are none or it has one already. For fuzzing: nothing else should.
    #[doc(hidden)]
    pub fn believe_index(&self, bytes: Vec<u8>) -> bool {
        let index = NameIndex::believe(&self.sources, bytes.into());
        index.is_some_and(|index| self.index.set(Ok(index)).is_ok())
    }

    /// The files that the debugging information refers to and that cannot be used: what stands in
    /// them is missing, everything else is there.
    ///
    /// # Errors
    ///
    /// If the debug sections cannot be read.
    pub fn missing_sources(&self) -> Result<&[MissingSource], DebugInfoError> {
        // A file that is all by itself has its index say so, which spares looking at its units.
        if let Some(index) = self.made_index()
            && index.is_of_one_file()
        {
            return Ok(&[]);
        }
        Ok(&self.sources.lookup_found()?.missing)
    }

    /// Whether the file, or one that goes with it, has a section with one of these names.
    pub(crate) fn has_section(&self, ids: &[SectionId]) -> Result<bool, DebugInfoError> {
        if self.sources.file(0).is_some_and(|file| file.has_any(ids)) {
            return Ok(true);
        }
        if let Some(index) = self.made_index()
            && index.is_of_one_file()
        {
            return Ok(false);
        }
        let others = &self.sources.lookup_found()?.others;
        Ok(others.iter().any(|file| file.has_any(ids)))
    }

    /// Makes the file a producer of types of `store`.
    pub(crate) fn register(
        self: &Arc<Self>,
        store: &TypeStore,
        files: &Arc<FileList>,
    ) -> Result<(), DebugInfoError> {
        let link = ProgramLink {
            producer: store.register(Arc::clone(self) as Arc<_>)?,
            files: Arc::downgrade(files),
        };
        self.program
            .set(link)
            .map_err(|_| self.missing("second program to belong to"))
    }

    /// The producer id under which the file declares types.
    pub(crate) fn producer(&self) -> Result<ProducerId, DebugInfoError> {
        let link = self.program.get();
        link.map(|link| link.producer)
            .ok_or_else(|| self.missing("program that it was added to"))
    }

    /// All files of the program.
    pub(crate) fn program_files(&self) -> Option<Arc<FileList>> {
        self.program.get()?.files.upgrade()
    }

    fn missing(&self, what: &'static str) -> DebugInfoError {
        DebugInfoError::Missing {
            file: self.name().to_owned(),
            what,
        }
    }

    fn load(&self) -> Result<UnitsCell, DebugInfoError> {
        let (sections, found) = self.sources.load(Wanted::All)?;
        Ok(UnitsCell::new(sections, |sections| {
            Units::new(sections, &found.links)
        }))
    }
}
