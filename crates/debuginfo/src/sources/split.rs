use super::found::{Found, SplitLink, open_file};
use super::missing::SourceKind;
use super::sections::{SourceSections, Wanted};
use super::skeleton::Skeleton;
use crate::abbreviation_tables::AbbreviationTables;
use crate::dwarf::Slice;
use crate::unit_headers::UnitHeaders;
use gimli::{IndexSectionId, Reader, SectionId, UnitHeader, UnitType};
use hashbrown::HashMap;
use spelunk_elf::{ElfFile, SectionAddresses};
use std::path::{Path, PathBuf};

/// The split debug files of one file, as they are found.
pub(super) struct SplitFiles<'f> {
    main: PathBuf,
    found: &'f mut Found,
    package: Option<Package>,
    by_path: HashMap<PathBuf, Result<SplitObject, String>>,
}

struct Package {
    source: usize,
    sections: SourceSections,
}

/// A file with split units: where in `.debug_info.dwo` they start, by what they have in common with
/// their skeletons.
struct SplitObject {
    source: usize,
    units: HashMap<u64, u64>,
}

impl<'f> SplitFiles<'f> {
    pub(super) fn new(main: &ElfFile, found: &'f mut Found) -> Self {
        let mut files = Self {
            main: PathBuf::from(main.name()),
            found,
            package: None,
            by_path: HashMap::new(),
        };
        files.open_package();
        files
    }

    /// The package is called as the program; of a separate debug file `prog.debug` also `prog.dwp`.
    fn open_package(&mut self) {
        let real = std::fs::canonicalize(&self.main).ok();
        for main in [Some(self.main.clone()), real].into_iter().flatten() {
            let mut names = vec![PathBuf::from(format!("{}.dwp", main.display()))];
            if main
                .extension()
                .is_some_and(|extension| extension == "debug")
            {
                names.push(main.with_extension("dwp"));
            }
            for path in names {
                if self.package.is_none() {
                    self.try_package(&path);
                }
            }
        }
    }

    fn try_package(&mut self, path: &Path) {
        let kind = SourceKind::Package;
        let opened = match open_file(path) {
            Ok(None) => return,
            Ok(Some(file)) => load(&file, kind).map(|sections| (file, sections)),
            Err(reason) => Err(reason),
        };
        let checked = opened.and_then(|opened| check_package(&opened.1).map(|()| opened));
        match checked {
            Ok((file, sections)) => {
                let index = sections.get(SectionId::DebugCuIndex);
                let source = self.found.add(kind, file, index.slice());
                self.package = Some(Package { source, sections });
            }
            Err(reason) => self.found.miss(kind, path.display().to_string(), reason),
        }
    }

    /// Finds the other part of a skeleton unit.
    pub(super) fn add(&mut self, skeleton: &Skeleton) {
        let in_package = self.package.as_ref().and_then(|package| {
            let offset = find_in_package(&package.sections, skeleton.dwo_id)?;
            Some((package.source, offset))
        });
        let place = match in_package {
            Some(place) => Ok(place),
            None => self.find_object(skeleton),
        };
        match place {
            Ok((source, offset)) => self.found.links.push(SplitLink {
                skeleton: skeleton.offset,
                source,
                offset,
            }),
            Err(reason) => {
                let path = skeleton.dwo_name.clone();
                let known = self
                    .found
                    .missing
                    .iter()
                    .any(|missing| missing.path == path);
                if !known {
                    self.found.miss(SourceKind::SplitObject, path, reason);
                }
            }
        }
    }

    fn find_object(&mut self, skeleton: &Skeleton) -> Result<(usize, u64), String> {
        let mut reason = None;
        for path in self.places(skeleton) {
            match self.open_object(&path) {
                Ok(None) => {}
                Ok(Some(file)) => match file.units.get(&skeleton.dwo_id) {
                    Some(offset) => return Ok((file.source, *offset)),
                    None => {
                        reason.get_or_insert_with(|| {
                            let (path, id) = (path.display(), skeleton.dwo_id);
                            format!("{path} has no unit {id:#018x}: it belongs to another build")
                        });
                    }
                },
                Err(error) => {
                    reason.get_or_insert(error);
                }
            }
        }
        Err(reason.unwrap_or_else(|| match &skeleton.comp_dir {
            Some(folder) => format!("not found in {folder} nor beside {}", self.main.display()),
            None => format!("not found beside {}", self.main.display()),
        }))
    }

