use super::abbreviation::{Abbreviations, Sizes};
use super::format::{self, BUCKETS, Header};
use super::name_ref::{NameRef, Place, c_str};
use super::raw::{RawName, RawNames};
use super::scan::{Scan, ScanSections, ScanUnit};
use crate::error::DebugInfoError;
use gimli::{DebugInfo, DebugTypes, Format, RunTimeEndian, SectionId, UnitHeader};
use rayon::prelude::*;
use spelunk_base::{ByteOrder, Cancel, Cursor, Progress};
use spelunk_elf::{ElfError, ElfFile, SectionAddresses, SectionData};
use std::sync::atomic::{AtomicU64, Ordering};

/// Units are handed to threads in this many parts: enough for an even load, few enough to merge.
const PARTS: usize = 64;

/// The sections that hold names.
struct Sections {
    info: SectionData,
    types: SectionData,
    abbrev: SectionData,
    str: SectionData,
    line_str: SectionData,
    str_offsets: SectionData,
    order: ByteOrder,
}

impl Sections {
    fn load(elf: &ElfFile) -> Result<Self, ElfError> {
        // Names and offsets do not depend on where a module is loaded.
        let addresses = SectionAddresses::default();
        let load = |id: SectionId| -> Result<SectionData, ElfError> {
            let data = elf.relocated_section_data(id.name(), &addresses)?;
            Ok(data.unwrap_or_else(|| Vec::new().into()))
        };
        Ok(Self {
            info: load(SectionId::DebugInfo)?,
            types: load(SectionId::DebugTypes)?,
            abbrev: load(SectionId::DebugAbbrev)?,
            str: load(SectionId::DebugStr)?,
            line_str: load(SectionId::DebugLineStr)?,
            str_offsets: load(SectionId::DebugStrOffsets)?,
            order: elf.platform().byte_order,
        })
    }

    fn bytes_of(&self, name: NameRef) -> Option<&[u8]> {
        let bytes: &[u8] = match name.place()? {
            Place::Str => &self.str,
            Place::LineStr => &self.line_str,
            Place::Info => &self.info,
            Place::Types => &self.types,
            Place::Index => return None,
        };
        c_str(bytes, name.offset())
    }
}

/// A unit and where its abbreviations are.
struct Unit<'a> {
    scan: ScanUnit<'a>,
    abbreviations: usize,
}

/// An index that was made.
pub(super) struct Built {
    /// In the index's format.
    pub(super) bytes: Vec<u8>,
    /// Whether all units could be read to their ends.
    pub(super) is_whole: bool,
}

/// Makes the index of a file.
pub(super) fn build(
    elf: &ElfFile,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Built, DebugInfoError> {
    let sections = Sections::load(elf).map_err(|error| DebugInfoError::Elf {
        file: elf.name().to_owned(),
        error,
    })?;
    let units = units(&sections);
    let total = (sections.info.len() as u64).saturating_add(sections.types.len() as u64);
    let task = format!("indexing {}", elf.name());
    let done = AtomicU64::new(0);
    // A table of abbreviations is read once per unit that has it, or once for units in a row that
    // share it. Only a file made for the purpose needs more than this.
    let budget = (sections.abbrev.len() as u64)
        .saturating_add(total)
        .saturating_mul(16);
    let spent = AtomicU64::new(0);
    let parts: Vec<RawNames> = split(&units, total)
        .into_par_iter()
        .map(|part| {
            let names = scan_part(&sections, part, cancel, |bytes| {
                spent.fetch_add(bytes, Ordering::Relaxed) < budget
            })?;
            let size = part
                .iter()
                .map(|unit| unit.scan.end.saturating_sub(unit.scan.start));
            let size = size.sum::<usize>() as u64;
            let before = done.fetch_add(size, Ordering::Relaxed);
            progress.report(&task, before.saturating_add(size).min(total), total);
            Ok(names)
        })
        .collect::<Result<_, DebugInfoError>>()?;
    // Where a header is damaged, units are missing.
    let is_whole = done.into_inner() == total && parts.iter().all(|names| names.is_whole);
    let bytes = merge(&sections, parts, format::section_sizes(elf));
    let bytes = bytes.ok_or_else(|| DebugInfoError::Missing {
        file: elf.name().to_owned(),
        what: "index: it has too many names",
    })?;
    Ok(Built { bytes, is_whole })
}

/// The units of both sections, up to a damaged header.
fn units(sections: &Sections) -> Vec<Unit<'_>> {
    let endian = match sections.order {
        ByteOrder::Little => RunTimeEndian::Little,
        ByteOrder::Big => RunTimeEndian::Big,
    };
    let mut units = Vec::new();
    let mut headers = DebugInfo::new(&sections.info, endian).units();
    while let Ok(Some(header)) = headers.next() {
        units.extend(unit(&header, &sections.info, SectionId::DebugInfo));
    }
    let mut headers = DebugTypes::from(gimli::EndianSlice::new(&sections.types, endian)).units();
    while let Ok(Some(header)) = headers.next() {
        units.extend(unit(&header, &sections.types, SectionId::DebugTypes));
    }
    units
}

