use crate::compressed_section::Decompressed;
use crate::constants::{self as elf, SymbolSection};
use crate::data::SectionData;
use crate::error::ElfError;
use crate::header::Header;
use crate::note::{Note, NoteAlignment, NoteTable, Notes};
use crate::read_at::ReadAt;
use crate::section::{RawSection, Section, name_sections};
use crate::segment::Segment;
use crate::table::read_table;
use spelunk_base::{BuildId, Cursor, Platform};
use std::collections::HashMap;
use std::sync::Arc;

/// An ELF file: its headers, parsed, and its sections on demand.
pub struct ElfFile {
    data: Arc<dyn ReadAt>,
    header: Header,
    segments: Vec<Segment>,
    sections: Vec<Section>,
    by_name: HashMap<String, usize>,
    notes: Vec<NoteTable>,
    damage: Vec<ElfError>,
    decompressed: Decompressed,
}

impl ElfFile {
    /// Parses the headers of `data`.
    ///
    /// A file that is cut off anywhere behind its header parses, as far as it goes.
    ///
    /// # Errors
    ///
    /// [`ElfError::NotElf`] and [`ElfError::Header`] if this is no ELF file, [`ElfError::Read`]
    /// if the host cannot read it.
    pub fn parse(data: Arc<dyn ReadAt>) -> Result<Self, ElfError> {
        let header = Header::parse(&SectionData::read(&data, 0, Header::MAX_SIZE)?)?;
        let mut damage = Vec::new();
        let first_section = read_first_section(&data, &header)?;
        let first = |field: fn(&Section) -> u64| first_section.as_ref().map(field);
        let segment_count = match header.segments.count {
            elf::PN_XNUM => first(|section| u64::from(section.info)),
            count => Some(u64::from(count)),
        }
        .unwrap_or(u64::from(elf::PN_XNUM));
        let section_count = match header.sections.count {
            0 if header.sections.offset != 0 => first(|section| section.size).unwrap_or(0),
            count => u64::from(count),
        };
        let segments = read_table(
            &data,
            "table of program headers",
            &header,
            header.segments,
            segment_count,
            &mut damage,
            |cursor, platform, _| Segment::parse(cursor, platform),
        )?;
        let raw_sections = read_table(
            &data,
            "table of section headers",
            &header,
            header.sections,
            section_count,
            &mut damage,
            RawSection::parse,
        )?;
        let names_index = match SymbolSection(header.section_names) {
            elf::SHN_XINDEX => first(|section| u64::from(section.link)).unwrap_or(0),
            index => u64::from(index.0),
        };
        let sections = name_sections(&data, raw_sections, names_index)?;
        let mut by_name = HashMap::with_capacity(sections.len());
        for (position, section) in sections.iter().enumerate() {
            by_name.entry(section.name.clone()).or_insert(position);
        }
        let mut file = Self {
            data,
            header,
            segments,
            sections,
            by_name,
            notes: Vec::new(),
            damage,
            decompressed: Decompressed::default(),
        };
        file.notes = file.read_note_tables()?;
        Ok(file)
    }

    /// The file itself.
    #[must_use]
    pub fn data(&self) -> &Arc<dyn ReadAt> {
        &self.data
    }

