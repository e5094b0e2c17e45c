use gimli::{DwForm, constants as dw};
use spelunk_base::{Cursor, Truncated};

/// Sizes that forms depend on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) version: u16,
    pub(super) address: u8,
    /// 4 in 32-bit DWARF, 8 in 64-bit DWARF.
    pub(super) offset: u8,
}

/// The sizes of values, by form, ready to look up.
pub(super) struct FixedSizes {
    sizes: Sizes,
    by_form: [u8; 256],
}

/// What is in the table for forms that it has no size for.
const NOT_FIXED: u8 = u8::MAX;

impl FixedSizes {
    pub(super) fn new(sizes: Sizes) -> Self {
        let size = |form| fixed_size(DwForm(form), sizes).and_then(|size| u8::try_from(size).ok());
        let mut by_form = [NOT_FIXED; 256];
        for (form, place) in (0..).zip(&mut by_form) {
            *place = size(form).unwrap_or(NOT_FIXED);
        }
        Self { sizes, by_form }
    }

    pub(super) fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The size of a value of this form, where it is the same for all of them.
    pub(super) fn get(&self, form: DwForm) -> Option<u32> {
        match self.by_form.get(usize::from(form.0)) {
            Some(&NOT_FIXED) => None,
            Some(size) => Some(u32::from(*size)),
            None => fixed_size(form, self.sizes),
        }
    }
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
pub(super) fn number_size(form: DwForm, sizes: Sizes) -> Option<u8> {
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
