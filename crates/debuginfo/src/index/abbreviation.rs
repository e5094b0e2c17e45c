use super::declaration::Declaration;
use super::declaration_map::DeclarationMap;
use super::definition::{Definition, Field};
use super::forms::{FixedSizes, Sizes, number_size};
use gimli::{DwAt, DwForm, DwTag, constants as dw};
use hashbrown::HashMap;
use spelunk_base::{ByteOrder, Cursor, Truncated};
use std::num::NonZeroU32;

/// The abbreviations of a unit, compiled to where in an entry stands what the index looks at, so
/// that an entry is passed over in one step, and only values that are needed are read.
///
/// This is the inner loop of indexing: four million entries of a kernel pass through it.
pub(super) struct Abbreviations {
    sizes: FixedSizes,
    /// By code, from 1, as long as the table counts so; all compilers do.
    dense: Vec<Abbreviation>,
    sparse: HashMap<u64, Abbreviation, foldhash::fast::RandomState>,
    /// Those of this table and of others before it.
    known: DeclarationMap<Abbreviation>,
    /// What known abbreviations refer to: their values of variable length,
    variable: Vec<Variable>,
    /// where values stand that the index looks at,
    slots: Vec<Slots>,
    /// and what tells their definitions from others.
    definitions: Vec<Definition>,
}

/// Abbreviations that are kept for the tables that follow: more than compilers use.
const MAX_KNOWN: usize = 1 << 12;

/// Where the value of each attribute is, by [`Wanted`].
type Slots = [Slot; Wanted::COUNT];

/// An abbreviation: what is known of all entries that have it. Small, since a table of some hundred is
/// used all the time.
#[derive(Clone, Copy)]
pub(super) struct Abbreviation {
    /// Bytes of the values up to the first of variable length, or of all.
    pub(super) size: u32,
    /// Its values of variable length: a range of [`Abbreviations::variable`].
    pub(super) variables: u32,
    first_variable: u32,
    /// Its place among [`Abbreviations::slots`], and among [`Abbreviations::definitions`].
    slots: Option<Place>,
    definition: Option<Place>,
    /// Where the next entry at the same depth is,
    sibling: Slot,
    /// and the same, if that can be read at once.
    pub(super) sibling_field: Option<Field>,
    pub(super) tag: DwTag,
    pub(super) has_children: bool,
    pub(super) interest: Interest,
    has: Attributes,
}

/// A place in a list, counted from 1.
#[derive(Clone, Copy)]
struct Place(NonZeroU32);

impl Place {
    /// That of the last one.
    fn last<T>(list: &[T]) -> Option<Self> {
        u32::try_from(list.len())
            .ok()
            .and_then(NonZeroU32::new)
            .map(Self)
    }

    #[inline]
    fn get<T>(self, list: &[T]) -> Option<&T> {
        list.get((self.0.get() as usize).checked_sub(1)?)
    }
}

impl Abbreviation {
    /// Whether entries have one of these attributes.
    pub(super) fn has(&self, attributes: Attributes) -> bool {
        self.has.0 & attributes.0 != 0
    }
}

/// A set of attributes that tell of an entry without their values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Attributes(u8);

impl Attributes {
    const NONE: Self = Self(0);
    /// `DW_AT_low_pc`, `DW_AT_ranges` or `DW_AT_entry_pc`
    pub(super) const CODE: Self = Self(1);
    /// `DW_AT_enum_class`
    pub(super) const ENUM_CLASS: Self = Self(2);
    /// `DW_AT_const_value`
    pub(super) const VALUE: Self = Self(4);
    /// `DW_AT_export_symbols`
    pub(super) const EXPORT_SYMBOLS: Self = Self(8);
}

/// What entries may be good for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Interest {
    Nothing,
    /// They have no names for the index, but others may refer to them, which have their scopes.
    Scope,
    /// They are classes without names for the index; in other languages than C, names may be in them.
    Inside,
    Names,
    /// No entry is good for everything: it is asked for to pass over all of them.
    Everything,
}

/// A value of variable length, and how many bytes of other values follow up to the next one.
#[derive(Clone, Copy)]
pub(super) struct Variable {
    pub(super) form: DwForm,
    pub(super) behind: u32,
}

/// Where the index finds a value that it looks at: so many bytes behind the start of a run. The
/// first run of values starts behind the entry's code, each other one behind a value of variable
/// length.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// Entries do not have it, or it stands behind more than 255 values of variable length.
    Absent,
    /// A number of this many bytes.
    Number { size: u8, run: u8, offset: u32 },
    /// An offset in `.debug_str`, of this many bytes.
    Str { size: u8, run: u8, offset: u32 },
    /// A value of another form.
    Form { form: DwForm, run: u8, offset: u32 },
    /// It stands in the abbreviation itself. Larger ones are no sizes and no lines.
    Constant(u32),
}

