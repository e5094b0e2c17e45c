//! Which page frames there are, and where their `struct page` are: `include/linux/mmzone.h`.

use crate::access::{
    Field, byte_order, find_variable, parse_words, read_bytes, read_word, type_named, variable,
    word_size,
};
use spelunk_object::sizeof;
use spelunk_program::{Error, Program, Result};
use std::ops::{ControlFlow, Range};

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
    /// Reads them from the table of sections, or their number where memory is one piece (`CONFIG_FLATMEM`).
    pub fn read(program: &Program) -> Result<Self> {
        let Some(table) = Sections::find(program)? else {
            let mut all = Self(Vec::new());
            all.add(0..variable(program, "max_mapnr")?.to_u64(program)?);
            return Ok(all);
        };
        let mut ranges = Self(Vec::new());
        table.each(program, &mut |number, section| {
            let first = number.saturating_mul(table.pages);
            ranges.add_section(program, &table, section, first)?;
            Ok(ControlFlow::Continue(()))
        })?;
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
    ) -> Result<()> {
        let (order, pages) = (byte_order(program), table.pages);
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

/// Where the array of all `struct page` is, as if frame 0 were in it; `None` if the kernel does not say.
pub(crate) fn find_page_array(program: &Program) -> Result<Option<u64>> {
    /// The lowest bits of `section_mem_map` are flags.
    const FLAGS: u64 = 0xfff;
    let Some(table) = Sections::find(program)? else {
        let array = find_variable(program, "mem_map")?;
        return array.map(|array| Ok(array.to_u64(program)?)).transpose();
    };
    // Each section says where its part of the array is, as if that began with frame 0 (`sparse_encode_mem_map()` in
    // `mm/sparse.c`). With CONFIG_SPARSEMEM_VMEMMAP all say the same.
    let mut found = None;
    table.each(program, &mut |_, section| {
        let map = table.map.parse(byte_order(program), section);
        if map & HAS_MEM_MAP == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        found = Some(map & !FLAGS);
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// The table `mem_section`: rows of sections, of which some are missing (`CONFIG_SPARSEMEM_EXTREME`).
struct Sections {
    rows: u64,
    per_row: u64,
    /// How many sections there may be.
    count: u64,
    /// Page frames of one section.
    pages: u64,
    section_size: usize,
    map: Field,
    usage: Option<Field>,
    subsections: Field,
}

/// What looks at the sections one by one: at their numbers, and the bytes of their `struct mem_section`.
type EachSection<'a> = &'a mut dyn FnMut(u64, &[u8]) -> Result<ControlFlow<()>>;

impl Sections {
    fn find(program: &Program) -> Result<Option<Self>> {
        let Some(rows) = find_variable(program, "mem_section")? else {
            return Ok(None);
        };
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
        let (Some(pages), Some(count)) = (pages, sections) else {
            return Err(Error::other(
                "damaged VMCOREINFO: sizes of memory make no sense",
            ));
        };
        if count > MAX_SECTIONS {
            return Err(Error::other(format!(
                "damaged VMCOREINFO: {count} sections of memory"
            )));
        }
        let section = type_named(program, "struct mem_section")?;
        let size = sizeof(program.types(), section)?.max(1);
        let page_size = variable(program, "PAGE_SIZE")?.to_u64(program)?;
        let map = Field::new(program, section, "section_mem_map")?;
        let usage = Field::new(program, section, "usage").ok();
        let subsections = match usage {
            Some(_) => Field::of(program, "struct mem_section_usage", "subsection_map")?,
            None => map,
        };
        Ok(Some(Self {
            rows: rows.to_u64(program)?,
            per_row: (page_size / size).max(1),
            count,
            pages,
            section_size: usize::try_from(size).unwrap_or(16),
            map,
            usage,
            subsections,
        }))
    }

    /// Calls `look` with each section, until that breaks off.
    fn each(&self, program: &Program, look: EachSection<'_>) -> Result<()> {
        for row in 0..self.count.div_ceil(self.per_row) {
            let Some(bytes) = self.row(program, row)? else {
                continue;
            };
            let first = row.saturating_mul(self.per_row);
            for (number, section) in (first..).zip(bytes.chunks_exact(self.section_size)) {
                if look(number, section)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
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
