use super::found::{Found, SourceFile};
use super::missing::SourceKind;
use super::sections::{self, SourceSections, Wanted};
use super::skeleton;
use super::split::SplitFiles;
use super::supplementary::{self, SupplementaryLink};
use crate::error::DebugInfoError;
use spelunk_elf::{ElfFile, SectionAddresses, SectionData};
use std::path::PathBuf;
use std::sync::OnceLock;

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
        if matches!(wanted, Wanted::Names) {
            main.map_small_units();
        }
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

    /// The sections of units, one behind the other, with where each starts.
    pub(crate) fn load_units(&self) -> Vec<(u64, SectionData)> {
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