/// The attributes of which the index looks at the values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    Name,
    Declaration,
    /// `DW_AT_specification` or `DW_AT_abstract_origin`
    Origin,
    ByteSize,
    Encoding,
    DeclFile,
    DeclLine,
    Language,
    StrOffsetsBase,
    /// `DW_AT_stmt_list`
    Lines,
    /// `DW_AT_comp_dir`
    Folder,
    Producer,
    /// `DW_AT_import` of `DW_TAG_imported_unit`
    Import,
    /// `DW_AT_signature` of a class whose definition has a unit of its own
    Signature,
    /// Of all abbreviations, others only of those that the index looks at.
    Sibling,
}

impl Wanted {
    const COUNT: usize = Self::Signature as usize + 1;

    fn is_text(self) -> bool {
        matches!(self, Self::Name | Self::Folder | Self::Producer)
    }
}

impl Abbreviations {
    /// No abbreviations.
    pub(super) fn new(sizes: Sizes) -> Self {
        Self {
            sizes: FixedSizes::new(sizes),
            dense: Vec::new(),
            sparse: HashMap::default(),
            known: DeclarationMap::new(),
            variable: Vec::new(),
            slots: Vec::new(),
            definitions: Vec::new(),
        }
    }

    /// Compiles the table that `cursor` is at the start of, in the room of this one, and leaves the
    /// cursor at the end. A damaged table has the abbreviations up to the damage.
    pub(super) fn parse(mut self, cursor: &mut Cursor<'_>, sizes: Sizes) -> Self {
        let are_many = [self.slots.len(), self.variable.len(), self.known.len()];
        if self.sizes.sizes() != sizes || are_many.iter().any(|count| *count > MAX_KNOWN) {
            self.sizes = FixedSizes::new(sizes);
            self.known.clear();
            self.variable.clear();
            self.slots.clear();
            self.definitions.clear();
        }
        self.dense.clear();
        self.sparse.clear();
        while let Ok(code @ 1..) = cursor.uleb128() {
            let Ok(abbreviation) = self.parse_known(cursor) else {
                break;
            };
            if code == (self.dense.len() as u64).saturating_add(1) {
                self.dense.push(abbreviation);
            } else {
                self.sparse.entry(code).or_insert(abbreviation);
            }
        }
        self
    }

    fn parse_known(&mut self, cursor: &mut Cursor<'_>) -> Result<Abbreviation, Truncated> {
        let Some((declaration, size)) = Declaration::find(cursor.rest()) else {
            return self.parse_one(cursor);
        };
        if let Some(known) = self.known.get(&declaration) {
            cursor.skip(size)?;
            return Ok(*known);
        }
        let start = cursor.position();
        let new = self.parse_one(cursor)?;
        // Numbers may be written in more bytes than they need.
        if cursor.position().checked_sub(start) == Some(size) {
            self.known.insert(declaration, new);
        }
        Ok(new)
    }

    fn parse_one(&mut self, cursor: &mut Cursor<'_>) -> Result<Abbreviation, Truncated> {
        let tag = DwTag(u16::try_from(cursor.uleb128()?).unwrap_or(0));
        let mut abbreviation = Abbreviation {
            tag,
            has_children: cursor.u8()? != 0,
            interest: Interest::Nothing,
            has: Attributes::NONE,
            size: 0,
            variables: 0,
            first_variable: u32::try_from(self.variable.len()).unwrap_or(u32::MAX),
            sibling: Slot::Absent,
            sibling_field: None,
            slots: None,
            definition: None,
        };
        let is_of_interest = is_of_interest(tag);
        if is_of_interest {
            self.slots.push([Slot::Absent; Wanted::COUNT]);
            abbreviation.slots = Place::last(&self.slots);
        }
        // Where the next value stands in its run.
        let mut offset = 0u32;
        loop {
            let attribute = Attribute::parse(cursor)?;
            if attribute.is_end() {
                break;
            }
            if is_of_interest || attribute.name == dw::DW_AT_sibling {
                self.note(&mut abbreviation, attribute, offset);
            }
            let form = attribute.form;
            match self.sizes.get(form) {
                Some(size) => offset = offset.saturating_add(size),
                None => {
                    self.end_run(&mut abbreviation, offset);
                    self.variable.push(Variable { form, behind: 0 });
                    abbreviation.variables = abbreviation.variables.saturating_add(1);
                    offset = 0;
                }
            }
        }
        self.end_run(&mut abbreviation, offset);
        if cursor.order() == ByteOrder::Little && abbreviation.sibling != Slot::Absent {
            abbreviation.sibling_field = Field::new(abbreviation.sibling);
        }
        if is_of_interest {
            let slot = |wanted| self.slot(&abbreviation, wanted);
            let interest = interest(&abbreviation, slot);
            let definition = match cursor.order() {
                ByteOrder::Little => Definition::new(tag, slot),
                ByteOrder::Big => None,
            };
            abbreviation.interest = interest;
            if let Some(definition) = definition {
                self.definitions.push(definition);
                abbreviation.definition = Place::last(&self.definitions);
            }
        }
        Ok(abbreviation)
    }

