//! What can be shown, and as what.

use crate::{Error, ErrorKind, Result, Target};
use spelunk_types::{Primitive, QualifiedType, TypeData};

/// Whether what went wrong with a part is no matter of the rest.
pub(super) fn is_shown_in_place(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Fault(_)
            | ErrorKind::Type
            | ErrorKind::Value
            | ErrorKind::Overflow
            | ErrorKind::OutOfBounds
            | ErrorKind::NotImplemented
            | ErrorKind::Other
    )
}

/// That objects of the type have values to show.
pub(super) fn check_formattable(data: &TypeData) -> Result<()> {
    let what = match data {
        TypeData::Void => "void",
        TypeData::Compound {
            kind, size: None, ..
        } => &format!("incomplete {}", kind.keyword()),
        TypeData::Enum {
            compatible: None, ..
        } => "incomplete enum",
        _ => return Ok(()),
    };
    Err(Error::type_(format!("cannot format {what} object")))
}

/// Whether objects of the type are characters, and pointers to them strings. Only C's own types
/// are, not their typedefs: a `u8` is a number.
pub(super) fn is_character(target: &dyn Target, ty: QualifiedType) -> Result<bool> {
    let data = &target.types().get(ty.id)?.data;
    Ok(matches!(data, TypeData::Int { size: 1, .. })
        && matches!(
            data.primitive(),
            Some(Primitive::Char | Primitive::SignedChar | Primitive::UnsignedChar)
        ))
}
