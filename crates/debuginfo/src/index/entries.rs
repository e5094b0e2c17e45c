use super::abbreviation::{
    Abbreviation, Abbreviations, Reference, Step, Wanted, read_form, read_number, read_reference,
    skip_form,
};
use super::name_ref::{NameRef, Place, c_str};
use super::scan_unit::ScanUnit;
use crate::die::DieId;
use crate::language;
use gimli::{DwForm, DwLang, constants as dw};
use spelunk_base::{Cursor, Language, Truncated};

/// The attributes of an entry that the index looks at.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) name: Option<NameRef>,
    pub(super) sibling: Option<u64>,
    pub(super) origin: Option<DieId>,
    pub(super) import: Option<DieId>,
    pub(super) signature: Option<u64>,
    pub(super) is_declaration: bool,
    pub(super) byte_size: u64,
    pub(super) encoding: u64,
    pub(super) decl_file: Option<u64>,
    pub(super) decl_line: u64,
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
    abbreviations: &'a Abbreviations,
    pub(super) of_unit: UnitFields,
}

impl<'a> Entries<'a> {
    pub(super) fn new(unit: &'a ScanUnit<'a>, abbreviations: &'a Abbreviations) -> Self {
        Self {
            unit,
            abbreviations,
            of_unit: UnitFields {
                str_offsets_base: unit.str_offsets_base,
                ..UnitFields::default()
            },
        }
    }

