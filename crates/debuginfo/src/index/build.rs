use super::abbreviation::Abbreviations;
use super::entries::Entries;
use super::format::{self, Depth, Header};
use super::merge::{NameBytes, merge};
use super::raw::{Deferred, RawNames};
use super::scan::Scan;
use super::scan_unit::ScanUnit;
use super::seen::Seen;
use super::source_files::LastSourceFiles;
use super::tables::{Budget, Tables};
use super::type_names::TypeNames;
use crate::die::DieId;
use crate::error::DebugInfoError;
use crate::sources::{SourceKind, SourceSections, Sources, Wanted};
use crate::units::Units;
use gimli::SectionId;
use rayon::prelude::*;
use spelunk_base::{Cancel, Progress};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Units are handed to threads in this many parts for each thread: enough for an even load, few enough
/// to merge. Copies of a definition in different parts are all indexed, and each part takes memory of
/// its own, so that parts should have so many bytes at least.
const PARTS_PER_THREAD: usize = 3;
const PART_SIZE: usize = 8 << 20;
/// Parts at most.
const PARTS: usize = 64;
/// Entries that take their name from an entry in another unit that takes its name from another one.
const MAX_ORIGINS: usize = 8;

/// An index that was made.
pub(super) struct Built {
    /// In the index's format.
    pub(super) bytes: Vec<u8>,
    /// Whether all units could be read to their ends.
    pub(super) is_whole: bool,
}

/// Makes the index of a file and those that go with it.
pub(super) fn build(
    sources: &Sources,
    depth: Depth,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Built, DebugInfoError> {
    let (sections, found) = sources.load(Wanted::Names)?;
    let units = Units::new(&sections, &[]);
    let mut building = Building::new(sources.main().name(), &sections, &units, progress, cancel);
    building.depth = depth;
    building.type_names = building.read_type_names()?;
    let (parts, is_whole) = building.scan()?;
    let header = Header {
        sections: format::section_sizes(sources.main()),
        fingerprint: found.fingerprint,
        depth,
        has_scopes: parts.iter().any(|names| names.has_scopes),
        has_open_scopes: parts.iter().any(|names| names.has_open_scopes),
        ..Header::default()
    };
    let bytes = merge(&building.strings, parts, header);
    let bytes = bytes.ok_or_else(|| DebugInfoError::Missing {
        file: sources.main().name().to_owned(),
        what: "index: it has too many names",
    })?;
    Ok(Built { bytes, is_whole })
}

/// The sections and units that an index is made of.
struct Building<'a> {
    strings: NameBytes<'a>,
    depth: Depth,
    /// The units that count, and those of the supplementary file, which count if they are imported:
    /// other files may have their own definitions there.
    units: Vec<ScanUnit<'a>>,
    supplementary: Vec<ScanUnit<'a>>,
    type_names: TypeNames,
    /// Bytes of all units that should count.
    total: u64,
    done: AtomicU64,
    budget: Budget,
    /// Tables that no thread uses now, with the abbreviations that they know.
    tables: Mutex<Vec<Tables>>,
    task: String,
    progress: &'a dyn Progress,
    cancel: &'a Cancel,
}

impl<'a> Building<'a> {
    fn new(
        name: &str,
        sources: &'a [SourceSections],
        units: &Units<'a>,
        progress: &'a dyn Progress,
        cancel: &'a Cancel,
    ) -> Self {
        let (mut own, mut supplementary) = (Vec::new(), Vec::new());
        for index in units.indices() {
            let list = match units.kind(index) {
                SourceKind::Supplementary => &mut supplementary,
                _ => &mut own,
            };
            list.extend(ScanUnit::new(sources, units, index));
        }
        let sizes = units.sections().iter();
        let counts = |source: usize| {
            let source = sources.get(source);
            source.is_some_and(|source| source.kind != SourceKind::Supplementary)
        };
        let total = sizes
            .filter(|section| counts(section.source))
            .map(|section| section.bytes.len() as u64)
            .sum();
        let abbreviations = sources.iter().map(SourceSections::size_for_abbreviations);
        let tables = sources
            .iter()
            .map(|source| source.get(SectionId::DebugAbbrev).len());
        let bases = units.sections().iter();
        Self {
            strings: NameBytes::new(
                sources,
                bases.map(|section| (section.base, section.bytes)).collect(),
            ),
            depth: Depth::File,
            units: own,
            supplementary,
            type_names: TypeNames::default(),
            total,
            done: AtomicU64::new(0),
            budget: Budget::new(abbreviations.sum(), tables.sum(), PARTS),
            tables: Mutex::default(),
            task: format!("indexing {name}"),
            progress,
            cancel,
        }
    }

