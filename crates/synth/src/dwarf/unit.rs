use super::constants::form as f;
use super::file::{Dwarf, Label};
use super::shape::{Shape, UnitKind};
use super::value::{Fixup, Value, put_sleb, put_uleb};
use crate::Writer;

/// Name, form and value.
pub type Attribute = (u64, u64, Value);

/// What stands in the table of abbreviations for one of them.
#[derive(Clone, PartialEq)]
struct Abbreviation {
    tag: u64,
    has_children: bool,
    /// Name, form, and the constant of `DW_FORM_implicit_const`.
    attributes: Vec<(u64, u64, Option<i128>)>,
}

/// A unit being written.
pub struct UnitWriter<'d> {
    dwarf: &'d mut Dwarf,
    /// What its header says; entries are written so too.
    pub shape: Shape,
    kind: UnitKind,
    /// Code of the first abbreviation; the others follow.
    pub first_code: u64,
    /// Bytes of a code in the table and in entries, at least.
    pub code_size: usize,
    /// Added to the length that the header says.
    pub length_error: i64,
    /// What the header says of where the abbreviations are, instead of where they are.
    pub abbreviations_at: Option<u64>,
    abbreviations: Vec<Abbreviation>,
    raw_abbreviations: Vec<u8>,
    entries: Writer,
    fixups: Vec<Fixup>,
    labels: Vec<(Label, usize)>,
    depth: usize,
}

impl<'d> UnitWriter<'d> {
    pub(super) fn new(dwarf: &'d mut Dwarf, shape: Shape, kind: UnitKind) -> Self {
        Self {
            dwarf,
            shape,
            kind,
            first_code: 1,
            code_size: 1,
            length_error: 0,
            abbreviations_at: None,
            abbreviations: Vec::new(),
            raw_abbreviations: Vec::new(),
            entries: shape.writer(),
            fixups: Vec::new(),
            labels: Vec::new(),
            depth: 0,
        }
    }

    /// A label for an entry of any unit.
    pub fn label(&mut self) -> Label {
        self.dwarf.label()
    }

    /// The next entry is the one that the label stands for.
    pub fn at(&mut self, label: Label) -> &mut Self {
        self.labels.push((label, self.entries.bytes.len()));
        self
    }

    /// The next entry, and a label for it.
    pub fn here(&mut self) -> Label {
        let label = self.label();
        self.at(label);
        label
    }

    /// An entry without others in it.
    pub fn entry(&mut self, tag: u64, attributes: &[Attribute]) -> &mut Self {
        self.put_entry(tag, false, attributes)
    }

    /// An entry that those up to [`end`](Self::end) are in.
    pub fn begin(&mut self, tag: u64, attributes: &[Attribute]) -> &mut Self {
        self.depth = self.depth.saturating_add(1);
        self.put_entry(tag, true, attributes)
    }

    /// The end of the entry that was begun last.
    pub fn end(&mut self) -> &mut Self {
        self.depth = self.depth.saturating_sub(1);
        self.raw(&[0])
    }