    /// Takes note of an attribute of an abbreviation, whose value stands at `offset` in its run.
    #[inline]
    fn note(&mut self, abbreviation: &mut Abbreviation, attribute: Attribute, offset: u32) {
        let sizes = self.sizes.sizes();
        let run = u8::try_from(abbreviation.variables);
        let slot = |wanted| match run {
            Ok(run) => attribute.slot(wanted, run, offset, sizes),
            Err(_) => Slot::Absent,
        };
        match meaning(attribute.name) {
            Meaning::Nothing => {}
            Meaning::Tells(attributes) => abbreviation.has.0 |= attributes.0,
            Meaning::Wanted(Wanted::Sibling) => abbreviation.sibling = slot(Wanted::Sibling),
            Meaning::Wanted(wanted) => {
                if let Some(slots) = self.slots.last_mut()
                    && let Some(place) = slots.get_mut(wanted as usize)
                {
                    *place = slot(wanted);
                }
            }
        }
    }

    fn end_run(&mut self, abbreviation: &mut Abbreviation, size: u32) {
        match self.variable.last_mut() {
            Some(variable) if abbreviation.variables > 0 => variable.behind = size,
            _ => abbreviation.size = size,
        }
    }

    #[inline]
    pub(super) fn get(&self, code: u64) -> Option<&Abbreviation> {
        let index = usize::try_from(code).ok()?.checked_sub(1)?;
        self.dense.get(index).or_else(|| self.sparse.get(&code))
    }

    /// Where the value of an attribute is.
    #[inline]
    pub(super) fn slot(&self, abbreviation: &Abbreviation, wanted: Wanted) -> Slot {
        if wanted == Wanted::Sibling {
            return abbreviation.sibling;
        }
        let slots = abbreviation.slots.and_then(|place| place.get(&self.slots));
        let slot = slots.and_then(|slots| slots.get(wanted as usize));
        slot.copied().unwrap_or(Slot::Absent)
    }

    /// What tells definitions that have the abbreviation from others, if they are definitions.
    #[inline]
    pub(super) fn definition(&self, abbreviation: &Abbreviation) -> Option<&Definition> {
        abbreviation.definition?.get(&self.definitions)
    }

    /// The values of variable length in the abbreviation's entries.
    pub(super) fn variables(&self, abbreviation: &Abbreviation) -> &[Variable] {
        let first = abbreviation.first_variable as usize;
        let end = first.saturating_add(abbreviation.variables as usize);
        self.variable.get(first..end).unwrap_or(&[])
    }
}

/// What entries are good for that have a tag that the index looks at.
fn interest(abbreviation: &Abbreviation, slot: impl Fn(Wanted) -> Slot) -> Interest {
    let has_value = abbreviation.has(Attributes::VALUE);
    let is_declaration = matches!(slot(Wanted::Declaration), Slot::Constant(1..));
    let is_alone = has_value || slot(Wanted::Origin) != Slot::Absent;
    let has_name = slot(Wanted::Name) != Slot::Absent;
    match abbreviation.tag {
        dw::DW_TAG_member if !has_value => Interest::Scope,
        _ if is_alone => Interest::Names,
        dw::DW_TAG_subprogram | dw::DW_TAG_variable if is_declaration => Interest::Scope,
        dw::DW_TAG_structure_type | dw::DW_TAG_union_type | dw::DW_TAG_class_type
            if is_declaration || !has_name =>
        {
            match abbreviation.has_children {
                true => Interest::Inside,
                false => Interest::Scope,
            }
        }
        _ => Interest::Names,
    }
}

/// Whether the index looks at more of entries with this tag than where the next one is.
fn is_of_interest(tag: DwTag) -> bool {
    matches!(
        tag,
        dw::DW_TAG_structure_type
            | dw::DW_TAG_union_type
            | dw::DW_TAG_class_type
            | dw::DW_TAG_enumeration_type
            | dw::DW_TAG_typedef
            | dw::DW_TAG_base_type
            | dw::DW_TAG_enumerator
            | dw::DW_TAG_variable
            | dw::DW_TAG_member
            | dw::DW_TAG_subprogram
            | dw::DW_TAG_namespace
            | dw::DW_TAG_imported_unit
            | dw::DW_TAG_compile_unit
            | dw::DW_TAG_partial_unit
            | dw::DW_TAG_type_unit
    )
}

