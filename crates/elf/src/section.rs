use crate::constants::{self as elf, SectionFlags, SectionType};
use crate::data::SectionData;
use crate::error::ElfError;
use crate::read_at::ReadAt;
use spelunk_base::{Cursor, Platform, Truncated};
use std::sync::Arc;

/// A section, as its header tells it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Its index in the table of section headers.
    pub index: u32,
    /// Its name, or nothing where the table of names is cut off.
    pub name: String,
    /// What it holds.
    pub kind: SectionType,
    /// Allocated, compressed and so on.
    pub flags: SectionFlags,
    /// Its address; 0 in relocatable files.
    pub address: u64,
    /// Where it stands in the file.
    pub offset: u64,
    /// Its size in the file (in memory for `SHT_NOBITS`), in bytes.
    pub size: u64,
    /// The index of the section that belongs to it; which depends on the type.
    pub link: u32,
    /// More, depending on the type.
    pub info: u32,
    /// Its alignment.
    pub alignment: u64,
    /// Size of one entry, where it is a table.
    pub entry_size: u64,
}

/// A section header whose name is not looked up yet.
pub(crate) struct RawSection {
    pub(crate) name_offset: u32,
    pub(crate) section: Section,
}

impl RawSection {
    pub(crate) fn parse(
        cursor: &mut Cursor<'_>,
        platform: Platform,
        index: u32,
    ) -> Result<Self, Truncated> {
        let word = usize::from(platform.address_size());
        let name_offset = cursor.u32()?;
        let section = Section {
            index,
            name: String::new(),
            kind: SectionType(cursor.u32()?),
            flags: SectionFlags(cursor.uint(word)?),
            address: cursor.uint(word)?,
            offset: cursor.uint(word)?,
            size: cursor.uint(word)?,
            link: cursor.u32()?,
            info: cursor.u32()?,
            alignment: cursor.uint(word)?,
            entry_size: cursor.uint(word)?,
        };
        Ok(Self {
            name_offset,
            section,
        })
    }
}

impl Section {
    /// Its bytes as they stand in the file: none for `SHT_NOBITS`.
    pub(crate) fn stored_data(&self, file: &Arc<dyn ReadAt>) -> Result<SectionData, ElfError> {
        if self.kind == elf::SHT_NOBITS {
            return Ok(Vec::new().into());
        }
        Ok(SectionData::read(file, self.offset, self.size)?)
    }
}

/// Gives `sections` their names, from the section with index `names_index`.
pub(crate) fn name_sections(
    file: &Arc<dyn ReadAt>,
    sections: Vec<RawSection>,
    names_index: u64,
) -> Result<Vec<Section>, ElfError> {
    let names = usize::try_from(names_index)
        .ok()
        .and_then(|index| sections.get(index))
        .map(|names| names.section.stored_data(file))
        .transpose()?;
    // Names may share their bytes: before it is linked, each type unit has a `.debug_types` of its own.
    // All together are not much longer than the table and the section headers.
    let mut budget = names
        .as_ref()
        .map_or(0, |names| names.len())
        .saturating_mul(4)
        .saturating_add(sections.len().saturating_mul(64));
    let mut name_at = |offset: u32| {
        let rest = names.as_deref()?.get(usize::try_from(offset).ok()?..)?;
        let end = rest.iter().take(budget).position(|byte| *byte == 0)?;
        budget = budget.saturating_sub(end);
        Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
    };
    Ok(sections
        .into_iter()
        .map(|raw| Section {
            name: name_at(raw.name_offset).unwrap_or_default(),
            ..raw.section
        })
        .collect())
}
