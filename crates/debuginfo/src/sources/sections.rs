use super::SourceKind;
use crate::dwarf::{Dwarf, Slice};
use crate::error::DebugInfoError;
use crate::unit_headers::UnitHeaders;
use gimli::{EndianSlice, Reader, RunTimeEndian, SectionId};
use hashbrown::HashMap;
use rayon::prelude::*;
use spelunk_base::ByteOrder;
use spelunk_elf::constants as elf;
use spelunk_elf::{ElfFile, Section, SectionAddresses, SectionData};

/// Which sections are wanted, besides those that hold units.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    /// Those that names stand in.
    Names,
    /// All of them.
    All,
}

/// The sections that names stand in, what leads to them, and what tells source files apart.
const NAMES: &[SectionId] = &[
    SectionId::DebugAbbrev,
    SectionId::DebugLine,
    SectionId::DebugStr,
    SectionId::DebugLineStr,
    SectionId::DebugStrOffsets,
    SectionId::DebugCuIndex,
    SectionId::DebugTuIndex,
];

const OTHERS: &[SectionId] = &[
    SectionId::DebugAddr,
    SectionId::DebugAranges,
    SectionId::DebugLoc,
    SectionId::DebugLocLists,
    SectionId::DebugMacinfo,
    SectionId::DebugMacro,
    SectionId::DebugRanges,
    SectionId::DebugRngLists,
];

/// Linux maps so many bytes with each page fault (`fault_around_bytes`).
const PAGES: usize = 1 << 16;
/// A thread maps so many bytes in a row.
const MAPPED_TOGETHER: usize = 4 << 20;
/// The first units of a section, which show how large they are.
const UNITS: usize = 32;

/// The debug sections of one file.
pub(crate) struct SourceSections {
    /// The file, for messages.
    pub(crate) file: String,
    pub(crate) kind: SourceKind,
    pub(crate) endian: RunTimeEndian,
    sections: HashMap<SectionId, SectionData>,
    /// The sections that hold units: those of `.debug_info`, then those of `.debug_types`. Before it
    /// is linked, each type unit has a section of its own.
    pub(crate) units: Vec<(SectionId, SectionData)>,
}

impl SourceSections {
    /// Loads the sections of `file`, which are at `addresses`.
    pub(crate) fn load(
        file: &ElfFile,
        kind: SourceKind,
        addresses: &SectionAddresses,
        wanted: Wanted,
    ) -> Result<Self, DebugInfoError> {
        let others = match wanted {
            // The index of a package speaks of all its sections.
            Wanted::Names if kind != SourceKind::Package => &[],
            _ => OTHERS,
        };
        let named = NAMES.iter().chain(others);
        let mut found: Vec<(SectionId, &Section)> = named
            .filter(|id| **id != SectionId::DebugMacro)
            .filter_map(|id| Some((*id, find_section(file, kind, *id)?)))
            .collect();
        let named = found.len();
        found.extend(unit_sections(file, kind));
        // Those of modules are relocated, which takes a while: by all threads.
        let loaded = found.into_par_iter();
        let loaded = loaded.map(|(id, section)| Ok((id, load(file, section, addresses)?)));
        let mut loaded = loaded.collect::<Result<Vec<_>, DebugInfoError>>()?;
        let units = loaded.split_off(named);
        let mut sections: HashMap<_, _> = loaded.into_iter().collect();
        if others.contains(&SectionId::DebugMacro)
            && let Some(data) = load_macros(file, kind, addresses)?
        {
            sections.insert(SectionId::DebugMacro, data);
        }
        Ok(Self {
            file: file.name().to_owned(),
            kind,
            endian: match file.platform().byte_order {
                ByteOrder::Little => RunTimeEndian::Little,
                ByteOrder::Big => RunTimeEndian::Big,
            },
            sections,
            units,
        })
    }

