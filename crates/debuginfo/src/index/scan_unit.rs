use super::forms::Sizes;
use super::name_ref::MAX_SOURCES;
use crate::die::DieId;
use crate::sources::{SourceKind, SourceSections};
use crate::unit::UnitIndex;
use crate::units::Units;
use gimli::{
    DebugStrOffsetsBase, DwarfFileType, Format, RunTimeEndian, Section, SectionId, UnitType,
};
use spelunk_base::ByteOrder;
use std::ops::Range;

/// A unit to collect the names of, with the sections that it refers to.
pub(super) struct ScanUnit<'a> {
    /// The bytes of the section that it stands in.
    pub(super) bytes: &'a [u8],
    /// Where that section starts, as entries are counted, and where the first `.debug_info` of its
    /// file does.
    pub(super) base: DieId,
    pub(super) info: DieId,
    /// Where it starts, where its first entry is and where it ends, in the section.
    pub(super) start: usize,
    pub(super) root: usize,
    pub(super) end: usize,
    /// Of a type unit, the type's signature and where its entry is.
    pub(super) type_entry: Option<(u64, usize)>,
    pub(super) sizes: Sizes,
    pub(super) order: ByteOrder,
    /// Its abbreviations, from an offset on.
    pub(super) abbrev: &'a [u8],
    pub(super) abbreviations: usize,
    pub(super) strings: Strings<'a>,
    pub(super) supplementary: Option<Supplementary<'a>>,
    /// `.debug_line`, if entries of the unit give source files the numbers that they have there.
    pub(super) line: &'a [u8],
    pub(super) str_offsets: &'a [u8],
    /// Where its part of `.debug_str_offsets` starts, if it need not say so: in split files.
    pub(super) str_offsets_base: Option<u64>,
}

/// The sections of one file that names stand in, and the number of the file.
#[derive(Clone, Copy)]
pub(super) struct Strings<'a> {
    pub(super) source: u32,
    pub(super) str: &'a [u8],
    pub(super) line_str: &'a [u8],
}

/// The supplementary file: its names and where its `.debug_info` starts, as entries are counted.
#[derive(Clone, Copy)]
pub(super) struct Supplementary<'a> {
    pub(super) strings: Strings<'a>,
    pub(super) info: DieId,
}

impl<'a> ScanUnit<'a> {
    /// A unit with the sections that it refers to; `None` if they cannot be told.
    pub(super) fn new(
        sources: &'a [SourceSections],
        units: &Units<'a>,
        index: UnitIndex,
    ) -> Option<Self> {
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
        Some(Self {
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
            // A split unit has the table of its skeleton, which is in another file.
            line: match file_type {
                DwarfFileType::Main => dwarf.debug_line.reader().slice(),
                DwarfFileType::Dwo => &[],
            },
            str_offsets: dwarf.debug_str_offsets.reader().slice(),
            str_offsets_base: (file_type == DwarfFileType::Dwo).then(|| {
                let encoding = header.encoding();
                let base = DebugStrOffsetsBase::<usize>::default_for_encoding_and_file(
                    encoding, file_type,
                );
                base.0 as u64
            }),
        })
    }
    /// The first place of the unit, and the one behind it.
    pub(super) fn range(&self) -> Range<DieId> {
        self.base.plus(self.start)..self.base.plus(self.end)
    }

    /// How many bytes it has.
    pub(super) fn size(&self) -> usize {
        self.end.saturating_sub(self.start)
    }
}