    /// These bytes among the entries.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.entries.put(bytes);
        self
    }

    /// These bytes at the start of the table of abbreviations.
    pub fn raw_abbreviations(&mut self, bytes: &[u8]) -> &mut Self {
        self.raw_abbreviations.extend_from_slice(bytes);
        self
    }

    /// The code of an abbreviation, as it stands in the table and in entries.
    fn put_code(&self, out: &mut Writer, index: usize) {
        let code = self.first_code.wrapping_add(index as u64);
        let mut bytes = Writer::new(self.shape.encoding);
        put_uleb(&mut bytes, code.into());
        if bytes.bytes.len() < self.code_size {
            bytes.bytes = super::value::padded_uleb(code, self.code_size);
        }
        out.put(&bytes.bytes);
    }

    fn put_entry(&mut self, tag: u64, has_children: bool, attributes: &[Attribute]) -> &mut Self {
        let in_table = |(name, form, value): &Attribute| match value {
            Value::Number(number) if *form == f::IMPLICIT_CONST => (*name, *form, Some(*number)),
            _ => (*name, *form, None),
        };
        let abbreviation = Abbreviation {
            tag,
            has_children,
            attributes: attributes.iter().map(in_table).collect(),
        };
        let known = self
            .abbreviations
            .iter()
            .position(|known| *known == abbreviation);
        let index = known.unwrap_or_else(|| {
            self.abbreviations.push(abbreviation);
            self.abbreviations.len().saturating_sub(1)
        });
        let mut out = std::mem::replace(&mut self.entries, self.shape.writer());
        self.put_code(&mut out, index);
        for (_, form, value) in attributes {
            let fixup = self.dwarf.put_value(&mut out, self.shape, *form, value);
            self.fixups.extend(fixup);
        }
        self.entries = out;
        self
    }

    fn put_abbreviations(&self, out: &mut Writer) {
        out.put(&self.raw_abbreviations);
        for (index, abbreviation) in self.abbreviations.iter().enumerate() {
            self.put_code(out, index);
            put_uleb(out, abbreviation.tag.into());
            out.u8(abbreviation.has_children.into());
            for (name, form, constant) in &abbreviation.attributes {
                put_uleb(out, (*name).into());
                put_uleb(out, (*form).into());
                if let Some(constant) = constant {
                    put_sleb(out, *constant);
                }
            }
            out.u8(0).u8(0);
        }
        out.u8(0);
    }

    /// Ends all entries and the unit.
    pub fn finish(mut self) {
        while self.depth > 0 {
            self.end();
        }
        self.finish_open();
    }

    /// Ends the unit, with entries that were not ended.
    pub fn finish_open(self) {
        let (shape, kind) = (self.shape, self.kind);
        let table = self
            .abbreviations_at
            .unwrap_or(self.dwarf.abbrev.bytes.len() as u64);
        let mut abbreviations = shape.writer();
        self.put_abbreviations(&mut abbreviations);

        let mut rest = shape.writer();
        rest.u16(shape.version);
        if shape.version >= 5 {
            rest.u8(match kind {
                UnitKind::Compile => 1,
                UnitKind::Type(_) => 2,
                UnitKind::Partial => 3,
                UnitKind::Other(kind) => kind,
            });
            rest.u8(shape.address_size).uint(table, shape.offset_size());
        } else {
            rest.uint(table, shape.offset_size()).u8(shape.address_size);
        }
        let length_size: usize = if shape.is_64_bit { 12 } else { 4 };
        if let UnitKind::Type(signature) = kind {
            let header = length_size
                .saturating_add(rest.bytes.len())
                .saturating_add(8)
                .saturating_add(shape.offset_size());
            // The type is the second of the labelled entries' first, or of what follows the root.
            let ty = self.labels.first().map_or(0, |(_, offset)| *offset);
            rest.u64(signature)
                .uint(header.saturating_add(ty) as u64, shape.offset_size());
        }
        let header = length_size.saturating_add(rest.bytes.len());
        rest.put(&self.entries.bytes);

        let length = (rest.bytes.len() as u64).wrapping_add_signed(self.length_error);
        let is_old_type = matches!(kind, UnitKind::Type(_)) && shape.version < 5;
        let Dwarf { info, types, .. } = self.dwarf;
        let section = if is_old_type { types } else { info };
        let start = section.bytes.len();
        shape.put_length(section, length);
        section.put(&rest.bytes);
        let entries = start.saturating_add(header);
        let in_section = |offset: usize| entries.saturating_add(offset);
        for fixup in &self.fixups {
            let position = in_section(fixup.position);
            self.dwarf
                .fixups
                .push((is_old_type, start, Fixup { position, ..*fixup }));
        }
        for (label, offset) in &self.labels {
            self.dwarf.places.insert(*label, in_section(*offset));
        }
        self.dwarf.abbrev.put(&abbreviations.bytes);
    }
}
