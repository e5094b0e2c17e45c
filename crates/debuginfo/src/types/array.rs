use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use gimli::{AttributeValue, constants as dw};
use spelunk_types::{TypeData, TypeStore};

/// Dimensions of an array: more is no program but a damaged file.
const MAX_DIMENSIONS: usize = 1 << 10;

impl DebugFile {
    /// An array of arrays, as C sees it, for an array of several dimensions.
    pub(super) fn array(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<TypeData, DebugInfoError> {
        let lengths = dimensions(die, |subrange| Ok(length(subrange)))?;
        let mut element = self.declared_type(store, die)?;
        let (outermost, inner) = match lengths.split_first() {
            Some((outermost, inner)) => (*outermost, inner),
            None => (None, &[][..]),
        };
        for length in inner.iter().rev() {
            element = store.array(element, *length, die.language())?.into();
        }
        Ok(TypeData::Array {
            element,
            length: outermost,
        })
    }
}

/// What `length` says of each dimension of an array, from the outermost on.
pub(crate) fn dimensions<T>(
    die: &Die<'_, '_>,
    mut length: impl FnMut(&Die<'_, '_>) -> Result<T, DebugInfoError>,
) -> Result<Vec<T>, DebugInfoError> {
    let mut lengths = Vec::new();
    die.for_each_child(|child| {
        if matches!(
            child.tag(),
            dw::DW_TAG_subrange_type | dw::DW_TAG_enumeration_type
        ) {
            if lengths.len() == MAX_DIMENSIONS {
                return Err(child.damaged("array has too many dimensions"));
            }
            lengths.push(length(&child)?);
        }
        Ok(())
    })?;
    Ok(lengths)
}

/// The number of elements of a dimension. `None` for `[]`, and for an array whose length is only
/// known when the program runs (the bound is an expression or a variable).
pub(crate) fn length(subrange: &Die<'_, '_>) -> Option<u64> {
    if let Some(count) = subrange.attr(dw::DW_AT_count) {
        return count.udata_value();
    }
    let lower = match subrange.attr(dw::DW_AT_lower_bound) {
        // That of C, C++ and Rust.
        None => 0,
        Some(bound) => i128::from(bound.sdata_value()?),
    };
    let upper: i128 = match subrange.attr(dw::DW_AT_upper_bound)? {
        // Some compilers say -1 for `[0]`, in more or fewer bits.
        AttributeValue::Data4(u32::MAX) | AttributeValue::Data8(u64::MAX) => -1,
        AttributeValue::Sdata(bound) => bound.into(),
        bound => bound.udata_value()?.into(),
    };
    let length = upper.saturating_sub(lower).saturating_add(1);
    Some(u64::try_from(length).unwrap_or(0))
}
