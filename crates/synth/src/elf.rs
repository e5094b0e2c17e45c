//! ELF files. Source: the System V gABI, chapters 4 and 5.

use crate::{Encoding, Writer};

/// `ET_REL`: a relocatable file.
pub const ET_REL: u16 = 1;
/// `ET_EXEC`: an executable.
pub const ET_EXEC: u16 = 2;
/// `ET_CORE`: a core file.
pub const ET_CORE: u16 = 4;
/// `EM_X86_64`.
pub const EM_X86_64: u16 = 62;
/// `PT_LOAD`.
pub const PT_LOAD: u32 = 1;
/// `PT_NOTE`.
pub const PT_NOTE: u32 = 4;
/// `SHT_PROGBITS`.
pub const SHT_PROGBITS: u32 = 1;
/// `SHT_SYMTAB`.
pub const SHT_SYMTAB: u32 = 2;
/// `SHT_STRTAB`.
pub const SHT_STRTAB: u32 = 3;
/// `SHT_RELA`.
pub const SHT_RELA: u32 = 4;
/// `SHT_NOTE`.
pub const SHT_NOTE: u32 = 7;
/// `SHT_NOBITS`.
pub const SHT_NOBITS: u32 = 8;
/// `SHT_DYNSYM`.
pub const SHT_DYNSYM: u32 = 11;
/// `SHT_GNU_versym`.
pub const SHT_GNU_VERSYM: u32 = 0x6fff_ffff;
/// `SHF_ALLOC`.
pub const SHF_ALLOC: u64 = 2;
/// `SHF_COMPRESSED`.
pub const SHF_COMPRESSED: u64 = 0x800;
/// `NT_PRSTATUS`, in notes named `CORE`.
pub const NT_PRSTATUS: u32 = 1;
/// `NT_GNU_BUILD_ID`, in notes named `GNU`.
pub const NT_GNU_BUILD_ID: u32 = 3;

/// A segment and its bytes.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// Its type.
    pub kind: u32,
    /// Its virtual address.
    pub virtual_address: u64,
    /// Its physical address.
    pub physical_address: u64,
    /// Its bytes in the file.
    pub data: Vec<u8>,
    /// Its size in memory; that in the file if less.
    pub memory_size: u64,
    /// Its alignment.
    pub alignment: u64,
}

/// A section and its bytes.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: u32,
    /// Its flags.
    pub flags: u64,
    /// Its address.
    pub address: u64,
    /// Its bytes.
    pub data: Vec<u8>,
    /// Its size, where it has no bytes (`SHT_NOBITS`).
    pub size: u64,
    /// The section that belongs to it.
    pub link: u32,
    /// More.
    pub info: u32,
    /// Its alignment.
    pub alignment: u64,
    /// Size of one entry.
    pub entry_size: u64,
}

/// An ELF file being built.
#[derive(Clone, Debug)]
pub struct ElfBuilder {
    /// Its encoding.
    pub encoding: Encoding,
    /// Its type.
    pub kind: u16,
    /// Its machine.
    pub machine: u16,
    /// Its segments.
    pub segments: Vec<Segment>,
    /// Its sections, after the empty one with index 0 and before that of the names.
    pub sections: Vec<Section>,
    /// Whether program headers stand at the end of the file instead of behind the ELF header.
    pub segments_last: bool,
}

/// Where the parts of a file stand.
struct Tables {
    segments: usize,
    sections: usize,
    section_count: usize,
}

const PN_XNUM: usize = 0xffff;
const SHN_LORESERVE: usize = 0xff00;

impl ElfBuilder {
    /// A file with nothing in it.
    #[must_use]
    pub fn new(encoding: Encoding, kind: u16, machine: u16) -> Self {
        Self {
            encoding,
            kind,
            machine,
            segments: Vec::new(),
            sections: Vec::new(),
            segments_last: false,
        }
    }

    /// Adds a segment.
    #[must_use]
    pub fn segment(mut self, segment: Segment) -> Self {
        self.segments.push(segment);
        self
    }

    /// Adds a section; the first one has index 1.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// The file's bytes.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let wide = self.encoding.is_64_bit;
        let (header_size, segment_size) = if wide { (64, 56) } else { (52, 32) };
        let mut names = vec![0u8];
        let mut sections = Vec::new();
        // More segments than the header can count are counted in section 0.
        let counts_in_section = self.segments.len() >= PN_XNUM;
        if !self.sections.is_empty() || counts_in_section {
            sections.push(Section::default());
            sections.extend(self.sections.iter().cloned());
            sections.push(Section {
                name: ".shstrtab".to_owned(),
                kind: SHT_STRTAB,
                ..Section::default()
            });
        }
        let name_offsets: Vec<usize> = sections
            .iter()
            .map(|section| {
                let offset = names.len();
                names.extend(section.name.bytes().chain([0]));
                offset
            })
            .collect();
        if let Some(last) = sections.last_mut() {
            last.data = names;
        }

