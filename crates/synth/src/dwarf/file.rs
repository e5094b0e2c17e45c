use super::constants::form as f;
use super::shape::{Shape, UnitKind};
use super::unit::UnitWriter;
use super::value::{Fixup, PADDED, padded_uleb};
use crate::Writer;
use crate::elf::{EM_X86_64, ET_EXEC, ElfBuilder, SHT_PROGBITS, Section};
use std::collections::HashMap;

/// An entry that others refer to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Label(usize);

/// The debugging information of a file being built.
pub struct Dwarf {
    /// That of units and tables, where nothing else is said.
    pub shape: Shape,
    pub(super) info: Writer,
    pub(super) types: Writer,
    pub(super) abbrev: Writer,
    str: Writer,
    line_str: Writer,
    /// Offsets into `.debug_str`.
    str_offsets: Vec<u64>,
    /// The addresses that `DW_FORM_addrx` counts.
    pub addresses: Vec<u64>,
    /// Other sections.
    pub sections: Vec<(String, Vec<u8>)>,
    labels: usize,
    pub(super) places: HashMap<Label, usize>,
    /// Whether in `.debug_types`, start of the unit, and what to put.
    pub(super) fixups: Vec<(bool, usize, Fixup)>,
}

impl Dwarf {
    /// Nothing yet.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let empty = shape.writer();
        let mut str = empty.clone();
        str.u8(0);
        Self {
            shape,
            info: empty.clone(),
            types: empty.clone(),
            abbrev: empty,
            line_str: str.clone(),
            str,
            str_offsets: Vec::new(),
            addresses: Vec::new(),
            sections: Vec::new(),
            labels: 0,
            places: HashMap::new(),
            fixups: Vec::new(),
        }
    }

    /// A label for an entry.
    pub fn label(&mut self) -> Label {
        self.labels = self.labels.saturating_add(1);
        Label(self.labels)
    }

    /// Starts a unit.
    pub fn unit(&mut self, kind: UnitKind) -> UnitWriter<'_> {
        let shape = self.shape;
        UnitWriter::new(self, shape, kind)
    }

    /// The size of `.debug_info` by now: where the next unit starts.
    #[must_use]
    pub fn info_size(&self) -> usize {
        self.info.bytes.len()
    }

    /// The size of `.debug_abbrev` by now: where the next unit's table starts.
    #[must_use]
    pub fn abbreviations_size(&self) -> usize {
        self.abbrev.bytes.len()
    }

    /// These bytes in `.debug_info`.
    pub fn raw_info(&mut self, bytes: &[u8]) {
        self.info.put(bytes);
    }

    /// Puts a text into the section that the form is for; its offset, or its index.
    pub(super) fn intern(&mut self, form: u64, text: &str) -> u64 {
        let section = match form {
            f::LINE_STRP => &mut self.line_str,
            _ => &mut self.str,
        };
        let offset = section.bytes.len() as u64;
        section.put(text.as_bytes()).u8(0);
        match form {
            f::LINE_STRP | f::STRP | f::STRP_SUP | f::GNU_STRP_ALT => offset,
            _ => {
                self.str_offsets.push(offset);
                (self.str_offsets.len() as u64).saturating_sub(1)
            }
        }
    }

    /// Where the offsets of texts start in `.debug_str_offsets`, behind the header (DWARF 5, section
    /// 7.26), and the addresses in `.debug_addr` (section 7.27).
    #[must_use]
    pub fn tables_base(&self) -> u64 {
        match (self.shape.version >= 5, self.shape.is_64_bit) {
            (false, _) => 0,
            (true, false) => 8,
            (true, true) => 16,
        }
    }

    fn table(&self, numbers: &[u64], size: usize, header: &[u8]) -> Vec<u8> {
        let mut out = self.shape.writer();
        if self.tables_base() != 0 {
            let length = numbers.len().saturating_mul(size).saturating_add(4);
            self.shape.put_length(&mut out, length as u64);
            out.u16(self.shape.version).put(header);
        }
        for number in numbers {
            out.uint(*number, size);
        }
        out.bytes
    }

    /// The sections, by name.
    #[must_use]
    pub fn build(&self) -> Vec<(String, Vec<u8>)> {
        let (mut info, mut types) = (self.info.bytes.clone(), self.types.bytes.clone());
        for (is_in_types, start, fixup) in &self.fixups {
            let bytes = if *is_in_types { &mut types } else { &mut info };
            let place = self.places.get(&fixup.label).copied().unwrap_or(0);
            let base = if fixup.is_in_unit { *start } else { 0 };
            let value = place.wrapping_sub(base) as u64;
            let put = match fixup.size {
                0 => padded_uleb(value, PADDED),
                size => self.shape.writer().uint(value, size).bytes.clone(),
            };
            for (to, from) in bytes.iter_mut().skip(fixup.position).zip(put) {
                *to = from;
            }
        }
        let address_size = self.shape.address_size;
        let str_offsets = self.table(&self.str_offsets, self.shape.offset_size(), &[0, 0]);
        let addresses = self.table(&self.addresses, address_size.into(), &[address_size, 0]);
        let own = [
            (".debug_info", info),
            (".debug_types", types),
            (".debug_abbrev", self.abbrev.bytes.clone()),
            (".debug_str", self.str.bytes.clone()),
            (".debug_line_str", self.line_str.bytes.clone()),
            (".debug_str_offsets", str_offsets),
            (".debug_addr", addresses),
        ];
        let is_other = |name: &str| self.sections.iter().any(|(other, _)| other == name);
        let own = own.into_iter().filter(|(name, _)| !is_other(name));
        own.map(|(name, bytes)| (name.to_owned(), bytes))
            .chain(self.sections.iter().cloned())
            .collect()
    }

    /// A file with the sections that are not empty.
    #[must_use]
    pub fn elf(&self) -> ElfBuilder {
        let mut file = ElfBuilder::new(self.shape.encoding, ET_EXEC, EM_X86_64);
        for (name, data) in self.build() {
            if !data.is_empty() {
                file.sections.push(Section {
                    name,
                    kind: SHT_PROGBITS,
                    data,
                    ..Section::default()
                });
            }
        }
        file
    }
}