    /// The names of the types that have units of their own.
    fn read_type_names(&self) -> Result<TypeNames, DebugInfoError> {
        let has_type = |unit: &&ScanUnit<'_>| unit.type_entry.is_some();
        let units: Vec<_> = self.units.iter().filter(has_type).collect();
        let parts: Vec<Vec<_>> = units
            .par_chunks(units.len().div_ceil(PARTS).max(1))
            .map(|part| {
                self.cancel.check()?;
                let mut tables = Tables::default();
                let named = part.iter().filter_map(|unit| {
                    let table = tables.get(&self.budget, unit)?;
                    let (signature, name) = Entries::new(unit, table).type_name()?;
                    Some((signature, name.into()))
                });
                Ok(named.collect())
            })
            .collect::<Result<_, DebugInfoError>>()?;
        Ok(parts.into_iter().flatten().collect())
    }

    /// The names of all units, and whether all could be read to their ends.
    fn scan(&self) -> Result<(Vec<RawNames>, bool), DebugInfoError> {
        let mut parts: Vec<RawNames> = self
            .split()
            .into_par_iter()
            .map(|part| {
                let names = self.scan_part(part.iter())?;
                let size = part.iter().map(ScanUnit::size).sum::<usize>() as u64;
                let before = self.done.fetch_add(size, Ordering::Relaxed);
                let done = before.saturating_add(size).min(self.total);
                self.progress.report(&self.task, done, self.total);
                Ok(names)
            })
            .collect::<Result<_, DebugInfoError>>()?;
        // Where a header is damaged, units are missing.
        let mut is_whole = self.done.load(Ordering::Relaxed) == self.total;
        self.scan_imported(&mut parts)?;
        self.name_deferred(&mut parts)?;
        is_whole &= parts.iter().all(|names| names.is_whole);
        Ok((parts, is_whole))
    }

    /// Adds the names of the supplementary file's units that are imported, also by one another.
    fn scan_imported(&self, parts: &mut Vec<RawNames>) -> Result<(), DebugInfoError> {
        let mut seen = vec![false; self.supplementary.len()];
        let imports = parts.iter().flat_map(|part| part.imports.iter().copied());
        let mut wanted: Vec<DieId> = imports.collect();
        while !wanted.is_empty() {
            let mut round = Vec::new();
            for import in wanted.drain(..) {
                if let Some(index) = find_unit(&self.supplementary, import)
                    && let Some(seen) = seen.get_mut(index)
                    && !std::mem::replace(seen, true)
                {
                    round.extend(self.supplementary.get(index));
                }
            }
            let new: Vec<RawNames> = round
                .par_chunks(round.len().div_ceil(PARTS).max(1))
                .map(|part| self.scan_part(part.iter().copied()))
                .collect::<Result<_, _>>()?;
            wanted.extend(new.iter().flat_map(|names| names.imports.iter().copied()));
            parts.extend(new);
        }
        Ok(())
    }

