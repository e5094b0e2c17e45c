use gimli::SectionId;
use spelunk_elf::{ElfFile, SectionData};
use std::sync::OnceLock;

/// Where a name stands: a section and an offset, in one number.
///
/// Most names are in `.debug_str`, where the linker keeps each once; short ones are in the entry
/// itself. Names in namespaces (`A::B`) stand nowhere in the file; the index holds them itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct NameRef(u64);

/// The places of names. `.debug_str` is first, so that it sorts before the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Str,
    LineStr,
    Info,
    Types,
    Index,
}

const SHIFT: u32 = 56;

impl NameRef {
    pub(super) fn new(place: Place, offset: u64) -> Self {
        Self(u64::from(place as u8) << SHIFT | offset & ((1 << SHIFT) - 1))
    }

    pub(super) fn from_u64(number: u64) -> Self {
        Self(number)
    }

    pub(super) fn as_u64(self) -> u64 {
        self.0
    }

    pub(super) fn place(self) -> Option<Place> {
        Some(match self.0 >> SHIFT {
            0 => Place::Str,
            1 => Place::LineStr,
            2 => Place::Info,
            3 => Place::Types,
            4 => Place::Index,
            _ => return None,
        })
    }

    pub(super) fn offset(self) -> usize {
        usize::try_from(self.0 & ((1 << SHIFT) - 1)).unwrap_or(usize::MAX)
    }
}

/// The sections that names stand in, loaded when the first name there is looked at.
///
/// Relocation does not change names, so these are the sections as the file has them.
#[derive(Default)]
pub(super) struct NameSections {
    str: OnceLock<Option<SectionData>>,
    line_str: OnceLock<Option<SectionData>>,
    info: OnceLock<Option<SectionData>>,
    types: OnceLock<Option<SectionData>>,
}

impl NameSections {
    /// The bytes of the name, without NUL; `own` holds the index's own names.
    pub(super) fn get<'a>(
        &'a self,
        elf: &ElfFile,
        own: &'a [u8],
        name: NameRef,
    ) -> Option<&'a [u8]> {
        let section = |cell: &'a OnceLock<Option<SectionData>>, id: SectionId| {
            cell.get_or_init(|| elf.section_data(id.name()).ok().flatten())
                .as_deref()
        };
        let bytes = match name.place()? {
            Place::Str => section(&self.str, SectionId::DebugStr),
            Place::LineStr => section(&self.line_str, SectionId::DebugLineStr),
            Place::Info => section(&self.info, SectionId::DebugInfo),
            Place::Types => section(&self.types, SectionId::DebugTypes),
            Place::Index => Some(own),
        }?;
        c_str(bytes, name.offset())
    }
}

/// Names that are longer are left out: they would make indexing a damaged file endless.
const MAX_NAME: usize = 1 << 14;

/// The bytes from `offset` up to the next NUL, if it is not too far.
pub(super) fn c_str(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    let rest = rest.get(..MAX_NAME).unwrap_or(rest);
    let length = rest.iter().position(|byte| *byte == 0)?;
    rest.get(..length)
}