fn unit<'a>(
    header: &UnitHeader<gimli::EndianSlice<'a, RunTimeEndian>>,
    bytes: &'a [u8],
    section: SectionId,
) -> Option<Unit<'a>> {
    let start = header.offset().0;
    Some(Unit {
        scan: ScanUnit {
            section,
            bytes,
            start,
            root: start.checked_add(header.root_offset().0)?,
            end: start.checked_add(header.length_including_self())?,
            sizes: Sizes {
                version: header.version(),
                address: header.address_size(),
                offset: match header.format() {
                    Format::Dwarf32 => 4,
                    Format::Dwarf64 => 8,
                },
            },
        },
        abbreviations: header.debug_abbrev_offset().0,
    })
}

/// Parts of about the same number of bytes, each with at least one unit.
fn split<'u, 'a>(units: &'u [Unit<'a>], total: u64) -> Vec<&'u [Unit<'a>]> {
    let target = usize::try_from(total).unwrap_or(usize::MAX) / PARTS;
    let mut size = 0usize;
    units
        .split_inclusive(|unit| {
            size = size.saturating_add(unit.scan.end.saturating_sub(unit.scan.start));
            let full = size > target;
            if full {
                size = 0;
            }
            full
        })
        .collect()
}

fn scan_part(
    sections: &Sections,
    units: &[Unit<'_>],
    cancel: &Cancel,
    may_parse: impl Fn(u64) -> bool,
) -> Result<RawNames, DebugInfoError> {
    let scan_sections = ScanSections {
        str: &sections.str,
        line_str: &sections.line_str,
        str_offsets: &sections.str_offsets,
        order: sections.order,
    };
    let mut names = RawNames::new();
    let mut last = None;
    for unit in units {
        cancel.check()?;
        let key = (unit.abbreviations, unit.scan.sizes);
        if last.as_ref().is_none_or(|(of, _)| *of != key) {
            let mut cursor = Cursor::new(&sections.abbrev, sections.order);
            cursor.seek(unit.abbreviations);
            let table = Abbreviations::parse(&mut cursor, unit.scan.sizes);
            let size = cursor.position().saturating_sub(unit.abbreviations) as u64;
            last = may_parse(size).then_some((key, table));
        }
        // A damaged unit has names up to the damage.
        let scanned = last.as_ref().is_some_and(|(_, table)| {
            let scan = Scan::new(&scan_sections, &unit.scan, table, &mut names).run();
            scan.is_ok()
        });
        names.is_whole &= scanned;
    }
    Ok(names)
}

/// One bucket of names in the index's format, with entries counted from the bucket's first.
struct Bucket {
    names: Vec<(u32, u32, NameRef)>,
    entries: Vec<u64>,
}

fn merge(sections: &Sections, parts: Vec<RawNames>, section_sizes: [u64; 3]) -> Option<Vec<u8>> {
    let mut own = Vec::new();
    let mut bases = Vec::with_capacity(parts.len());
    for part in &parts {
        bases.push(own.len() as u64);
        own.extend_from_slice(&part.own);
    }
    let buckets: Vec<Bucket> = (0..BUCKETS)
        .into_par_iter()
        .map(|number| merge_bucket(sections, &own, &parts, &bases, number))
        .collect();
    drop(parts);
    write(&buckets, &own, section_sizes)
}

fn merge_bucket(
    sections: &Sections,
    own: &[u8],
    parts: &[RawNames],
    bases: &[u64],
    number: usize,
) -> Bucket {
    let of_bucket = || parts.iter().filter_map(|part| part.buckets.get(number));
    let mut all: Vec<RawName> = Vec::with_capacity(of_bucket().map(Vec::len).sum());
    for (names, base) in of_bucket().zip(bases) {
        all.extend(names.iter().map(|raw| match raw.name.place() {
            Some(Place::Index) => {
                let offset = (raw.name.offset() as u64).saturating_add(*base);
                RawName {
                    name: NameRef::new(Place::Index, offset),
                    ..*raw
                }
            }
            _ => *raw,
        }));
    }
    all.sort_unstable();
    let bytes_of = |name: NameRef| match name.place() {
        Some(Place::Index) => c_str(own, name.offset()),
        _ => sections.bytes_of(name),
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

fn write(buckets: &[Bucket], own: &[u8], section_sizes: [u64; 3]) -> Option<Vec<u8>> {
    let names: usize = buckets.iter().map(|bucket| bucket.names.len()).sum();
    let entries: usize = buckets.iter().map(|bucket| bucket.entries.len()).sum();
    let header = Header {
        names: u32::try_from(names).ok()?,
        entries: u32::try_from(entries).ok()?,
        own: u32::try_from(own.len()).ok()?,
        sections: section_sizes,
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
