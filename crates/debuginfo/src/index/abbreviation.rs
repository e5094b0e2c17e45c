use gimli::{DwAt, DwForm, DwTag, constants as dw};
use hashbrown::HashMap;
use spelunk_base::{Cursor, Truncated};

/// The abbreviations of a unit, compiled to the few steps that the index needs of each.
///
/// This is the inner loop of indexing: four million entries of a kernel pass through it.
#[derive(Default)]
pub(super) struct Abbreviations {
    /// By code, from 1, as long as the table counts so; all compilers do.
    dense: Vec<Abbreviation>,
    sparse: HashMap<u64, Abbreviation, foldhash::fast::RandomState>,
    steps: Vec<Step>,
}

/// An abbreviation: what is known of all entries that have it.
pub(super) struct Abbreviation {
    pub(super) tag: DwTag,
    pub(super) has_children: bool,
    /// `DW_AT_low_pc`, `DW_AT_ranges` or `DW_AT_entry_pc`
    pub(super) has_code: bool,
    /// `DW_AT_enum_class`
    pub(super) is_scoped: bool,
    /// `DW_AT_const_value`
    pub(super) has_value: bool,
    /// Its size, without the code, if nothing but that matters.
    pub(super) idle: Option<u32>,
    first: u32,
    count: u32,
}

/// What to do for one or more attributes.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// Pass over this many bytes.
    Skip(u32),
    /// Pass over a value whose length is seen from the value.
    SkipForm(DwForm),
    /// Read a number of this many bytes.
    Number(Wanted, u8),
    /// Read the offset of a name in `.debug_str`, of this many bytes.
    Name(u8),
    /// Read a value.
    Read(Wanted, DwForm),
    /// A value that stands in the abbreviation itself.
    Constant(Wanted, i64),
}

/// The attributes that the index looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    Name,
    Sibling,
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
}

impl Wanted {
    fn is_text(self) -> bool {
        matches!(self, Self::Name | Self::Folder | Self::Producer)
    }
}

/// Sizes that forms depend on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) version: u16,
    pub(super) address: u8,
    /// 4 in 32-bit DWARF, 8 in 64-bit DWARF.
    pub(super) offset: u8,
}

impl Abbreviations {
    /// Compiles the table that `cursor` is at the start of, and leaves it at the end. A damaged
    /// table has the abbreviations up to the damage.
    pub(super) fn parse(cursor: &mut Cursor<'_>, sizes: Sizes) -> Self {
        let mut table = Self::default();
        while let Ok(code @ 1..) = cursor.uleb128() {
            let Ok(abbreviation) = table.parse_one(cursor, sizes) else {
                break;
            };
            if code == (table.dense.len() as u64).saturating_add(1) {
                table.dense.push(abbreviation);
            } else {
                table.sparse.entry(code).or_insert(abbreviation);
            }
        }
        table
    }

    fn parse_one(
        &mut self,
        cursor: &mut Cursor<'_>,
        sizes: Sizes,
    ) -> Result<Abbreviation, Truncated> {
        let tag = DwTag(u16::try_from(cursor.uleb128()?).unwrap_or(0));
        let (of_interest, first) = (is_of_interest(tag), self.steps.len());
        let mut abbreviation = Abbreviation {
            tag,
            has_children: cursor.u8()? != 0,
            has_code: false,
            is_scoped: false,
            has_value: false,
            idle: None,
            first: u32::try_from(self.steps.len()).unwrap_or(u32::MAX),
            count: 0,
        };
        let mut skip = 0u32;
        loop {
            let name = DwAt(u16::try_from(cursor.uleb128()?).unwrap_or(0));
            let form = DwForm(u16::try_from(cursor.uleb128()?).unwrap_or(0));
            let constant = match form {
                dw::DW_FORM_implicit_const => cursor.sleb128()?,
                _ => 0,
            };
            if name == DwAt(0) && form == DwForm(0) {
                break;
            }
            match name {
                dw::DW_AT_low_pc | dw::DW_AT_ranges | dw::DW_AT_entry_pc => {
                    abbreviation.has_code = true;
                }
                dw::DW_AT_enum_class => abbreviation.is_scoped = true,
                dw::DW_AT_const_value => abbreviation.has_value = true,
                _ => {}
            }
            let step = match (wanted(of_interest, name), fixed_size(form, sizes)) {
                (Some(Wanted::Signature), _) if form == dw::DW_FORM_ref_sig8 => {
                    Step::Number(Wanted::Signature, 8)
                }
                (Some(wanted), _) if form == dw::DW_FORM_implicit_const => {
                    Step::Constant(wanted, constant)
                }
                (Some(Wanted::Name), _) if form == dw::DW_FORM_strp => Step::Name(sizes.offset),
                (Some(wanted), _) if form == dw::DW_FORM_flag_present => Step::Constant(wanted, 1),
                (Some(wanted), _) => match number_size(form, sizes) {
                    Some(size) if !wanted.is_text() => Step::Number(wanted, size),
                    _ => Step::Read(wanted, form),
                },
                (None, Some(size)) => {
                    skip = skip.saturating_add(size);
                    continue;
                }
                (None, None) => Step::SkipForm(form),
            };
            self.push_skip(&mut skip);
            self.steps.push(step);
        }
        if !abbreviation.has_children && !of_interest && self.steps.len() == first {
            abbreviation.idle = Some(skip);
        }
        self.push_skip(&mut skip);
        let end = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        abbreviation.count = end.saturating_sub(abbreviation.first);
        Ok(abbreviation)
    }

