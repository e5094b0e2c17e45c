use super::abbreviation::{Abbreviations, Sizes};
use super::format::{self, BUCKETS, Header};
use super::name_ref::{MAX_SOURCES, NameRef, Place, c_str};
use super::raw::{Deferred, RawName, RawNames};
use super::scan::Scan;
use super::scan_unit::{ScanUnit, Strings, Supplementary};
use super::type_names::TypeNames;
use crate::die::DieId;
use crate::error::DebugInfoError;
use crate::sources::{SourceKind, SourceSections, Sources, Wanted};
use crate::units::{UnitIndex, Units};
use gimli::{
    DebugStrOffsetsBase, DwarfFileType, Format, RunTimeEndian, Section, SectionId, UnitType,
};
use rayon::prelude::*;
use spelunk_base::{ByteOrder, Cancel, Cursor, Progress};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Units are handed to threads in this many parts: enough for an even load, few enough to merge.
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
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Built, DebugInfoError> {
    let (sections, found) = sources.load(Wanted::Names)?;
    let units = Units::new(&sections, &[]);
    let mut building = Building::new(sources.main().name(), &sections, &units, progress, cancel);
    building.type_names = building.read_type_names()?;
    let (parts, is_whole) = building.scan()?;
    let header = Header {
        sections: format::section_sizes(sources.main()),
        fingerprint: found.fingerprint,
        ..Header::default()
    };
    let bytes = building.merge(parts, header);
    let bytes = bytes.ok_or_else(|| DebugInfoError::Missing {
        file: sources.main().name().to_owned(),
        what: "index: it has too many names",
    })?;
    Ok(Built { bytes, is_whole })
}