    /// What to call the file in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        self.data.name()
    }

    /// The ELF header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The machine that the file is for.
    #[must_use]
    pub fn platform(&self) -> Platform {
        self.header.platform
    }

    /// Whether the file is a relocatable object (`ET_REL`), such as a kernel module.
    #[must_use]
    pub fn is_relocatable(&self) -> bool {
        self.header.kind == elf::ET_REL
    }

    /// What the file should hold and does not, since it is cut off.
    #[must_use]
    pub fn damage(&self) -> &[ElfError] {
        &self.damage
    }

    /// The segments, in the order of their headers. A core file may have millions.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The sections, in the order of their headers, the empty one with index 0 included.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The first section of this name.
    #[must_use]
    pub fn find_section(&self, name: &str) -> Option<&Section> {
        self.sections.get(*self.by_name.get(name)?)
    }

    /// The section with this index.
    #[must_use]
    pub fn section_at(&self, index: u32) -> Option<&Section> {
        self.sections.get(usize::try_from(index).ok()?)
    }

    /// The bytes of the section of this name, decompressed.
    ///
    /// For `.debug_x` also finds the `.zdebug_x` of old compilers. `None` if there is no such
    /// section, or none with bytes (`SHT_NOBITS`, as the code sections of a file that holds debug
    /// information alone). A section that is cut off has fewer bytes than its header says.
    ///
    /// # Errors
    ///
    /// [`ElfError::Compressed`] if it cannot be decompressed, [`ElfError::Read`] if the host
    /// cannot read it.
    pub fn section_data(&self, name: &str) -> Result<Option<SectionData>, ElfError> {
        self.find_stored_section(name)
            .map(|section| self.data_of(section))
            .transpose()
    }

    /// The first section of this name that has bytes in the file; for `.debug_x` also the
    /// `.zdebug_x` of old compilers.
    #[must_use]
    pub fn find_stored_section(&self, name: &str) -> Option<&Section> {
        self.find_section(name)
            .filter(|section| section.kind != elf::SHT_NOBITS)
            .or_else(|| {
                let suffix = name.strip_prefix(".debug_")?;
                self.find_section(&format!(".zdebug_{suffix}"))
            })
    }

    /// The bytes of `section`, one of this file's, decompressed; none for `SHT_NOBITS`.
    ///
    /// # Errors
    ///
    /// As [`section_data`](Self::section_data).
    pub fn data_of(&self, section: &Section) -> Result<SectionData, ElfError> {
        let stored = section.stored_data(&self.data)?;
        self.decompressed.get(stored, section, self.platform())
    }

    /// All notes, from the segments of notes or, in files without segments, the sections.
    pub fn notes(&self) -> impl Iterator<Item = Note<'_>> {
        let order = self.platform().byte_order;
        self.notes
            .iter()
            .flat_map(move |table| Notes::new(&table.data, order, table.alignment))
    }

    /// The build ID that the linker gave the file.
    #[must_use]
    pub fn build_id(&self) -> Option<BuildId> {
        self.notes()
            .find(|note| note.name == b"GNU" && note.kind == elf::NT_GNU_BUILD_ID)
            .and_then(|note| BuildId::new(note.desc))
    }

    fn read_note_tables(&self) -> Result<Vec<NoteTable>, ElfError> {
        // Segments and sections of notes are two views of the same bytes. A debug file keeps both
        // tables, but only the sections tell what is still in the file.
        let from_sections = self
            .sections
            .iter()
            .filter(|section| section.kind == elf::SHT_NOTE)
            .map(|section| (section.offset, section.size, section.alignment));
        let from_segments = self
            .segments
            .iter()
            .filter(|segment| segment.kind == elf::PT_NOTE)
            .map(|segment| (segment.offset, segment.file_size, segment.alignment));
        let mut ranges: Vec<_> = from_sections.collect();
        if ranges.is_empty() {
            ranges.extend(from_segments);
        }
        ranges
            .into_iter()
            .map(|(offset, size, alignment)| {
                Ok(NoteTable {
                    data: SectionData::read(&self.data, offset, size)?,
                    alignment: NoteAlignment::of(alignment),
                })
            })
            .collect()
    }
}

/// The empty section with index 0, which holds the counts that are too large for the ELF header.
fn read_first_section(
    data: &Arc<dyn ReadAt>,
    header: &Header,
) -> Result<Option<Section>, ElfError> {
    let table = header.sections;
    if table.offset == 0 {
        return Ok(None);
    }
    let bytes = SectionData::read(data, table.offset, u64::from(table.entry_size))?;
    let mut cursor = Cursor::new(&bytes, header.platform.byte_order);
    let first = RawSection::parse(&mut cursor, header.platform, 0).ok();
    Ok(first.map(|raw| raw.section))
}
