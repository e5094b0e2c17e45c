use crate::{Error, Primitive, Result, Target};
use spelunk_types::{QualifiedType, TypeStore};

const LATER: &str = "not implemented yet";

/// The type that C calls `name`: `struct foo *`, `unsigned long [4]`, `size_t`. `filename` says
/// which file defines it.
///
/// # Errors
///
/// If `name` is no type name, or the target has no such type.
pub fn lookup_type(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
) -> Result<QualifiedType> {
    find_type(target, name, filename)?
        .ok_or_else(|| Error::lookup(format!("could not find '{name}'")))
}

/// As [`lookup_type`], but `None` where the target has no such type.
///
/// # Errors
///
/// If `name` is no type name.
pub fn find_type(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
) -> Result<Option<QualifiedType>> {
    let _ = (target, name, filename);
    Err(Error::not_implemented(LATER))
}

/// The target's basic type: from its debugging information, else as its platform has it.
///
/// # Errors
///
/// If the platform is not known.
pub fn primitive_type(target: &dyn Target, primitive: Primitive) -> Result<QualifiedType> {
    let _ = (target, primitive);
    Err(Error::not_implemented(LATER))
}

/// The name of a type as C writes it: `struct foo *`, `int (*)[2]`.
///
/// # Errors
///
/// If a type cannot be completed. So do all that follow.
pub fn type_name(types: &TypeStore, ty: QualifiedType) -> Result<String> {
    let _ = (types, ty);
    Err(Error::not_implemented(LATER))
}

/// The declaration of a variable of the type: `int (*name)[2]`.
///
/// # Errors
///
/// As [`type_name`].
pub fn variable_declaration(types: &TypeStore, ty: QualifiedType, name: &str) -> Result<String> {
    let _ = (types, ty, name);
    Err(Error::not_implemented(LATER))
}

/// The definition of a type as C writes it, with its members (what `str(type)` shows).
///
/// # Errors
///
/// As [`type_name`].
pub fn format_type(types: &TypeStore, ty: QualifiedType) -> Result<String> {
    let _ = (types, ty);
    Err(Error::not_implemented(LATER))
}
