use super::abbreviation::{Abbreviation, Abbreviations, Interest, Slot, Wanted};
use super::definition::{DefinitionFields, Window};
use super::forms::{Reference, read_form, read_number, read_reference, skip_form};
use super::kind::NameKind;
use super::name_ref::{NameRef, Place, c_str};
use super::scan_unit::ScanUnit;
use crate::die::DieId;
use crate::language;
use gimli::{DwForm, DwLang, constants as dw};
use spelunk_base::{ByteOrder, Cursor, Language, Truncated};

/// An entry that was passed over, of which values can be read.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) abbreviation: &'a Abbreviation,
    /// Where it starts, and where its first and its last run of values do.
    pub(super) start: usize,
    first: usize,
    last: usize,
}

/// What the first entry of a unit says of all that follow.
#[derive(Default)]
pub(super) struct UnitFields {
    pub(super) language: Option<DwLang>,
    /// Where its line program is, in `.debug_line`.
    pub(super) lines: Option<u64>,
    pub(super) folder: Option<NameRef>,
    pub(super) producer: Option<NameRef>,
    str_offsets_base: Option<u64>,
}

impl UnitFields {
    /// Whether the language has names in classes, where the unit says.
    pub(super) fn has_nested_names(&self) -> Option<bool> {
        let language = self.language?;
        Some(language::language(language) != Language::C)
    }
}

/// Reads the entries of one unit.
pub(super) struct Entries<'a> {
    unit: &'a ScanUnit<'a>,
    /// The section up to the unit's end.
    bytes: &'a [u8],
    abbreviations: &'a Abbreviations,
    pub(super) of_unit: UnitFields,
}

impl<'a> Entries<'a> {
    pub(super) fn new(unit: &'a ScanUnit<'a>, abbreviations: &'a Abbreviations) -> Self {
        let mut entries = Self {
            unit,
            bytes: unit.bytes.get(..unit.end).unwrap_or(&[]),
            abbreviations,
            of_unit: UnitFields::default(),
        };
        entries.of_unit.str_offsets_base = unit.str_offsets_base;
        if let Ok(Some(root)) = entries.entry_at(unit.root) {
            entries.read_unit(&root);
        }
        entries
    }

    fn read_unit(&mut self, root: &Entry<'_>) {
        // Through it the names of the unit itself are found.
        if let Some(base) = self.number(root, Wanted::StrOffsetsBase) {
            self.of_unit.str_offsets_base = Some(base);
        }
        let language = self.number(root, Wanted::Language);
        self.of_unit = UnitFields {
            language: language.map(|language| DwLang(u16::try_from(language).unwrap_or(0))),
            lines: self.number(root, Wanted::Lines),
            folder: self.text(root, Wanted::Folder),
            producer: self.text(root, Wanted::Producer),
            ..self.of_unit
        };
    }

