use crate::dwarf::{Dwarf, Slice};
use crate::sources::{SourceKind, SourceSections, section_name};
use gimli::{DwarfPackage, EndianSlice, IndexSectionId, SectionId};
use hashbrown::HashMap;
use std::sync::Arc;

/// A row of an index of a package: which parts of its sections belong to a unit.
#[derive(Clone, Copy)]
pub(crate) enum PackageRow {
    /// Of `.debug_cu_index`.
    Compilation(u32),
    /// Of `.debug_tu_index`.
    Type(u32),
}

/// The sections of one file, as its units need them.
pub(crate) struct SourceDwarf<'a> {
    sections: &'a SourceSections,
    whole: Arc<Dwarf<'a>>,
    /// Of a package, where no unit has the whole sections.
    package: Option<Result<Box<DwarfPackage<Slice<'a>>>, gimli::Error>>,
}

impl<'a> SourceDwarf<'a> {
    /// Those of all files; the first is the main one.
    pub(crate) fn all(sources: &'a [SourceSections]) -> Vec<Self> {
        let Some((first, others)) = sources.split_first() else {
            return Vec::new();
        };
        let mut main = first.dwarf();
        let is_supplementary = |source: &&SourceSections| source.kind == SourceKind::Supplementary;
        if let Some(supplementary) = others.iter().find(is_supplementary) {
            main.set_sup(supplementary.dwarf());
        }
        let supplementary = main.sup.clone();
        let main = Arc::new(main);
        let others = others.iter().map(|sections| {
            let whole = match (sections.kind, &supplementary) {
                (SourceKind::Supplementary, Some(dwarf)) => Arc::clone(dwarf),
                _ => {
                    let mut dwarf = sections.dwarf();
                    dwarf.make_dwo(&main);
                    // Line tables of split units stand in the main file.
                    dwarf.debug_line_str = main.debug_line_str;
                    Arc::new(dwarf)
                }
            };
            let package = (sections.kind == SourceKind::Package).then(|| package(sections));
            Self {
                sections,
                whole,
                package,
            }
        });
        let first = Self {
            sections: first,
            whole: Arc::clone(&main),
            package: None,
        };
        std::iter::once(first).chain(others).collect()
    }

    pub(crate) fn file(&self) -> &'a str {
        &self.sections.file
    }

    pub(crate) fn kind(&self) -> SourceKind {
        self.sections.kind
    }

    pub(crate) fn section_name(&self, id: SectionId) -> &'static str {
        section_name(self.kind(), id).unwrap_or_else(|| id.name())
    }

    /// The sections of the whole file.
    pub(crate) fn whole(&self) -> &Dwarf<'a> {
        &self.whole
    }

    /// The sections that a unit with this row refers to.
    pub(crate) fn dwarf(
        &self,
        row: Option<PackageRow>,
        main: Option<&Dwarf<'a>>,
    ) -> Result<Arc<Dwarf<'a>>, String> {
        let (Some(package), Some(main)) = (&self.package, main) else {
            return Ok(Arc::clone(&self.whole));
        };
        let package = package.as_ref().map_err(ToString::to_string)?;
        let dwarf = match row {
            Some(PackageRow::Compilation(row)) => package.cu_sections(row, main),
            Some(PackageRow::Type(row)) => package.tu_sections(row, main),
            None => return Err("no index of the package has this unit".to_owned()),
        };
        let mut dwarf = dwarf.map_err(|error| format!("index of the package: {error}"))?;
        dwarf.debug_line_str = main.debug_line_str;
        Ok(Arc::new(dwarf))
    }

    /// The rows of a package's indices, by where their units start.
    pub(crate) fn rows(&self) -> HashMap<(SectionId, u64), PackageRow> {
        let mut rows = HashMap::new();
        let Some(Ok(package)) = &self.package else {
            return rows;
        };
        let mut add = |index: &gimli::UnitIndex<Slice<'a>>, row: fn(u32) -> PackageRow| {
            for number in 1..=index.unit_count() {
                let Ok(parts) = index.sections(number) else {
                    break;
                };
                for part in parts {
                    let id = match part.section {
                        IndexSectionId::DebugInfo => SectionId::DebugInfo,
                        IndexSectionId::DebugTypes => SectionId::DebugTypes,
                        _ => continue,
                    };
                    let place = (id, u64::from(part.offset));
                    if part.size != 0 {
                        rows.entry(place).or_insert_with(|| row(number));
                    }
                }
            }
        };
        add(&package.cu_index, PackageRow::Compilation);
        add(&package.tu_index, PackageRow::Type);
        rows
    }
}

fn package(sections: &SourceSections) -> Result<Box<DwarfPackage<Slice<'_>>>, gimli::Error> {
    let empty = EndianSlice::new(&[], sections.endian);
    DwarfPackage::load(|id| Ok(sections.get(id)), empty).map(Box::new)
}