        let table_size = self.segments.len().saturating_mul(segment_size);
        let mut position: usize = header_size;
        let mut segments_offset = position;
        if !self.segments_last {
            position = position.saturating_add(table_size);
        }
        let mut data = Vec::new();
        let mut place = |bytes: &[u8], alignment: u64| {
            let aligned = position.next_multiple_of(usize::try_from(alignment.max(1)).unwrap_or(1));
            data.resize(
                data.len().saturating_add(aligned.saturating_sub(position)),
                0,
            );
            data.extend_from_slice(bytes);
            position = aligned.saturating_add(bytes.len());
            aligned
        };
        let segment_offsets: Vec<usize> = self
            .segments
            .iter()
            .map(|segment| place(&segment.data, segment.alignment))
            .collect();
        let section_offsets: Vec<usize> = sections
            .iter()
            .map(|section| place(&section.data, section.alignment))
            .collect();
        if self.segments_last {
            segments_offset = place(&[], 8);
            position = segments_offset.saturating_add(table_size);
        }
        let sections_offset = position.next_multiple_of(8);

        let tables = Tables {
            segments: segments_offset,
            sections: sections_offset,
            section_count: sections.len(),
        };
        let mut out = Writer::new(self.encoding);
        self.put_header(&mut out, &tables);
        if !self.segments_last {
            self.put_segments(&mut out, &segment_offsets);
        }
        out.put(&data);
        if self.segments_last {
            self.put_segments(&mut out, &segment_offsets);
        }
        if sections.is_empty() {
            return out.bytes;
        }
        out.pad_to(sections_offset);
        if let Some(first) = sections.first_mut() {
            if counts_in_section {
                first.info = u32::try_from(self.segments.len()).unwrap_or(u32::MAX);
            }
            if tables.section_count >= SHN_LORESERVE {
                first.size = tables.section_count as u64;
                first.link = u32::try_from(tables.section_count.wrapping_sub(1)).unwrap_or(0);
            }
        }
        for ((section, name), offset) in sections.iter().zip(name_offsets).zip(section_offsets) {
            let size = section.size.max(section.data.len() as u64);
            out.u32(u32::try_from(name).unwrap_or(0))
                .u32(section.kind)
                .word(section.flags)
                .word(section.address)
                .word(offset as u64)
                .word(size)
                .u32(section.link)
                .u32(section.info)
                .word(section.alignment)
                .word(section.entry_size);
        }
        out.bytes
    }

    fn put_header(&self, out: &mut Writer, tables: &Tables) {
        let wide = self.encoding.is_64_bit;
        let count = |count: usize, limit: usize| u64::try_from(count.min(limit)).unwrap_or(0);
        let last = tables.section_count.saturating_sub(1);
        out.put(b"\x7fELF")
            .u8(if wide { 2 } else { 1 })
            .u8(if self.encoding.big_endian { 2 } else { 1 })
            .u8(1)
            .pad_to(16)
            .u16(self.kind)
            .u16(self.machine)
            .u32(1)
            .word(0)
            .word(if self.segments.is_empty() {
                0
            } else {
                tables.segments as u64
            })
            .word(if tables.section_count == 0 {
                0
            } else {
                tables.sections as u64
            })
            .u32(0)
            .u16(if wide { 64 } else { 52 })
            .u16(if wide { 56 } else { 32 })
            .uint(count(self.segments.len(), PN_XNUM), 2)
            .u16(if wide { 64 } else { 40 })
            .uint(
                if tables.section_count >= SHN_LORESERVE {
                    0
                } else {
                    tables.section_count as u64
                },
                2,
            )
            .uint(
                if last >= SHN_LORESERVE {
                    0xffff
                } else {
                    last as u64
                },
                2,
            );
    }

    fn put_segments(&self, out: &mut Writer, offsets: &[usize]) {
        const READ_WRITE_EXECUTE: u32 = 7;
        for (segment, offset) in self.segments.iter().zip(offsets) {
            let file_size = segment.data.len() as u64;
            out.u32(segment.kind);
            if self.encoding.is_64_bit {
                out.u32(READ_WRITE_EXECUTE);
            }
            out.word(*offset as u64)
                .word(segment.virtual_address)
                .word(segment.physical_address)
                .word(file_size)
                .word(segment.memory_size.max(file_size));
            if !self.encoding.is_64_bit {
                out.u32(READ_WRITE_EXECUTE);
            }
            out.word(segment.alignment);
        }
    }
}

/// One note, padded to multiples of `alignment` (4 or 8).
#[must_use]
pub fn note(encoding: Encoding, alignment: usize, name: &str, kind: u32, desc: &[u8]) -> Vec<u8> {
    let mut out = Writer::new(encoding);
    out.uint(name.len().saturating_add(1) as u64, 4)
        .uint(desc.len() as u64, 4)
        .u32(kind)
        .put(name.as_bytes())
        .u8(0)
        .align(alignment)
        .put(desc)
        .align(alignment);
    out.bytes
}

/// A symbol of a 64-bit table: its value and the index of its section.
#[must_use]
pub fn symbol(encoding: Encoding, value: u64, section: u16) -> Vec<u8> {
    let mut out = Writer::new(encoding);
    out.u32(0);
    if encoding.is_64_bit {
        out.u16(0).u16(section).u64(value).u64(0);
    } else {
        out.word(value).u32(0).u16(0).u16(section);
    }
    out.bytes
}

/// An entry of a `SHT_RELA` table.
#[must_use]
pub fn rela(encoding: Encoding, offset: u64, symbol: u32, kind: u32, addend: i64) -> Vec<u8> {
    let mut out = Writer::new(encoding);
    let shift = if encoding.is_64_bit { 32 } else { 8 };
    out.word(offset)
        .word(u64::from(symbol) << shift | u64::from(kind))
        .word(addend.cast_unsigned());
    out.bytes
}
