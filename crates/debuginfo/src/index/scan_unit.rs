use super::abbreviation::Sizes;
use crate::die::DieId;
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

impl ScanUnit<'_> {
    /// The first place of the unit, and the one behind it.
    pub(super) fn range(&self) -> Range<DieId> {
        self.base.plus(self.start)..self.base.plus(self.end)
    }
}