    /// A cursor at an offset in the unit's section, not before the first entry.
    pub(super) fn cursor(&self, start: usize) -> Cursor<'a> {
        self.cursor_at(start.max(self.unit.root))
    }

    fn cursor_at(&self, place: usize) -> Cursor<'a> {
        let mut cursor = Cursor::new(self.bytes, self.unit.order);
        cursor.seek(place);
        cursor
    }

    /// The entry at an offset in the unit's section; `None` if there is the end of a list of entries.
    pub(super) fn entry_at(&self, start: usize) -> Result<Option<Entry<'a>>, Truncated> {
        self.pass(&mut self.cursor(start))
    }

    /// The next entry that is good for so much, or has children that cannot be passed over in one
    /// step; `None` at the end of a list of entries, or of the unit. The entry around ends at `end`.
    #[inline]
    pub(super) fn next(
        &self,
        cursor: &mut Cursor<'_>,
        least: Interest,
        end: usize,
    ) -> Result<Option<Entry<'a>>, Truncated> {
        while !cursor.is_empty() {
            match self.pass(cursor)? {
                Some(entry) if entry.abbreviation.interest < least => {
                    if entry.abbreviation.has_children {
                        match self.next_sibling(&entry, cursor.position(), end) {
                            Some(next) => cursor.seek(next),
                            None => return Ok(Some(entry)),
                        }
                    }
                }
                other => return Ok(other),
            }
        }
        Ok(None)
    }

    /// Passes over an entry, or over the end of a list of entries.
    #[inline]
    fn pass(&self, cursor: &mut Cursor<'_>) -> Result<Option<Entry<'a>>, Truncated> {
        let start = cursor.position();
        let abbreviation = match cursor.uleb128()? {
            0 => return Ok(None),
            code => {
                let known = self.abbreviations.get(code);
                known.ok_or(Truncated { offset: start })?
            }
        };
        let first = cursor.position();
        cursor.skip(abbreviation.size as usize)?;
        let last = match abbreviation.variables {
            0 => first,
            _ => self.pass_variables(cursor, abbreviation)?,
        };
        Ok(Some(Entry {
            abbreviation,
            start,
            first,
            last,
        }))
    }

    /// Passes over values from the first of variable length on. Returns where the last run starts.
    fn pass_variables(
        &self,
        cursor: &mut Cursor<'_>,
        abbreviation: &Abbreviation,
    ) -> Result<usize, Truncated> {
        let mut last = cursor.position();
        for variable in self.abbreviations.variables(abbreviation) {
            skip_form(cursor, variable.form, self.unit.sizes)?;
            last = cursor.position();
            cursor.skip(variable.behind as usize)?;
        }
        Ok(last)
    }

    /// What tells a definition from others, if that can be read at once.
    #[inline]
    pub(super) fn definition(&self, entry: &Entry<'_>) -> Option<(NameKind, DefinitionFields)> {
        let definition = self.abbreviations.definition(entry.abbreviation)?;
        let fields = definition.read(self.window(entry)?, self.unit.strings.source);
        Some((definition.kind, fields))
    }

    #[inline]
    fn window(&self, entry: &Entry<'_>) -> Option<&'a Window> {
        self.bytes.get(entry.first..)?.first_chunk()
    }

    /// Where a value of an entry stands.
    #[inline]
    fn find(&self, entry: &Entry<'_>, run: u8, offset: u32) -> Option<usize> {
        let run = match u32::from(run) {
            0 => entry.first,
            last if last == entry.abbreviation.variables => entry.last,
            _ => self.find_run(entry, run)?,
        };
        run.checked_add(offset as usize)
    }

    fn find_run(&self, entry: &Entry<'_>, run: u8) -> Option<usize> {
        let variables = self.abbreviations.variables(entry.abbreviation);
        let (last, others) = variables.get(..usize::from(run))?.split_last()?;
        let mut cursor = self.cursor_at(entry.first);
        cursor.skip(entry.abbreviation.size as usize).ok()?;
        for variable in others {
            skip_form(&mut cursor, variable.form, self.unit.sizes).ok()?;
            cursor.skip(variable.behind as usize).ok()?;
        }
        skip_form(&mut cursor, last.form, self.unit.sizes).ok()?;
        Some(cursor.position())
    }

    /// The value of an attribute, if it is a number.
    // With the attribute known, few instructions are left.
    #[inline(always)]
    pub(super) fn number(&self, entry: &Entry<'_>, wanted: Wanted) -> Option<u64> {
        match self.abbreviations.slot(entry.abbreviation, wanted) {
            Slot::Absent | Slot::Str { .. } => None,
            Slot::Number { size, run, offset } => self.uint(self.find(entry, run, offset)?, size),
            Slot::Constant(value) => Some(u64::from(value)),
            Slot::Form { form, run, offset } => {
                self.number_of(self.find(entry, run, offset)?, form)
            }
        }
    }

    fn number_of(&self, place: usize, form: DwForm) -> Option<u64> {
        read_number(&mut self.cursor_at(place), form, self.unit.sizes).ok()?
    }

    /// The integer of 1 to 8 bytes that stands there.
    #[inline]
    fn uint(&self, place: usize, size: u8) -> Option<u64> {
        let rest = self.bytes.get(place..)?;
        // To read more bytes than those of the integer takes no choice of its size.
        if let Some(eight) = rest.first_chunk()
            && self.unit.order == ByteOrder::Little
        {
            let others = u32::from(size).wrapping_mul(8).wrapping_neg() & 63;
            return Some(u64::from_le_bytes(*eight) << others >> others);
        }
        let bytes = rest.get(..usize::from(size))?;
        Some(self.unit.order.uint(bytes))
    }

    /// The value of an attribute, if it is a text.
    #[inline(always)]
    pub(super) fn text(&self, entry: &Entry<'_>, wanted: Wanted) -> Option<NameRef> {
        match self.abbreviations.slot(entry.abbreviation, wanted) {
            Slot::Str { size, run, offset } => {
                let offset = self.uint(self.find(entry, run, offset)?, size)?;
                let source = self.unit.strings.source;
                Some(NameRef::new(Place::Str, source, offset))
            }
            Slot::Form { form, run, offset } => self.text_of(self.find(entry, run, offset)?, form),
            Slot::Absent | Slot::Number { .. } | Slot::Constant(_) => None,
        }
    }

    fn text_of(&self, place: usize, form: DwForm) -> Option<NameRef> {
        self.read_text(&mut self.cursor_at(place), form).ok()?
    }

    /// The entry that an attribute refers to; where it leads nowhere, one that does not exist.
    #[inline]
    pub(super) fn reference(&self, entry: &Entry<'_>, wanted: Wanted) -> Option<DieId> {
        match self.abbreviations.slot(entry.abbreviation, wanted) {
            Slot::Absent => None,
            Slot::Form { form, run, offset } => {
                self.reference_of(self.find(entry, run, offset)?, form)
            }
            _ => Some(self.resolve(Reference::Unit(self.number(entry, wanted)?))),
        }
    }

    fn reference_of(&self, place: usize, form: DwForm) -> Option<DieId> {
        let mut cursor = self.cursor_at(place);
        let form = match form {
            dw::DW_FORM_indirect => read_form(&mut cursor).ok()?,
            form => form,
        };
        let reference = read_reference(&mut cursor, form, self.unit.sizes).ok()??;
        Some(self.resolve(reference))
    }

    fn resolve(&self, reference: Reference) -> DieId {
        let nowhere = DieId::from_u64(u64::MAX);
        let (from, offset) = match reference {
            Reference::Unit(offset) => (self.unit.base.plus(self.unit.start), offset),
            Reference::Section(offset) => (self.unit.info, offset),
            Reference::Supplementary(offset) => match &self.unit.supplementary {
                Some(supplementary) => (supplementary.info, offset),
                None => return nowhere,
            },
        };
        usize::try_from(offset).map_or(nowhere, |offset| from.plus(offset))
    }

    /// A text of this form; `None` if the form is for something else.
    fn read_text(
        &self,
        cursor: &mut Cursor<'_>,
        form: DwForm,
    ) -> Result<Option<NameRef>, Truncated> {
        let form = match form {
            dw::DW_FORM_indirect => read_form(cursor)?,
            form => form,
        };
        let source = self.unit.strings.source;
        let (place, source) = match form {
            dw::DW_FORM_string => {
                let place = self.unit.base.plus(cursor.position());
                let name = NameRef::new(Place::Units, source, place.as_u64());
                return Ok(Some(name));
            }
            dw::DW_FORM_strp => (Place::Str, Some(source)),
            dw::DW_FORM_line_strp => (Place::LineStr, Some(source)),
            dw::DW_FORM_strp_sup | dw::DW_FORM_GNU_strp_alt => {
                let supplementary = self.unit.supplementary.as_ref();
                let source = supplementary.map(|file| file.strings.source);
                (Place::Str, source)
            }
            dw::DW_FORM_strx
            | dw::DW_FORM_strx1
            | dw::DW_FORM_strx2
            | dw::DW_FORM_strx3
            | dw::DW_FORM_strx4
            | dw::DW_FORM_GNU_str_index => {
                let index = read_number(cursor, form, self.unit.sizes)?;
                return Ok(index.and_then(|index| self.indexed_text(index)));
            }
            _ => return Ok(None),
        };
        let offset = cursor.uint(usize::from(self.unit.sizes.offset))?;
        Ok(source.map(|source| NameRef::new(place, source, offset)))
    }

    /// The text that `.debug_str_offsets` has at `index`.
    fn indexed_text(&self, index: u64) -> Option<NameRef> {
        let size = self.unit.sizes.offset;
        let base = self.of_unit.str_offsets_base?;
        let position = index.checked_mul(u64::from(size))?.checked_add(base)?;
        let mut cursor = Cursor::new(self.unit.str_offsets, self.unit.order);
        cursor.seek(usize::try_from(position).ok()?);
        let offset = cursor.uint(usize::from(size)).ok()?;
        let source = self.unit.strings.source;
        Some(NameRef::new(Place::Str, source, offset))
    }

    /// Where the next sibling of an entry with children starts, if that is said and may be: in front
    /// of it is the end of the list of children, which is behind `position` and before `end`, where
    /// the entry around ends. One that leads to a later sibling hides what is between: only to walk
    /// through the children would show it.
    #[inline]
    pub(super) fn next_sibling(
        &self,
        entry: &Entry<'_>,
        position: usize,
        end: usize,
    ) -> Option<usize> {
        let field = entry.abbreviation.sibling_field.as_ref();
        let sibling = match (field, self.window(entry)) {
            (Some(field), Some(window)) => field.read(window),
            _ => self.number(entry, Wanted::Sibling)?,
        };
        let sibling = usize::try_from(sibling).ok()?;
        let next = self.unit.start.checked_add(sibling)?;
        let last = next.checked_sub(1)?;
        let is_inside = position <= last && next < end;
        (is_inside && self.bytes.get(last) == Some(&0)).then_some(next)
    }

    pub(super) fn bytes_of(&self, name: NameRef) -> Option<&'a [u8]> {
        let own = &self.unit.strings;
        let others = self.unit.supplementary.as_ref().map(|file| &file.strings);
        let strings = match others {
            Some(others) if others.source as usize == name.source() => others,
            _ => own,
        };
        match name.place()? {
            Place::Str => c_str(strings.str, name.offset()),
            Place::LineStr => c_str(strings.line_str, name.offset()),
            Place::Units => {
                let base = usize::try_from(self.unit.base.as_u64()).ok()?;
                c_str(self.unit.bytes, name.offset().checked_sub(base)?)
            }
            Place::Index => None,
        }
    }

    /// The name of a type unit's type, with its signature.
    pub(super) fn type_name(&self) -> Option<(u64, &'a [u8])> {
        let (signature, start) = self.unit.type_entry?;
        let entry = self.entry_at(start).ok()??;
        Some((signature, self.bytes_of(self.text(&entry, Wanted::Name)?)?))
    }
}