    /// Where the file may be: where the compiler put it, or somewhere below the program.
    fn places(&self, skeleton: &Skeleton) -> Vec<PathBuf> {
        let name = Path::new(&skeleton.dwo_name);
        let mut places = Vec::new();
        match &skeleton.comp_dir {
            Some(folder) => places.push(Path::new(folder).join(name)),
            None if name.is_absolute() => places.push(name.to_owned()),
            None => {}
        }
        if let Some(folder) = self.main.parent() {
            places.push(folder.join(name));
            places.extend(name.file_name().map(|name| folder.join(name)));
        }
        places.dedup();
        places
    }

    /// The file at `path`, if there is one.
    fn open_object(&mut self, path: &Path) -> Result<Option<&SplitObject>, String> {
        if !self.by_path.contains_key(path) {
            let Some(file) = open_file(path).transpose() else {
                return Ok(None);
            };
            let kind = SourceKind::SplitObject;
            let loaded = file.and_then(|file| load(&file, kind).map(|sections| (file, sections)));
            let opened = loaded.map(|(file, sections)| {
                let units = list_units(&sections);
                let mut ids: Vec<u64> = units.keys().copied().collect();
                ids.sort_unstable();
                let id: Vec<u8> = ids.into_iter().flat_map(u64::to_le_bytes).collect();
                let source = self.found.add(kind, file, &id);
                SplitObject { source, units }
            });
            self.by_path.insert(path.to_owned(), opened);
        }
        match self.by_path.get(path) {
            Some(Ok(file)) => Ok(Some(file)),
            Some(Err(reason)) => Err(reason.clone()),
            None => Ok(None),
        }
    }
}

fn load(file: &ElfFile, kind: SourceKind) -> Result<SourceSections, String> {
    let addresses = SectionAddresses::default();
    let sections = SourceSections::load(file, kind, &addresses, Wanted::Names);
    sections.map_err(|error| error.to_string())
}

/// Where the units of a file start that have a skeleton elsewhere.
fn list_units(sections: &SourceSections) -> HashMap<u64, u64> {
    let mut dwarf = sections.dwarf();
    dwarf.file_type = gimli::DwarfFileType::Dwo;
    let tables = AbbreviationTables::new(sections.size_for_abbreviations());
    let id = |header: UnitHeader<Slice<'_>>| match header.type_() {
        UnitType::SplitCompilation(id) => Some(id.0),
        UnitType::Compilation => {
            let abbreviations = tables.get(&dwarf, &header).ok()?;
            let mut entries = header.entries(&abbreviations);
            let root = entries.next_dfs().ok().flatten()?;
            match root.attr_value(gimli::constants::DW_AT_GNU_dwo_id)? {
                gimli::AttributeValue::DwoId(id) => Some(id.0),
                value => value.udata_value(),
            }
        }
        _ => None,
    };
    let mut units = HashMap::new();
    let mut base = 0u64;
    for (_, data) in sections
        .units
        .iter()
        .filter(|(section, _)| *section == SectionId::DebugInfo)
    {
        let bytes = gimli::EndianSlice::new(data, sections.endian);
        for header in UnitHeaders::new(SectionId::DebugInfo, bytes).flatten() {
            if let Some(id) = id(header) {
                units
                    .entry(id)
                    .or_insert(base.saturating_add(header.offset().0 as u64));
            }
        }
        base = base.saturating_add(data.len() as u64);
    }
    units
}

/// Whether the indices of a package can be used.
fn check_package(sections: &SourceSections) -> Result<(), String> {
    for id in [SectionId::DebugCuIndex, SectionId::DebugTuIndex] {
        let bytes = sections.get(id);
        // Both indices have the same form.
        gimli::DebugCuIndex::from(bytes).index().map_err(|error| {
            let offset = match error {
                gimli::Error::UnexpectedEof(place) => bytes.lookup_offset_id(place),
                _ => None,
            };
            format!("{}+{:#x}: {error}", id.name(), offset.unwrap_or(0))
        })?;
    }
    Ok(())
}

/// Where the unit starts that a package has under this id.
fn find_in_package(sections: &SourceSections, dwo_id: u64) -> Option<u64> {
    let index = gimli::DebugCuIndex::from(sections.get(SectionId::DebugCuIndex));
    let index = index.index().ok()?;
    let row = index.find(dwo_id)?;
    let mut contributions = index.sections(row).ok()?;
    let info = contributions.find(|part| part.section == IndexSectionId::DebugInfo)?;
    Some(info.offset.into())
}
