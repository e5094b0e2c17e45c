use super::sections::{self, SourceSections, Wanted, find_section};
use super::skeleton;
use super::split::{SplitFiles, SplitLink};
use super::supplementary::{self, SupplementaryLink};
use crate::error::DebugInfoError;
use gimli::SectionId;
use spelunk_elf::{ElfFile, SectionAddresses, SectionData};
use std::fmt;
use std::path::PathBuf;
use std::sync::OnceLock;

/// What a file is to the debugging information that stands in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SourceKind {
    /// The program or module itself, or its separate debug file.
    Main,
    /// What `dwz` found in several files (`.gnu_debugaltlink`, `.debug_sup`).
    Supplementary,
    /// A `.dwo` file: DWARF 5, section 7.3.2.
    SplitObject,
    /// A `.dwp` file: DWARF 5, section 7.3.5.
    Package,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Main => "debug file",
            Self::Supplementary => "supplementary file",
            Self::SplitObject => "split debug file",
            Self::Package => "package of split debug files",
        })
    }
}

/// A file that the debugging information refers to and that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingSource {
    /// What it is.
    pub kind: SourceKind,
    /// The file, as the debugging information says.
    pub path: String,
    /// Why it cannot be used.
    pub reason: String,
}

impl MissingSource {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self.kind {
            SourceKind::Main => "load it anew",
            SourceKind::Supplementary => {
                "install the debugging information of the package that it belongs to"
            }
            SourceKind::SplitObject => {
                "keep it where it was compiled, or put it, or a package of all (PROGRAM.dwp), \
                 beside the program"
            }
            SourceKind::Package => "make it anew from this build's split debug files",
        }
    }
}

impl fmt::Display for MissingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, path, reason } = self;
        write!(f, "{kind} {path}: {reason}")
    }
}

/// One of the files.
pub(crate) struct SourceFile {
    pub(crate) kind: SourceKind,
    pub(crate) file: ElfFile,
    str: OnceLock<Option<SectionData>>,
    line_str: OnceLock<Option<SectionData>>,
}

impl SourceFile {
    fn new(kind: SourceKind, file: ElfFile) -> Self {
        Self {
            kind,
            file,
            str: OnceLock::new(),
            line_str: OnceLock::new(),
        }
    }

    /// Whether the file has one of these sections.
    pub(crate) fn has_any(&self, ids: &[SectionId]) -> bool {
        ids.iter()
            .any(|id| find_section(&self.file, self.kind, *id).is_some())
    }

    /// The bytes of `.debug_str` or `.debug_line_str`, loaded when they are first wanted. Relocation
    /// does not change them.
    pub(crate) fn strings(&self, id: SectionId) -> Option<&[u8]> {
        let cell = match id {
            SectionId::DebugStr => &self.str,
            _ => &self.line_str,
        };
        let load = || {
            let section = find_section(&self.file, self.kind, id)?;
            self.file.data_of(section).ok()
        };
        cell.get_or_init(load).as_deref()
    }
}

/// A file and those that go with it.
pub(crate) struct Sources {
    main: SourceFile,
    addresses: SectionAddresses,
    /// Where the supplementary file is, if somebody knows.
    supplementary: Option<PathBuf>,
    found: OnceLock<Found>,
    /// The sections that hold units, for the names that stand there.
    units: OnceLock<Vec<(u64, SectionData)>>,
}

/// What was found beside the file itself.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) others: Vec<SourceFile>,
    /// Which split unit belongs to which skeleton.
    pub(crate) links: Vec<SplitLink>,
    pub(crate) missing: Vec<MissingSource>,
    /// Changes whenever another file is found, or another state of one; 0 for a file that is all
    /// by itself.
    pub(crate) fingerprint: u64,
}

impl Sources {
    pub(crate) fn new(
        main: ElfFile,
        addresses: SectionAddresses,
        supplementary: Option<PathBuf>,
    ) -> Self {
        Self {
            main: SourceFile::new(SourceKind::Main, main),
            addresses,
            supplementary,
            found: OnceLock::new(),
            units: OnceLock::new(),
        }
    }

    pub(crate) fn main(&self) -> &ElfFile {
        &self.main.file
    }

    pub(crate) fn addresses(&self) -> &SectionAddresses {
        &self.addresses
    }

    /// The file with this number, by which names in the index are told apart: 0 is the main one.
    pub(crate) fn file(&self, number: usize) -> Option<&SourceFile> {
        match number.checked_sub(1) {
            None => Some(&self.main),
            Some(number) => self.found.get()?.others.get(number),
        }
    }

