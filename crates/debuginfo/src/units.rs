use crate::abbreviation_tables::{AbbreviationTables, NoAbbreviations};
use crate::die::DieId;
use crate::dwarf::{Dwarf, Slice, UnitHeader};
use crate::error::DebugInfoError;
use crate::line_tables::{LineTables, UnitLines};
use crate::macros::Macros;
use crate::scopes::Scopes;
use crate::sources::{SourceKind, SourceSections, SplitLink};
use crate::unit::{Unit, UnitIndex};
use crate::unit_dwarf::{PackageRow, SourceDwarf};
use crate::unit_headers::{UnitHeaders, UnreadableUnit};
use crate::unit_map::UnitMap;
use crate::unit_parse::{ParsedUnit, parse_unit};
use gimli::{EndianSlice, Reader, Section, SectionId, UnitType};
use hashbrown::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Units that cannot be read and are told of.
const MAX_DAMAGE: usize = 100;

/// The units of a file, and of the files that go with it. Headers are read at once, everything else
/// when it is first wanted.
pub struct Units<'a> {
    sources: Vec<SourceDwarf<'a>>,
    sections: Vec<UnitSection<'a>>,
    slots: Vec<Slot<'a>>,
    type_units: HashMap<u64, DieId, foldhash::fast::RandomState>,
    /// By skeleton, the unit that stands in another file.
    split: HashMap<UnitIndex, UnitIndex, foldhash::fast::RandomState>,
    map: OnceLock<UnitMap>,
    pub(crate) importers: OnceLock<HashMap<UnitIndex, UnitIndex, foldhash::fast::RandomState>>,
    damage: Vec<DebugInfoError>,
    macros: Macros<'a>,
    abbreviations: AbbreviationTables,
    lines: Arc<LineTables<'a>>,
}

/// A section that holds units.
pub(crate) struct UnitSection<'a> {
    pub(crate) id: SectionId,
    /// The number of the file.
    pub(crate) source: usize,
    /// Where it starts, as entries are counted.
    pub(crate) base: DieId,
    pub(crate) bytes: &'a [u8],
}

struct Slot<'a> {
    start: DieId,
    end: u64,
    header: UnitHeader<'a>,
    section: usize,
    row: Option<PackageRow>,
    skeleton: Option<UnitIndex>,
    unit: OnceLock<Result<Box<Unit<'a>>, DebugInfoError>>,
    scopes: OnceLock<Scopes>,
}

/// Where an entry stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    /// The file.
    pub file: &'a str,
    /// The section of the file.
    pub section: &'static str,
    /// The offset in the section.
    pub offset: u64,
}

impl<'a> Units<'a> {
    /// Reads the headers of all units. Those that cannot be read are passed over.
    pub(crate) fn new(sources: &'a [SourceSections], links: &[SplitLink]) -> Self {
        let mut units = Self {
            sources: SourceDwarf::all(sources),
            sections: Vec::new(),
            slots: Vec::new(),
            type_units: HashMap::default(),
            split: HashMap::default(),
            map: OnceLock::new(),
            importers: OnceLock::new(),
            damage: Vec::new(),
            macros: Macros::default(),
            abbreviations: AbbreviationTables::new(
                sources
                    .iter()
                    .map(SourceSections::size_for_abbreviations)
                    .sum(),
            ),
            lines: Arc::new(LineTables::new(
                sources
                    .iter()
                    .map(|source| source.get(SectionId::DebugLine).len())
                    .sum(),
            )),
        };
        let mut base = DieId::from_u64(0);
        for (number, source) in sources.iter().enumerate() {
            let rows = units.sources.get(number).map(SourceDwarf::rows);
            let rows = rows.unwrap_or_default();
            for (id, bytes) in &source.units {
                units.sections.push(UnitSection {
                    id: *id,
                    source: number,
                    base,
                    bytes,
                });
                units.read_headers(*id, EndianSlice::new(bytes, source.endian), &rows);
                base = base.plus(bytes.len());
            }
        }
        for link in links {
            units.link(link);
        }
        units
    }

    fn read_headers(
        &mut self,
        id: SectionId,
        bytes: Slice<'a>,
        rows: &HashMap<(SectionId, u64), PackageRow>,
    ) {
        for header in UnitHeaders::new(id, bytes) {
            match header {
                Ok(header) => {
                    let row = rows.get(&(id, header.offset().0 as u64)).copied();
                    self.push(header, row);
                }
                // A section of zeros has one in every few bytes.
                Err(_) if self.damage.len() >= MAX_DAMAGE => {}
                Err(UnreadableUnit { offset, error }) => {
                    let base = self.sections.last().map(|section| section.base);
                    let start = base.map_or(DieId::from_u64(0), |base| base.plus(offset));
                    let message = format!("unit is passed over: {error}");
                    self.damage.push(self.damaged(start, message));
                }
            }
        }
    }