/// The sections and units that an index is made of.
struct Building<'a> {
    sources: &'a [SourceSections],
    /// The units that count, and those of the supplementary file, which count if they are imported:
    /// other files may have their own definitions there.
    units: Vec<ScanUnit<'a>>,
    supplementary: Vec<ScanUnit<'a>>,
    type_names: TypeNames,
    /// Where the sections of units start, as entries are counted.
    bases: Vec<(DieId, &'a [u8])>,
    /// Bytes of all units that should count.
    total: u64,
    done: AtomicU64,
    /// Bytes of abbreviations that may be read, and that were.
    budget: u64,
    spent: AtomicU64,
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
            list.extend(scan_unit(sources, units, index));
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
        // A table of abbreviations is read once per unit that has it, or once for units in a row
        // that share it. Only a file made for the purpose needs more than this.
        let abbreviations = sources.iter().map(|source| {
            let abbreviations = source.get(SectionId::DebugAbbrev).len();
            abbreviations.saturating_add(source.units.iter().map(|(_, data)| data.len()).sum())
        });
        let budget = abbreviations.map(|size| size as u64).sum::<u64>();
        Self {
            sources,
            units: own,
            supplementary,
            type_names: TypeNames::default(),
            bases: units
                .sections()
                .iter()
                .map(|section| (section.base, section.bytes))
                .collect(),
            total,
            done: AtomicU64::new(0),
            budget: budget.saturating_mul(16),
            spent: AtomicU64::new(0),
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
                let (mut names, mut tables) = (RawNames::new(), Tables::default());
                let named = part.iter().filter_map(|unit| {
                    let table = tables.get(self, unit)?;
                    let mut scan = Scan::new(unit, table, &self.type_names, &mut names);
                    let (signature, name) = scan.type_name()?;
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
                let names = self.scan_part(part)?;
                let size = part.iter().map(size).sum::<usize>() as u64;
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
            deferred.par_sort_unstable_by_key(|deferred| (deferred.origin, deferred.die));
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
                    let mut names = RawNames::new();
                    let mut tables = Tables::default();
                    for (unit, group) in groups {
                        self.cancel.check()?;
                        if let Some(table) = tables.get(self, unit) {
                            let scan = Scan::new(unit, table, &self.type_names, &mut names);
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

    fn find_unit(&self, die: DieId) -> Option<&ScanUnit<'a>> {
        let find = |units: &'_ [ScanUnit<'a>]| find_unit(units, die);
        match find(&self.units) {
            Some(index) => self.units.get(index),
            None => self.supplementary.get(find(&self.supplementary)?),
        }
    }

    /// Parts of about the same number of bytes, each with at least one unit.
    fn split(&self) -> Vec<&[ScanUnit<'a>]> {
        let target = usize::try_from(self.total).unwrap_or(usize::MAX) / PARTS;
        let mut sum = 0usize;
        self.units
            .split_inclusive(|unit| {
                sum = sum.saturating_add(size(unit));
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
        units: impl IntoIterator<Item = &'u ScanUnit<'a>>,
    ) -> Result<RawNames, DebugInfoError>
    where
        'a: 'u,
    {
        let mut names = RawNames::new();
        let mut tables = Tables::default();
        for unit in units {
            self.cancel.check()?;
            // A damaged unit has names up to the damage.
            let table = tables.get(self, unit);
            let scanned = table.is_some_and(|table| {
                let mut scan = Scan::new(unit, table, &self.type_names, &mut names);
                scan.run().is_ok()
            });
            names.is_whole &= scanned;
        }
        Ok(names)
    }
}

/// The last table of abbreviations that was read: units in a row may share it.
#[derive(Default)]
struct Tables {
    last: Option<(TableKey, Abbreviations)>,
}

/// Where a table of abbreviations is, and what its forms depend on.
type TableKey = (*const u8, usize, Sizes);

impl Tables {
    /// The abbreviations of a unit; `None` if more were read than a sound file has.
    fn get(&mut self, building: &Building<'_>, unit: &ScanUnit<'_>) -> Option<&Abbreviations> {
        let key = (unit.abbrev.as_ptr(), unit.abbreviations, unit.sizes);
        if self.last.as_ref().is_none_or(|(last, _)| *last != key) {
            let mut cursor = Cursor::new(unit.abbrev, unit.order);
            cursor.seek(unit.abbreviations);
            let table = Abbreviations::parse(&mut cursor, unit.sizes);
            let size = cursor.position().saturating_sub(unit.abbreviations) as u64;
            let spent = building.spent.fetch_add(size, Ordering::Relaxed);
            self.last = (spent < building.budget).then_some((key, table));
        }
        self.last.as_ref().map(|(_, table)| table)
    }
}

fn size(unit: &ScanUnit<'_>) -> usize {
    unit.end.saturating_sub(unit.start)
}

/// The unit among these, in order, that an entry is in.
fn find_unit(units: &[ScanUnit<'_>], die: DieId) -> Option<usize> {
    let after = units.partition_point(|unit| unit.range().start <= die);
    let index = after.checked_sub(1)?;
    let range: Range<DieId> = units.get(index)?.range();
    range.contains(&die).then_some(index)
}

/// A unit with the sections that it refers to; `None` if they cannot be told.
fn scan_unit<'a>(
    sources: &'a [SourceSections],
    units: &Units<'a>,
    index: UnitIndex,
) -> Option<ScanUnit<'a>> {
    let (header, section) = (units.header(index)?, units.section(index)?);
    let dwarf = units.dwarf_of(index).ok()?;
    let strings = |number: usize| {
        let source = sources.get(number)?;
        Some(Strings {
            source: u32::try_from(number)
                .ok()
                .filter(|number| *number < MAX_SOURCES)?,
            str: source.get(SectionId::DebugStr).slice(),
            line_str: source.get(SectionId::DebugLineStr).slice(),
        })
    };
    let supplementary = units.supplementary_section().and_then(|section| {
        Some(Supplementary {
            strings: strings(section.source)?,
            info: section.base,
        })
    });
    let first = units.sections().iter();
    let info = first.clone().find(|other| other.source == section.source);
    let start = header.offset().0;
    let file_type = match units.kind(index) {
        SourceKind::Main | SourceKind::Supplementary => DwarfFileType::Main,
        SourceKind::SplitObject | SourceKind::Package => DwarfFileType::Dwo,
    };
    Some(ScanUnit {
        bytes: section.bytes,
        base: section.base,
        info: info.map_or(section.base, |info| info.base),
        start,
        root: start.checked_add(header.root_offset().0)?,
        end: start.checked_add(header.length_including_self())?,
        type_entry: match header.type_() {
            UnitType::Type {
                type_signature,
                type_offset,
            }
            | UnitType::SplitType {
                type_signature,
                type_offset,
            } => Some((type_signature.0, start.checked_add(type_offset.0)?)),
            _ => None,
        },
        sizes: Sizes {
            version: header.version(),
            address: header.address_size(),
            offset: match header.format() {
                Format::Dwarf32 => 4,
                Format::Dwarf64 => 8,
            },
        },
        order: match sources.get(section.source)?.endian {
            RunTimeEndian::Little => ByteOrder::Little,
            RunTimeEndian::Big => ByteOrder::Big,
        },
        abbrev: dwarf.debug_abbrev.reader().slice(),
        abbreviations: header.debug_abbrev_offset().0,
        strings: strings(section.source)?,
        supplementary: supplementary.filter(|_| section.source == 0),
        str_offsets: dwarf.debug_str_offsets.reader().slice(),
        str_offsets_base: (file_type == DwarfFileType::Dwo).then(|| {
            let encoding = header.encoding();
            let base =
                DebugStrOffsetsBase::<usize>::default_for_encoding_and_file(encoding, file_type);
            base.0 as u64
        }),
    })
}

/// One bucket of names in the index's format, with entries counted from the bucket's first.
struct Bucket {
    names: Vec<(u32, u32, NameRef)>,
    entries: Vec<u64>,
}

impl Building<'_> {
    fn merge(&self, parts: Vec<RawNames>, header: Header) -> Option<Vec<u8>> {
        let mut own = Vec::new();
        let mut bases = Vec::with_capacity(parts.len());
        for part in &parts {
            bases.push(own.len() as u64);
            own.extend_from_slice(&part.own);
        }
        let buckets: Vec<Bucket> = (0..BUCKETS)
            .into_par_iter()
            .map(|number| self.merge_bucket(&own, &parts, &bases, number))
            .collect();
        drop(parts);
        write(&buckets, &own, header)
    }

    fn merge_bucket(&self, own: &[u8], parts: &[RawNames], bases: &[u64], number: usize) -> Bucket {
        let of_bucket = || parts.iter().filter_map(|part| part.buckets.get(number));
        let mut all: Vec<RawName> = Vec::with_capacity(of_bucket().map(Vec::len).sum());
        for (names, base) in of_bucket().zip(bases) {
            all.extend(names.iter().map(|raw| match raw.name.place() {
                Some(Place::Index) => {
                    let offset = (raw.name.offset() as u64).saturating_add(*base);
                    RawName {
                        name: NameRef::new(Place::Index, 0, offset),
                        ..*raw
                    }
                }
                _ => *raw,
            }));
        }
        all.sort_unstable();
        let bytes_of = |name: NameRef| match name.place() {
            Some(Place::Index) => c_str(own, name.offset()),
            _ => self.bytes_of(name),
        };
        let mut bucket = Bucket {
            names: Vec::new(),
            entries: Vec::with_capacity(all.len()),
        };
        for same_hash in all.chunk_by(|a, b| a.hash == b.hash) {
            // A name that stands at several places is still one name.
            let mut groups: Vec<(RawName, &[u8], Vec<u64>)> = Vec::new();
            for same_place in same_hash.chunk_by(|a, b| a.name == b.name) {
                let Some(first) = same_place.first() else {
                    continue;
                };
                let entries = same_place.iter().map(|raw| raw.entry);
                let bytes = bytes_of(first.name).unwrap_or(&[]);
                match groups.iter_mut().find(|(_, name, _)| *name == bytes) {
                    Some((_, _, all)) => all.extend(entries),
                    None => groups.push((*first, bytes, entries.collect())),
                }
            }
            for (first, _, mut entries) in groups {
                let start = u32::try_from(bucket.entries.len()).unwrap_or(u32::MAX);
                bucket.names.push((first.hash, start, first.name));
                entries.sort_unstable();
                bucket.entries.append(&mut entries);
            }
        }
        bucket
    }

    fn bytes_of(&self, name: NameRef) -> Option<&[u8]> {
        let strings = |id| {
            self.sources
                .get(name.source())
                .map(|source| source.get(id).slice())
        };
        match name.place()? {
            Place::Str => c_str(strings(SectionId::DebugStr)?, name.offset()),
            Place::LineStr => c_str(strings(SectionId::DebugLineStr)?, name.offset()),
            Place::Units => {
                let offset = name.offset() as u64;
                let after = self
                    .bases
                    .partition_point(|(base, _)| base.as_u64() <= offset);
                let (base, bytes) = self.bases.get(after.checked_sub(1)?)?;
                let offset = offset.checked_sub(base.as_u64())?;
                c_str(bytes, usize::try_from(offset).ok()?)
            }
            Place::Index => None,
        }
    }
}

fn write(buckets: &[Bucket], own: &[u8], header: Header) -> Option<Vec<u8>> {
    let names: usize = buckets.iter().map(|bucket| bucket.names.len()).sum();
    let entries: usize = buckets.iter().map(|bucket| bucket.entries.len()).sum();
    let header = Header {
        names: u32::try_from(names).ok()?,
        entries: u32::try_from(entries).ok()?,
        own: u32::try_from(own.len()).ok()?,
        ..header
    };
    let [.., size] = header.layout()?;
    let mut bytes = Vec::with_capacity(size);
    bytes.extend(header.write(0));
    let mut starts = vec![0u32; header.starts() + 1];
    for (hash, ..) in buckets.iter().flat_map(|bucket| &bucket.names) {
        if let Some(after) = starts.get_mut(header.start_of(*hash) + 1) {
            *after = after.saturating_add(1);
        }
    }
    let mut sum = 0u32;
    for start in starts {
        sum = sum.saturating_add(start);
        bytes.extend(sum.to_le_bytes());
    }
    let mut before = 0u32;
    for bucket in buckets {
        for (hash, first, name) in &bucket.names {
            bytes.extend(hash.to_le_bytes());
            bytes.extend(before.saturating_add(*first).to_le_bytes());
            bytes.extend(name.as_u64().to_le_bytes());
        }
        before = before.saturating_add(u32::try_from(bucket.entries.len()).ok()?);
    }
    for entry in buckets.iter().flat_map(|bucket| &bucket.entries) {
        bytes.extend(entry.to_le_bytes());
    }
    bytes.extend_from_slice(own);
    let hash = format::hash_bytes(bytes.get(format::HEADER_SIZE..)?);
    bytes.splice(..format::HEADER_SIZE, header.write(hash));
    Some(bytes)
}