/// An attribute of an abbreviation.
#[derive(Clone, Copy)]
struct Attribute {
    name: DwAt,
    form: DwForm,
    /// Of `DW_FORM_implicit_const`.
    constant: i64,
}

impl Attribute {
    /// The next attribute, or what ends the list of them.
    #[inline(always)]
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Truncated> {
        // Nearly all numbers have one byte.
        let (name, form) = match cursor.rest() {
            [name @ ..0x80, form @ ..0x80, ..] => {
                cursor.seek(cursor.position().saturating_add(2));
                (u16::from(*name), u16::from(*form))
            }
            _ => {
                let mut number = || cursor.uleb128().map(u16::try_from);
                (number()?.unwrap_or(0), number()?.unwrap_or(0))
            }
        };
        let form = DwForm(form);
        let constant = match form {
            dw::DW_FORM_implicit_const => cursor.sleb128()?,
            _ => 0,
        };
        Ok(Self {
            name: DwAt(name),
            form,
            constant,
        })
    }

    fn is_end(&self) -> bool {
        self.name == DwAt(0) && self.form == DwForm(0)
    }

    /// How a value is found that stands there.
    fn slot(self, wanted: Wanted, run: u8, offset: u32, sizes: Sizes) -> Slot {
        let number = |size| Slot::Number { size, run, offset };
        match self.form {
            dw::DW_FORM_implicit_const => match u32::try_from(self.constant) {
                Ok(constant) => Slot::Constant(constant),
                Err(_) => Slot::Absent,
            },
            dw::DW_FORM_flag_present => Slot::Constant(1),
            dw::DW_FORM_ref_sig8 if wanted == Wanted::Signature => number(8),
            _ if wanted == Wanted::Signature => Slot::Absent,
            dw::DW_FORM_strp if wanted.is_text() => {
                let size = sizes.offset;
                Slot::Str { size, run, offset }
            }
            form => match number_size(form, sizes) {
                Some(size) if !wanted.is_text() => number(size),
                _ => Slot::Form { form, run, offset },
            },
        }
    }
}

/// What an attribute is to the index.
#[derive(Clone, Copy)]
enum Meaning {
    Nothing,
    Tells(Attributes),
    Wanted(Wanted),
}

/// What the attributes of the standard are to the index, by number.
static MEANINGS: [Meaning; 256] = {
    let mut meanings = [Meaning::Nothing; 256];
    let mut name = 0;
    while name < meanings.len() {
        #[expect(clippy::indexing_slicing, reason = "this runs when it is compiled")]
        {
            meanings[name] = meaning_of(DwAt(name as u16));
        }
        name += 1;
    }
    meanings
};

fn meaning(name: DwAt) -> Meaning {
    let meaning = MEANINGS.get(usize::from(name.0));
    meaning.copied().unwrap_or(Meaning::Nothing)
}

const fn meaning_of(name: DwAt) -> Meaning {
    Meaning::Wanted(match name {
        dw::DW_AT_low_pc | dw::DW_AT_ranges | dw::DW_AT_entry_pc => {
            return Meaning::Tells(Attributes::CODE);
        }
        dw::DW_AT_enum_class => return Meaning::Tells(Attributes::ENUM_CLASS),
        dw::DW_AT_const_value => return Meaning::Tells(Attributes::VALUE),
        dw::DW_AT_export_symbols => return Meaning::Tells(Attributes::EXPORT_SYMBOLS),
        dw::DW_AT_sibling => Wanted::Sibling,
        dw::DW_AT_name => Wanted::Name,
        dw::DW_AT_declaration => Wanted::Declaration,
        dw::DW_AT_signature => Wanted::Signature,
        dw::DW_AT_specification | dw::DW_AT_abstract_origin => Wanted::Origin,
        dw::DW_AT_byte_size => Wanted::ByteSize,
        dw::DW_AT_encoding => Wanted::Encoding,
        dw::DW_AT_decl_file => Wanted::DeclFile,
        dw::DW_AT_decl_line => Wanted::DeclLine,
        dw::DW_AT_language => Wanted::Language,
        dw::DW_AT_str_offsets_base => Wanted::StrOffsetsBase,
        dw::DW_AT_stmt_list => Wanted::Lines,
        dw::DW_AT_comp_dir => Wanted::Folder,
        dw::DW_AT_producer => Wanted::Producer,
        dw::DW_AT_import => Wanted::Import,
        _ => return Meaning::Nothing,
    })
}