    /// Adds the entries that have their names from entries of other units.
    fn name_deferred(&self, parts: &mut Vec<RawNames>) -> Result<(), DebugInfoError> {
        for _ in 0..MAX_ORIGINS {
            let taken = parts
                .iter_mut()
                .map(|part| std::mem::take(&mut part.deferred));
            let mut deferred: Vec<Deferred> = taken.flatten().collect();
            if deferred.is_empty() {
                break;
            }
            deferred.par_sort_unstable_by_key(|deferred| (deferred.origin, deferred.entry.die));
            let unit_of = |deferred: &Deferred| self.find_unit(deferred.origin);
            let groups: Vec<_> = deferred
                .chunk_by(|a, b| {
                    let unit = unit_of(a);
                    unit.is_some_and(|unit| unit.range().contains(&b.origin))
                })
                .filter_map(|group| Some((unit_of(group.first()?)?, group)))
                .collect();
            let new: Vec<RawNames> = groups
                .par_chunks(groups.len().div_ceil(PARTS).max(1))
                .map(|groups| {
                    let (mut names, mut seen) = (RawNames::new(0), Seen::new(self.depth));
                    let (mut tables, mut files) = (Tables::default(), LastSourceFiles::default());
                    for (unit, group) in groups {
                        self.cancel.check()?;
                        if let Some(table) = tables.get(&self.budget, unit) {
                            let scan = self.scan_of(unit, table, &mut names, &mut seen, &mut files);
                            // What is damaged has been noticed before.
                            let _ = scan.for_origins(group).run();
                        }
                    }
                    Ok(names)
                })
                .collect::<Result<_, DebugInfoError>>()?;
            parts.extend(new);
        }
        Ok(())
    }

    fn scan_of<'b, 'o>(
        &'b self,
        unit: &'b ScanUnit<'b>,
        table: &'b Abbreviations,
        names: &'o mut RawNames,
        seen: &'o mut Seen,
        files: &'o mut LastSourceFiles,
    ) -> Scan<'b, 'o> {
        Scan::new(
            unit,
            table,
            &self.type_names,
            names,
            seen,
            files,
            self.depth,
        )
    }

    fn find_unit(&self, die: DieId) -> Option<&ScanUnit<'a>> {
        let find = |units: &'_ [ScanUnit<'a>]| find_unit(units, die);
        match find(&self.units) {
            Some(index) => self.units.get(index),
            None => self.supplementary.get(find(&self.supplementary)?),
        }
    }

    /// Parts of about the same number of bytes, each with at least one unit.
    fn split(&self) -> Vec<&[ScanUnit<'a>]> {
        let total = usize::try_from(self.total).unwrap_or(usize::MAX);
        let parts = rayon::current_num_threads().saturating_mul(PARTS_PER_THREAD);
        let target = (total / parts.clamp(1, PARTS)).max(PART_SIZE);
        let mut sum = 0usize;
        self.units
            .split_inclusive(|unit| {
                sum = sum.saturating_add(unit.size());
                let full = sum > target;
                if full {
                    sum = 0;
                }
                full
            })
            .collect()
    }

    fn scan_part<'u>(
        &self,
        units: impl Iterator<Item = &'u ScanUnit<'a>> + Clone,
    ) -> Result<RawNames, DebugInfoError>
    where
        'a: 'u,
    {
        let size = units.clone().map(ScanUnit::size);
        let (mut names, mut seen) = (RawNames::new(size.sum()), Seen::new(self.depth));
        let (mut tables, mut files) = (self.take_tables(), LastSourceFiles::default());
        for unit in units {
            self.cancel.check()?;
            // A damaged unit has names up to the damage.
            let table = tables.get(&self.budget, unit);
            let scanned = table.is_some_and(|table| {
                let mut scan = self.scan_of(unit, table, &mut names, &mut seen, &mut files);
                scan.run().is_ok()
            });
            names.is_whole &= scanned;
        }
        self.free_tables().push(tables);
        Ok(names)
    }

    fn take_tables(&self) -> Tables {
        self.free_tables().pop().unwrap_or_default()
    }

    fn free_tables(&self) -> MutexGuard<'_, Vec<Tables>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The unit among these, in order, that an entry is in.
fn find_unit(units: &[ScanUnit<'_>], die: DieId) -> Option<usize> {
    let after = units.partition_point(|unit| unit.range().start <= die);
    let index = after.checked_sub(1)?;
    let range: Range<DieId> = units.get(index)?.range();
    range.contains(&die).then_some(index)
}