    /// Loads the sections of all files, the main one's first.
    pub(crate) fn load(
        &self,
        wanted: Wanted,
    ) -> Result<(Vec<SourceSections>, &Found), DebugInfoError> {
        let main = self.load_main(wanted)?;
        let found = self.found(&main)?;
        let mut all = vec![main];
        for other in &found.others {
            let addresses = SectionAddresses::default();
            let sections = SourceSections::load(&other.file, other.kind, &addresses, wanted)?;
            all.push(sections);
        }
        Ok((all, found))
    }

    /// What was found, looked for now if it was not yet.
    pub(crate) fn lookup_found(&self) -> Result<&Found, DebugInfoError> {
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        self.found(&self.load_main(Wanted::Names)?)
    }

    fn load_main(&self, wanted: Wanted) -> Result<SourceSections, DebugInfoError> {
        let SourceFile { kind, file, .. } = &self.main;
        SourceSections::load(file, *kind, &self.addresses, wanted)
    }

    fn found(&self, sections: &SourceSections) -> Result<&Found, DebugInfoError> {
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let found = self.find(sections)?;
        Ok(self.found.get_or_init(|| found))
    }

    fn find(&self, sections: &SourceSections) -> Result<Found, DebugInfoError> {
        let mut found = Found::default();
        if let Some(link) = SupplementaryLink::of(self.main()) {
            match supplementary::open(self.main(), &link, self.supplementary.as_deref()) {
                Ok(file) => {
                    found.add(SourceKind::Supplementary, file, &link.id);
                }
                Err(reason) => found.miss(SourceKind::Supplementary, link.path, reason),
            }
        }
        if !skeleton::has_any(sections) {
            return Ok(found);
        }
        let all = self.load_main(Wanted::All)?;
        let mut files = SplitFiles::new(self.main(), &mut found);
        for skeleton in skeleton::list(&all) {
            files.add(&skeleton);
        }
        Ok(found)
    }

    /// Whether what was found before, at another time, would be found now. A file that was all by
    /// itself is still, which spares looking at its units.
    pub(crate) fn has_fingerprint(&self, fingerprint: u64) -> bool {
        if fingerprint == 0 && SupplementaryLink::of(self.main()).is_none() {
            return true;
        }
        let found = self.lookup_found();
        found.is_ok_and(|found| found.fingerprint == fingerprint)
    }

    /// From `offset` on, counted as [`DieId`](crate::DieId) does, the bytes of the section of units
    /// that is there.
    pub(crate) fn unit_bytes(&self, offset: u64) -> Option<&[u8]> {
        let units = self.units.get_or_init(|| self.load_units());
        let after = units.partition_point(|(base, _)| *base <= offset);
        let (base, data) = units.get(after.checked_sub(1)?)?;
        data.get(usize::try_from(offset.checked_sub(*base)?).ok()?..)
    }

    fn load_units(&self) -> Vec<(u64, SectionData)> {
        let mut base = 0u64;
        let mut all = Vec::new();
        for number in 0.. {
            let Some(SourceFile { kind, file, .. }) = self.file(number) else {
                break;
            };
            for (_, section) in sections::unit_sections(file, *kind) {
                // Relocation does not change names.
                let data = file.data_of(section).unwrap_or_else(|_| Vec::new().into());
                let size = data.len() as u64;
                all.push((base, data));
                base = base.saturating_add(size);
            }
        }
        all
    }
}

impl Found {
    /// Adds a file with what tells it from others of its name; returns its number.
    pub(super) fn add(&mut self, kind: SourceKind, file: ElfFile, id: &[u8]) -> usize {
        self.mix(kind, id);
        for id in [
            SectionId::DebugInfo,
            SectionId::DebugTypes,
            SectionId::DebugStr,
        ] {
            let size = find_section(&file, kind, id).map_or(0, |section| section.size);
            self.mix(kind, &size.to_le_bytes());
        }
        self.others.push(SourceFile::new(kind, file));
        self.others.len()
    }

    pub(super) fn miss(&mut self, kind: SourceKind, path: String, reason: String) {
        self.mix(kind, path.as_bytes());
        self.missing.push(MissingSource { kind, path, reason });
    }

    fn mix(&mut self, kind: SourceKind, bytes: &[u8]) {
        let hash = crate::index::hash_bytes(bytes) ^ (kind as u64).rotate_right(8);
        let mixed = (self.fingerprint ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.fingerprint = mixed.rotate_left(29).max(1);
    }
}