    /// A cursor at an offset in the unit's section, not before the first entry.
    pub(super) fn cursor(&self, start: usize) -> Cursor<'a> {
        let bytes = self.unit.bytes.get(..self.unit.end).unwrap_or(&[]);
        let mut cursor = Cursor::new(bytes, self.unit.order);
        cursor.seek(start.max(self.unit.root));
        cursor
    }

    /// The next entry; `None` at the end of a list of entries.
    pub(super) fn next(
        &mut self,
        cursor: &mut Cursor<'_>,
        fields: &mut Fields,
    ) -> Result<Option<&'a Abbreviation>, Truncated> {
        let Some(abbreviation) = self.next_abbreviation(cursor)? else {
            return Ok(None);
        };
        self.read(cursor, abbreviation, fields)?;
        Ok(Some(abbreviation))
    }

    /// What is known of the next entry; `None` at the end of a list of entries.
    pub(super) fn next_abbreviation(
        &self,
        cursor: &mut Cursor<'_>,
    ) -> Result<Option<&'a Abbreviation>, Truncated> {
        let offset = cursor.position();
        match cursor.uleb128()? {
            0 => Ok(None),
            code => match self.abbreviations.get(code) {
                Some(abbreviation) => Ok(Some(abbreviation)),
                None => Err(Truncated { offset }),
            },
        }
    }

    /// Reads an entry, behind its code.
    pub(super) fn read(
        &mut self,
        cursor: &mut Cursor<'_>,
        abbreviation: &Abbreviation,
        fields: &mut Fields,
    ) -> Result<(), Truncated> {
        *fields = Fields::default();
        let sizes = self.unit.sizes;
        for step in self.abbreviations.steps(abbreviation) {
            match *step {
                Step::Skip(count) => cursor.skip(count as usize)?,
                Step::SkipForm(form) => skip_form(cursor, form, sizes)?,
                Step::Number(wanted, size) => {
                    let value = match size {
                        1 => cursor.u8()?.into(),
                        2 => cursor.u16()?.into(),
                        4 => cursor.u32()?.into(),
                        _ => cursor.uint(usize::from(size))?,
                    };
                    self.set(fields, wanted, value);
                }
                Step::Name(size) => {
                    let offset = match size {
                        4 => cursor.u32()?.into(),
                        _ => cursor.u64()?,
                    };
                    let source = self.unit.strings.source;
                    fields.name = Some(NameRef::new(Place::Str, source, offset));
                }
                Step::Read(Wanted::Name, form) => fields.name = self.read_name(cursor, form)?,
                Step::Read(Wanted::Folder, form) => {
                    self.of_unit.folder = self.read_name(cursor, form)?;
                }
                Step::Read(Wanted::Producer, form) => {
                    self.of_unit.producer = self.read_name(cursor, form)?;
                }
                Step::Read(Wanted::Origin, form) => {
                    fields.origin = self.read_reference(cursor, form)?;
                }
                Step::Read(Wanted::Import, form) => {
                    fields.import = self.read_reference(cursor, form)?;
                }
                Step::Read(wanted, form) => {
                    if let Some(value) = read_number(cursor, form, sizes)? {
                        self.set(fields, wanted, value);
                    }
                }
                Step::Constant(wanted, value) => self.set(fields, wanted, value.cast_unsigned()),
            }
        }
        Ok(())
    }

    fn set(&mut self, fields: &mut Fields, wanted: Wanted, value: u64) {
        match wanted {
            Wanted::Name | Wanted::Folder | Wanted::Producer => {}
            Wanted::Sibling => fields.sibling = Some(value),
            Wanted::Origin => fields.origin = Some(self.resolve(Reference::Unit(value))),
            // Only the form for it gets here.
            Wanted::Signature => fields.signature = Some(value),
            Wanted::Import => fields.import = Some(self.resolve(Reference::Unit(value))),
            Wanted::Declaration => fields.is_declaration = value != 0,
            Wanted::ByteSize => fields.byte_size = value,
            Wanted::Encoding => fields.encoding = value,
            Wanted::DeclFile => fields.decl_file = Some(value),
            Wanted::DeclLine => fields.decl_line = value,
            Wanted::StrOffsetsBase => self.of_unit.str_offsets_base = Some(value),
            Wanted::Lines => self.of_unit.lines = Some(value),
            Wanted::Language => {
                self.of_unit.language = Some(DwLang(u16::try_from(value).unwrap_or(0)));
            }
        }
    }

    fn read_reference(
        &self,
        cursor: &mut Cursor<'_>,
        form: DwForm,
    ) -> Result<Option<DieId>, Truncated> {
        let form = match form {
            dw::DW_FORM_indirect => read_form(cursor)?,
            form => form,
        };
        let reference = read_reference(cursor, form, self.unit.sizes)?;
        Ok(reference.map(|reference| self.resolve(reference)))
    }

    /// The entry that a reference leads to; where it leads nowhere, one that does not exist.
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

    /// A text of this form; `None` if the form is for something else. The cursor moves on in any
    /// case.
    pub(super) fn read_name(
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
                cursor.c_str()?;
                return Ok(Some(NameRef::new(Place::Units, source, place.as_u64())));
            }
            dw::DW_FORM_strp => (Place::Str, Some(source)),
            dw::DW_FORM_line_strp => (Place::LineStr, Some(source)),
            dw::DW_FORM_strp_sup | dw::DW_FORM_GNU_strp_alt => {
                let supplementary = self.unit.supplementary.as_ref();
                (Place::Str, supplementary.map(|file| file.strings.source))
            }
            dw::DW_FORM_strx
            | dw::DW_FORM_strx1
            | dw::DW_FORM_strx2
            | dw::DW_FORM_strx3
            | dw::DW_FORM_strx4
            | dw::DW_FORM_GNU_str_index => {
                let index = read_number(cursor, form, self.unit.sizes)?;
                return Ok(index.and_then(|index| self.indexed_name(index)));
            }
            _ => return skip_form(cursor, form, self.unit.sizes).map(|()| None),
        };
        let offset = cursor.uint(usize::from(self.unit.sizes.offset))?;
        Ok(source.map(|source| NameRef::new(place, source, offset)))
    }

    /// The name that `.debug_str_offsets` has at `index`.
    fn indexed_name(&self, index: u64) -> Option<NameRef> {
        let size = self.unit.sizes.offset;
        let base = self.of_unit.str_offsets_base?;
        let position = index.checked_mul(u64::from(size))?.checked_add(base)?;
        let mut cursor = Cursor::new(self.unit.str_offsets, self.unit.order);
        cursor.seek(usize::try_from(position).ok()?);
        let offset = cursor.uint(usize::from(size)).ok()?;
        Some(NameRef::new(Place::Str, self.unit.strings.source, offset))
    }

    /// Where the next sibling starts, if that is said and makes sense.
    pub(super) fn next_sibling(&self, fields: &Fields, position: usize) -> Option<usize> {
        let sibling = usize::try_from(fields.sibling?).ok()?;
        let next = self.unit.start.checked_add(sibling)?;
        (position..self.unit.end).contains(&next).then_some(next)
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
    pub(super) fn type_name(&mut self) -> Option<(u64, &'a [u8])> {
        let (signature, start) = self.unit.type_entry?;
        let mut fields = Fields::default();
        // The first entry says where the unit's names are.
        for start in [self.unit.root, start] {
            self.next(&mut self.cursor(start), &mut fields).ok()??;
        }
        Some((signature, self.bytes_of(fields.name?)?))
    }
}