    fn push_skip(&mut self, skip: &mut u32) {
        if *skip != 0 {
            self.steps.push(Step::Skip(*skip));
            *skip = 0;
        }
    }

    pub(super) fn get(&self, code: u64) -> Option<&Abbreviation> {
        let index = usize::try_from(code).ok()?.checked_sub(1)?;
        self.dense.get(index).or_else(|| self.sparse.get(&code))
    }

    pub(super) fn steps(&self, abbreviation: &Abbreviation) -> &[Step] {
        let first = abbreviation.first as usize;
        let end = first.saturating_add(abbreviation.count as usize);
        self.steps.get(first..end).unwrap_or(&[])
    }
}

/// What an attribute is to the index, on an entry that is of interest or not.
fn wanted(of_interest: bool, name: DwAt) -> Option<Wanted> {
    let wanted = match name {
        dw::DW_AT_sibling => return Some(Wanted::Sibling),
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
        _ => return None,
    };
    of_interest.then_some(wanted)
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

/// The size of a value of this form, where it is the same for all of them.
fn fixed_size(form: DwForm, sizes: Sizes) -> Option<u32> {
    Some(match form {
        dw::DW_FORM_flag_present | dw::DW_FORM_implicit_const => 0,
        dw::DW_FORM_data1
        | dw::DW_FORM_ref1
        | dw::DW_FORM_flag
        | dw::DW_FORM_strx1
        | dw::DW_FORM_addrx1 => 1,
        dw::DW_FORM_data2 | dw::DW_FORM_ref2 | dw::DW_FORM_strx2 | dw::DW_FORM_addrx2 => 2,
        dw::DW_FORM_strx3 | dw::DW_FORM_addrx3 => 3,
        dw::DW_FORM_data4
        | dw::DW_FORM_ref4
        | dw::DW_FORM_strx4
        | dw::DW_FORM_addrx4
        | dw::DW_FORM_ref_sup4 => 4,
        dw::DW_FORM_data8 | dw::DW_FORM_ref8 | dw::DW_FORM_ref_sig8 | dw::DW_FORM_ref_sup8 => 8,
        dw::DW_FORM_data16 => 16,
        dw::DW_FORM_addr => u32::from(sizes.address),
        // DWARF 2 gave references to other units the size of an address.
        dw::DW_FORM_ref_addr if sizes.version == 2 => u32::from(sizes.address),
        dw::DW_FORM_ref_addr
        | dw::DW_FORM_sec_offset
        | dw::DW_FORM_strp
        | dw::DW_FORM_line_strp
        | dw::DW_FORM_strp_sup
        | dw::DW_FORM_GNU_ref_alt
        | dw::DW_FORM_GNU_strp_alt => u32::from(sizes.offset),
        _ => return None,
    })
}

/// Passes over a value.
pub(super) fn skip_form(
    cursor: &mut Cursor<'_>,
    form: DwForm,
    sizes: Sizes,
) -> Result<(), Truncated> {
    if let Some(size) = fixed_size(form, sizes) {
        return cursor.skip(size as usize);
    }
    let length = match form {
        dw::DW_FORM_udata
        | dw::DW_FORM_sdata
        | dw::DW_FORM_ref_udata
        | dw::DW_FORM_strx
        | dw::DW_FORM_addrx
        | dw::DW_FORM_loclistx
        | dw::DW_FORM_rnglistx
        | dw::DW_FORM_GNU_addr_index
        | dw::DW_FORM_GNU_str_index => return cursor.uleb128().map(drop),
        dw::DW_FORM_string => return cursor.c_str().map(drop),
        dw::DW_FORM_exprloc | dw::DW_FORM_block => cursor.uleb128()?,
        dw::DW_FORM_block1 => u64::from(cursor.u8()?),
        dw::DW_FORM_block2 => u64::from(cursor.u16()?),
        dw::DW_FORM_block4 => u64::from(cursor.u32()?),
        dw::DW_FORM_indirect => {
            let form = read_form(cursor)?;
            return skip_form(cursor, form, sizes);
        }
        // What is unknown cannot be passed over; to fail is all that is left.
        _ => u64::MAX,
    };
    cursor.skip(usize::try_from(length).unwrap_or(usize::MAX))
}

/// An integer or a reference of this form; `None` if the form is for something else. The cursor
/// moves on in any case.
pub(super) fn read_number(
    cursor: &mut Cursor<'_>,
    form: DwForm,
    sizes: Sizes,
) -> Result<Option<u64>, Truncated> {
    match form {
        dw::DW_FORM_udata
        | dw::DW_FORM_ref_udata
        | dw::DW_FORM_strx
        | dw::DW_FORM_GNU_str_index => cursor.uleb128().map(Some),
        dw::DW_FORM_sdata => cursor.sleb128().map(|value| Some(value.cast_unsigned())),
        _ => match number_size(form, sizes) {
            Some(size) => cursor.uint(usize::from(size)).map(Some),
            None => skip_form(cursor, form, sizes).map(|()| None),
        },
    }
}

/// Where an attribute refers to.
#[derive(Clone, Copy)]
pub(super) enum Reference {
    /// An offset in the same unit.
    Unit(u64),
    /// An offset in the same section.
    Section(u64),
    /// An offset in the supplementary file's `.debug_info`.
    Supplementary(u64),
}

/// A reference of this form; `None` if the form is for something else. The cursor moves on in any
/// case.
pub(super) fn read_reference(
    cursor: &mut Cursor<'_>,
    form: DwForm,
    sizes: Sizes,
) -> Result<Option<Reference>, Truncated> {
    let kind = match form {
        dw::DW_FORM_ref_addr => Reference::Section,
        dw::DW_FORM_ref_sup4 | dw::DW_FORM_ref_sup8 | dw::DW_FORM_GNU_ref_alt => {
            Reference::Supplementary
        }
        _ => return Ok(read_number(cursor, form, sizes)?.map(Reference::Unit)),
    };
    let size = fixed_size(form, sizes).unwrap_or(0);
    Ok(Some(kind(cursor.uint(size as usize)?)))
}

/// The form that stands before a value of `DW_FORM_indirect`; it cannot be indirect again.
pub(super) fn read_form(cursor: &mut Cursor<'_>) -> Result<DwForm, Truncated> {
    let offset = cursor.position();
    match DwForm(u16::try_from(cursor.uleb128()?).unwrap_or(0)) {
        dw::DW_FORM_indirect => Err(Truncated { offset }),
        form => Ok(form),
    }
}

/// The size of an integer, of an index or of a reference in the same unit, where it is fixed.
fn number_size(form: DwForm, sizes: Sizes) -> Option<u8> {
    match form {
        dw::DW_FORM_data1
        | dw::DW_FORM_ref1
        | dw::DW_FORM_flag
        | dw::DW_FORM_strx1
        | dw::DW_FORM_data2
        | dw::DW_FORM_ref2
        | dw::DW_FORM_strx2
        | dw::DW_FORM_strx3
        | dw::DW_FORM_data4
        | dw::DW_FORM_ref4
        | dw::DW_FORM_strx4
        | dw::DW_FORM_data8
        | dw::DW_FORM_ref8
        | dw::DW_FORM_sec_offset => u8::try_from(fixed_size(form, sizes)?).ok(),
        _ => None,
    }
}
