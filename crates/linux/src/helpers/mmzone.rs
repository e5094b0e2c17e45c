//! Which page frames there are: `include/linux/mmzone.h`, the sparse memory model.

use crate::access::{
    Field, byte_order, parse_words, read_bytes, read_word, type_named, variable, word_size,
};
use spelunk_object::sizeof;
use spelunk_program::{Error, Program, Result};
use std::ops::Range;

/// A range of page frames.
pub type PageRange = Range<u64>;

/// `SECTION_HAS_MEM_MAP`
const HAS_MEM_MAP: u64 = 2;

/// `SECTION_IS_EARLY`: it was there at the start, and has all of its `struct page`s. Since 5.3.
const IS_EARLY: u64 = 8;

/// No machine has more; what claims to has a damaged VMCOREINFO.
const MAX_SECTIONS: u64 = 1 << 25;

/// The page frames that have a `struct page`.
pub struct PageRanges(Vec<PageRange>);

impl PageRanges {
    /// Reads them from the table of sections.
    pub fn read(program: &Program) -> Result<Self> {
        let number = |name: &str| {
            variable(program, name)?
                .to_u64(program)
                .map_err(Error::from)
        };
        let section_bits = number("SECTION_SIZE_BITS")?;
        let memory_bits = number("MAX_PHYSMEM_BITS")?;
        let page_bits = number("PAGE_SHIFT")?;
        let shift = |bits: Option<u64>| 1u64.checked_shl(u32::try_from(bits?).ok()?);
        let pages = shift(section_bits.checked_sub(page_bits));
        let sections = shift(memory_bits.checked_sub(section_bits));
        let (Some(pages), Some(sections)) = (pages, sections) else {
            return Err(Error::other(
                "damaged VMCOREINFO: sizes of memory make no sense",
            ));
        };
        if sections > MAX_SECTIONS {
            return Err(Error::other(format!(
                "damaged VMCOREINFO: {sections} sections of memory"
            )));
        }
        let table = Sections::new(program)?;
        let mut ranges = Self(Vec::new());
        for row in 0..sections.div_ceil(table.per_row) {
            let Some(bytes) = table.row(program, row)? else {
                continue;
            };
            let first = row.saturating_mul(table.per_row);
            for (index, section) in bytes.chunks_exact(table.section_size).enumerate() {
                let number = first.saturating_add(index as u64);
                ranges.add_section(
                    program,
                    &table,
                    section,
                    number.saturating_mul(pages),
                    pages,
                )?;
            }
        }
        Ok(ranges)
    }

    fn add(&mut self, range: PageRange) {
        match self.0.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.0.push(range),
        }
    }

    fn add_section(
        &mut self,
        program: &Program,
        table: &Sections,
        section: &[u8],
        first: u64,
        pages: u64,
    ) -> Result<()> {
        let order = byte_order(program);
        let map = table.map.parse(order, section);
        if map & HAS_MEM_MAP == 0 {
            return Ok(());
        }
        let end = first.saturating_add(pages);
        let Some(usage) = table.usage.filter(|_| map & IS_EARLY == 0) else {
            self.add(first..end);
            return Ok(());
        };
        // Memory that was plugged in later may be there in parts of 2 MiB (since 5.3).
        let usage = usage.parse(order, section);
        let bytes = read_bytes(program, table.subsections.at(usage), table.subsections.size)?;
        let words = parse_words(program, &bytes);
        let bits = (word_size(program) as u64).saturating_mul(8);
        // Words are whole, so there may be fewer parts than bits.
        let subsection = 1u64 << 9;
        let parts = (0..).zip(
            words
                .iter()
                .flat_map(|word| (0..bits).map(move |bit| (word, bit))),
        );
        for (part, (word, bit)) in parts.take_while(|(part, _)| *part < pages / subsection) {
            if word >> bit & 1 != 0 {
                let start = first.saturating_add(part.saturating_mul(subsection));
                self.add(start..start.saturating_add(subsection));
            }
        }
        Ok(())
    }
}

impl IntoIterator for PageRanges {
    type Item = PageRange;
    type IntoIter = std::vec::IntoIter<PageRange>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The table `mem_section`: rows of sections, of which some are missing (`CONFIG_SPARSEMEM_EXTREME`).
struct Sections {
    rows: u64,
    per_row: u64,
    section_size: usize,
    map: Field,
    usage: Option<Field>,
    subsections: Field,
}

impl Sections {
    fn new(program: &Program) -> Result<Self> {
        let section = type_named(program, "struct mem_section")?;
        let size = sizeof(program.types(), section)?.max(1);
        let page_size = variable(program, "PAGE_SIZE")?.to_u64(program)?;
        let map = Field::new(program, section, "section_mem_map")?;
        let usage = Field::new(program, section, "usage").ok();
        let subsections = match usage {
            Some(_) => Field::of(program, "struct mem_section_usage", "subsection_map")?,
            None => map,
        };
        Ok(Self {
            rows: variable(program, "mem_section")?.to_u64(program)?,
            per_row: (page_size / size).max(1),
            section_size: usize::try_from(size).unwrap_or(16),
            map,
            usage,
            subsections,
        })
    }

    fn row(&self, program: &Program, row: u64) -> Result<Option<Vec<u8>>> {
        if self.rows == 0 {
            return Ok(None);
        }
        let place = row.wrapping_mul(word_size(program) as u64);
        let address = read_word(program, self.rows.wrapping_add(place))?;
        if address == 0 {
            return Ok(None);
        }
        let size = self.per_row.saturating_mul(self.section_size as u64);
        read_bytes(program, address, size).map(Some)
    }
}