    /// Takes a unit of the last section.
    fn push(&mut self, header: UnitHeader<'a>, row: Option<PackageRow>) {
        let Some(section) = self.sections.last() else {
            return;
        };
        let start = section.base.plus(header.offset().0);
        let length = header.length_including_self() as u64;
        if let UnitType::Type {
            type_signature,
            type_offset,
        }
        | UnitType::SplitType {
            type_signature,
            type_offset,
        } = header.type_()
        {
            let die = start.plus(type_offset.0);
            self.type_units.entry(type_signature.0).or_insert(die);
        }
        self.slots.push(Slot {
            start,
            end: start.as_u64().saturating_add(length),
            header,
            section: self.sections.len().saturating_sub(1),
            row,
            skeleton: None,
            unit: OnceLock::new(),
            scopes: OnceLock::new(),
        });
    }

    /// Makes a skeleton and its other part known to each other.
    fn link(&mut self, link: &SplitLink) {
        let first = |source| {
            let of_source = |section: &&UnitSection<'_>| section.source == source;
            self.sections.iter().find(of_source)
        };
        let at = |source, offset: u64| {
            let offset = usize::try_from(offset).ok()?;
            self.find_unit(first(source)?.base.plus(offset))
        };
        if let Some(skeleton) = at(0, link.skeleton)
            && let Some(split) = at(link.source, link.offset)
            && let Some(slot) = self.slots.get_mut(split.0 as usize)
        {
            slot.skeleton = Some(skeleton);
            self.split.insert(skeleton, split);
        }
    }

