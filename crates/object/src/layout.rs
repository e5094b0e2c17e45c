use crate::{Error, Result, Target};
use spelunk_types::{FlatMember, QualifiedType, TypeId, TypeKind, TypeStore};

const LATER: &str = "not implemented yet";

/// The type behind all typedefs at the top, with the qualifiers gathered on the way.
///
/// # Errors
///
/// If a type cannot be completed, or typedefs go in a circle. So do all that follow.
pub fn unaliased(types: &TypeStore, ty: QualifiedType) -> Result<QualifiedType> {
    let _ = (types, ty);
    Err(Error::not_implemented(LATER))
}

/// The kind of the type behind all typedefs.
///
/// # Errors
///
/// As [`unaliased`].
pub fn unaliased_kind(types: &TypeStore, ty: QualifiedType) -> Result<TypeKind> {
    let _ = (types, ty);
    Err(Error::not_implemented(LATER))
}

/// Whether the definition of the type is known.
///
/// # Errors
///
/// As [`unaliased`].
pub fn is_complete(types: &TypeStore, ty: QualifiedType) -> Result<bool> {
    let _ = (types, ty);
    Err(Error::not_implemented(LATER))
}

/// The size of an object of the type, in bytes.
///
/// # Errors
///
/// As [`unaliased`]; also if objects of the type have no size.
pub fn sizeof(types: &TypeStore, ty: QualifiedType) -> Result<u64> {
    let _ = (types, ty);
    Err(Error::not_implemented(LATER))
}

/// The alignment that C demands of an object of the type, in bytes.
///
/// # Errors
///
/// As [`sizeof`].
pub fn alignof(types: &TypeStore, ty: QualifiedType) -> Result<u64> {
    let _ = (types, ty);
    Err(Error::not_implemented(LATER))
}

/// The member called `name` of a structure, union or class (typedefs are looked through).
///
/// # Errors
///
/// As [`unaliased`]; also if the type has no members. A missing member is `None`.
pub fn find_member(types: &TypeStore, ty: TypeId, name: &str) -> Result<Option<FlatMember>> {
    let _ = (types, ty, name);
    Err(Error::not_implemented(LATER))
}

/// Where the part that a designator (`a.b[3].c`) names stands in the type: bytes from its start.
///
/// # Errors
///
/// As [`unaliased`]; if the designator names no part, or one that does not start at a byte.
pub fn offsetof(target: &dyn Target, ty: QualifiedType, designator: &str) -> Result<u64> {
    let _ = (target, ty, designator);
    Err(Error::not_implemented(LATER))
}