    /// The bytes of a section; none if it is not there, or was not wanted.
    pub(crate) fn get(&self, id: SectionId) -> Slice<'_> {
        let data = match id {
            SectionId::DebugInfo | SectionId::DebugTypes => {
                let first = self.units.iter().find(|(found, _)| *found == id);
                first.map(|(_, data)| data)
            }
            _ => self.sections.get(&id),
        };
        EndianSlice::new(data.map_or(&[], |data| data), self.endian)
    }

    /// Has all threads map the pages of the units if these are small. Their headers, which lead from
    /// one to the next, are a page fault each otherwise, one thread's after the other. Of large units,
    /// many pages are never read: those of functions that are passed over.
    pub(crate) fn map_small_units(&self) {
        for (id, data) in &self.units {
            let units = UnitHeaders::new(*id, EndianSlice::new(data, self.endian));
            let (mut count, mut size) = (0usize, 0usize);
            for unit in units.flatten().take(UNITS) {
                count = count.saturating_add(1);
                size = size.saturating_add(unit.length_including_self());
            }
            if size > count.saturating_mul(PAGES) {
                continue;
            }
            data.par_chunks(MAPPED_TOGETHER).for_each(|chunk| {
                for byte in chunk.iter().step_by(PAGES) {
                    std::hint::black_box(*byte);
                }
            });
        }
    }

    /// Bytes of abbreviations and of what uses them.
    pub(crate) fn size_for_abbreviations(&self) -> usize {
        let units = self.units.iter().map(|(_, data)| data.len()).sum();
        self.get(SectionId::DebugAbbrev).len().saturating_add(units)
    }

    /// The sections as gimli has them.
    pub(crate) fn dwarf(&self) -> Dwarf<'_> {
        let load = |id| Ok::<_, std::convert::Infallible>(self.get(id));
        match gimli::Dwarf::load(load) {
            Ok(dwarf) => dwarf,
            Err(never) => match never {},
        }
    }
}

/// The bytes of a section that is at its place.
fn load(
    file: &ElfFile,
    section: &Section,
    addresses: &SectionAddresses,
) -> Result<SectionData, DebugInfoError> {
    let data = file.relocated_data_of(section, addresses);
    data.map_err(|error| DebugInfoError::Elf {
        file: file.name().to_owned(),
        error,
    })
}

/// The bytes of `.debug_macro`. Before they are linked, what each header defines is in a section of
/// its own; lists refer to one another as if these stood one behind the other.
fn load_macros(
    file: &ElfFile,
    kind: SourceKind,
    addresses: &SectionAddresses,
) -> Result<Option<SectionData>, DebugInfoError> {
    // Units refer to the section that is in no group.
    let mut sections: Vec<&Section> = named(file, kind, SectionId::DebugMacro).collect();
    sections.sort_by_key(|section| is_in_group(section));
    if let [only] = sections.as_slice() {
        return load(file, only, addresses).map(Some);
    }
    let mut addresses = addresses.clone();
    let mut start = 0u64;
    for section in &sections {
        addresses.place(section, start);
        start = start.saturating_add(file.data_of(section).map_or(0, |data| data.len() as u64));
    }
    let mut all = Vec::new();
    for section in &sections {
        all.extend_from_slice(&load(file, section, &addresses)?);
    }
    Ok((!all.is_empty()).then(|| all.into()))
}

/// What a section is called in a file of this kind.
pub(crate) fn section_name(kind: SourceKind, id: SectionId) -> Option<&'static str> {
    match kind {
        SourceKind::Main | SourceKind::Supplementary => Some(id.name()),
        SourceKind::SplitObject | SourceKind::Package => id.dwo_name(),
    }
}

/// The first section with this id.
pub(crate) fn find_section(file: &ElfFile, kind: SourceKind, id: SectionId) -> Option<&Section> {
    file.find_stored_section(section_name(kind, id)?)
}

/// The sections that hold units, in the order in which [`DieId`](crate::DieId) counts them.
pub(crate) fn unit_sections(
    file: &ElfFile,
    kind: SourceKind,
) -> impl Iterator<Item = (SectionId, &Section)> {
    let named = move |id: SectionId, in_group: bool| {
        named(file, kind, id)
            .filter(move |section| is_in_group(section) == in_group)
            .map(move |section| (id, section))
    };
    // References across units lead to the section that is in no group: type units are in groups.
    named(SectionId::DebugInfo, false)
        .chain(named(SectionId::DebugInfo, true))
        .chain(named(SectionId::DebugTypes, false))
        .chain(named(SectionId::DebugTypes, true))
}

/// All sections with this id.
fn named(file: &ElfFile, kind: SourceKind, id: SectionId) -> impl Iterator<Item = &Section> {
    let name = section_name(kind, id).unwrap_or_default();
    file.sections()
        .iter()
        .filter(move |section| has_name(section, name) && section.kind != elf::SHT_NOBITS)
}

fn is_in_group(section: &Section) -> bool {
    section.flags.contains(elf::SHF_GROUP)
}

/// Whether a section has this name, or its old compressed form (`.zdebug_info`).
fn has_name(section: &Section, name: &str) -> bool {
    let old = || {
        section
            .name
            .strip_prefix(".zdebug_")
            .is_some_and(|suffix| name.strip_prefix(".debug_") == Some(suffix))
    };
    section.name == name || old()
}