    /// The name of the main file, for messages.
    #[must_use]
    pub fn file(&self) -> &'a str {
        self.sources.first().map_or("", SourceDwarf::file)
    }

    /// The units that cannot be read at all, of a later version perhaps, or the first hundred of
    /// them: where they are and why.
    #[must_use]
    pub fn damage(&self) -> &[DebugInfoError] {
        &self.damage
    }

    /// The debug sections of the main file.
    pub(crate) fn main_dwarf(&self) -> Option<&Dwarf<'a>> {
        self.sources.first().map(SourceDwarf::whole)
    }

    /// The indices of all units.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = UnitIndex> + use<> {
        let count = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        (0..count).map(UnitIndex)
    }

    /// The header of a unit.
    #[must_use]
    pub fn header(&self, index: UnitIndex) -> Option<&gimli::UnitHeader<Slice<'a>>> {
        self.slots.get(index.0 as usize).map(|slot| &slot.header)
    }

    /// The section that a unit is in.
    pub(crate) fn section(&self, index: UnitIndex) -> Option<&UnitSection<'a>> {
        let slot = self.slots.get(index.0 as usize)?;
        self.sections.get(slot.section)
    }

    /// All sections that hold units.
    pub(crate) fn sections(&self) -> &[UnitSection<'a>] {
        &self.sections
    }

    /// What the file that a unit is in is to the main file.
    pub(crate) fn kind(&self, index: UnitIndex) -> SourceKind {
        let source = self.section(index).map_or(0, |section| section.source);
        let source = self.sources.get(source);
        source.map_or(SourceKind::Main, SourceDwarf::kind)
    }

    /// The sections that a unit refers to, without those of its skeleton.
    pub(crate) fn dwarf_of(&self, index: UnitIndex) -> Result<Arc<Dwarf<'a>>, DebugInfoError> {
        let slot = self.slot(index)?;
        let missing = || self.damaged(slot.start, "no such file".to_owned());
        let section = self.sections.get(slot.section).ok_or_else(missing)?;
        let source = self.sources.get(section.source).ok_or_else(missing)?;
        source
            .dwarf(slot.row, self.main_dwarf())
            .map_err(|error| self.damaged(slot.start, error))
    }

    /// A unit, parsed when it is first asked for.
    ///
    /// # Errors
    ///
    /// If its header, abbreviations or first entry are damaged.
    pub fn unit(&self, index: UnitIndex) -> Result<&Unit<'a>, DebugInfoError> {
        let slot = self.slot(index)?;
        slot.unit
            .get_or_init(|| self.parse(index, slot).map(Box::new))
            .as_deref()
            .map_err(Clone::clone)
    }

    fn slot(&self, index: UnitIndex) -> Result<&Slot<'a>, DebugInfoError> {
        let slot = self.slots.get(index.0 as usize);
        slot.ok_or_else(|| self.damaged(DieId::from_u64(0), "no such unit".to_owned()))
    }

    fn parse(&self, index: UnitIndex, slot: &Slot<'a>) -> Result<Unit<'a>, DebugInfoError> {
        let dwarf = self.dwarf_of(index)?;
        let abbreviations = self.abbreviations.get(&dwarf, &slot.header);
        let abbreviations =
            abbreviations.map_err(|error| self.damaged_abbreviations(slot, &error))?;
        let parsed = parse_unit(&dwarf, slot.header, abbreviations);
        let ParsedUnit { unit, lines } =
            parsed.map_err(|error| self.damaged(slot.start, error.to_string()))?;
        let mut unit = Unit {
            lines: UnitLines::new(&self.lines, lines),
            unit,
            line_dwarf: Arc::clone(&dwarf),
            dwarf,
            base: self
                .section(index)
                .map_or(slot.start, |section| section.base),
        };
        // A skeleton is in the main file and has no skeleton itself.
        if let Some(skeleton) = slot.skeleton {
            let skeleton = self.unit(skeleton)?;
            unit.unit.copy_relocated_attributes(&skeleton.unit);
            if unit.lines().is_none() {
                unit.lines.share(skeleton.lines());
                unit.line_dwarf = Arc::clone(&skeleton.line_dwarf);
            }
            unit.unit.comp_dir = unit.comp_dir.or(skeleton.comp_dir);
        }
        Ok(unit)
    }

    /// The error that says why a unit has no abbreviations.
    fn damaged_abbreviations(&self, slot: &Slot<'a>, error: &NoAbbreviations) -> DebugInfoError {
        let place = self.place(slot.start);
        let section = self.sections.get(slot.section);
        let source = section.and_then(|section| self.sources.get(section.source));
        let id = SectionId::DebugAbbrev;
        DebugInfoError::Damaged {
            file: place.file.to_owned(),
            section: source.map_or(id.name(), |source| source.section_name(id)),
            offset: slot.header.debug_abbrev_offset().0 as u64,
            message: format!(
                "abbreviations of the unit at {}+{:#x}: {error}",
                place.section, place.offset
            ),
        }
    }

    /// What stands in what in the unit of an entry.
    pub(crate) fn scopes(&self, die: DieId) -> Result<Option<&Scopes>, DebugInfoError> {
        let Some(index) = self.find_unit(die) else {
            return Ok(None);
        };
        let unit = self.unit(index)?;
        let slot = self.slots.get(index.0 as usize);
        Ok(slot.map(|slot| slot.scopes.get_or_init(|| Scopes::new(unit))))
    }

    /// The unit that an entry is in.
    #[must_use]
    pub fn find_unit(&self, die: DieId) -> Option<UnitIndex> {
        let after = self.slots.partition_point(|slot| slot.start <= die);
        let index = after.checked_sub(1)?;
        let slot = self.slots.get(index)?;
        let index = u32::try_from(index).ok().map(UnitIndex);
        index.filter(|_| die.as_u64() < slot.end)
    }

    /// The first place of a unit, and the one behind it.
    pub(crate) fn range(&self, index: UnitIndex) -> Range<DieId> {
        let nowhere = DieId::from_u64(u64::MAX);
        let slot = self.slots.get(index.0 as usize);
        slot.map_or(nowhere..nowhere, |slot| {
            slot.start..DieId::from_u64(slot.end)
        })
    }

    /// The unit that has code (or data) at `address`, which is the file's own: without bias.
    #[must_use]
    pub fn find_unit_by_address(&self, address: u64) -> Option<UnitIndex> {
        let found = self.map.get_or_init(|| UnitMap::new(self)).find(address)?;
        Some(self.split.get(&found).copied().unwrap_or(found))
    }

    /// The size of all sections of macros.
    pub(crate) fn macro_bytes(&self) -> usize {
        let size = |source: &SourceDwarf<'_>| {
            let dwarf = source.whole();
            let sizes = [
                dwarf.debug_macro.reader().len(),
                dwarf.debug_macinfo.reader().len(),
            ];
            sizes.iter().sum::<usize>()
        };
        self.sources.iter().map(size).sum()
    }

    /// The macros that the units define.
    pub(crate) fn macros(&self) -> &Macros<'a> {
        &self.macros
    }

    /// The entry with the type of this signature (`DW_FORM_ref_sig8`).
    #[must_use]
    pub fn find_type_unit(&self, signature: u64) -> Option<DieId> {
        self.type_units.get(&signature).copied()
    }

    /// The entry at an offset of the supplementary file's `.debug_info`, if there is such a file.
    pub(crate) fn supplementary_die(&self, offset: usize) -> Option<DieId> {
        Some(self.supplementary_section()?.base.plus(offset))
    }

    /// The supplementary file's `.debug_info`.
    pub(crate) fn supplementary_section(&self) -> Option<&UnitSection<'a>> {
        let is_it = |section: &&UnitSection<'_>| {
            let source = self.sources.get(section.source);
            source.is_some_and(|source| source.kind() == SourceKind::Supplementary)
        };
        self.sections.iter().find(is_it)
    }

    /// Which section of which file an entry is in.
    #[must_use]
    pub fn place(&self, die: DieId) -> Place<'a> {
        let after = self.sections.partition_point(|section| section.base <= die);
        let section = after.checked_sub(1).and_then(|at| self.sections.get(at));
        let source = section.and_then(|section| self.sources.get(section.source));
        match (section, source) {
            (Some(section), Some(source)) => Place {
                file: source.file(),
                section: source.section_name(section.id),
                offset: die.as_u64().saturating_sub(section.base.as_u64()),
            },
            _ => Place {
                file: self.file(),
                section: SectionId::DebugInfo.name(),
                offset: die.as_u64(),
            },
        }
    }

    /// The error that says what is wrong at an entry.
    #[must_use]
    pub fn damaged(&self, die: DieId, message: String) -> DebugInfoError {
        let place = self.place(die);
        DebugInfoError::Damaged {
            file: place.file.to_owned(),
            section: place.section,
            offset: place.offset,
            message,
        }
    }
}
