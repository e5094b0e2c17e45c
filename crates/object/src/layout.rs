//! What types are behind their typedefs, and how large.

use crate::{Error, ErrorKind, Result};
use spelunk_types::{FlatMember, QualifiedType, Type, TypeData, TypeId, TypeKind, TypeStore};

/// Typedefs of typedefs, arrays of arrays: deeper is a circle in a broken file.
const MAX_DEPTH: usize = 1000;

pub(crate) fn too_deep() -> Error {
    Error::new(ErrorKind::Recursion, "types are nested too deeply")
}

/// The type behind all typedefs at the top, with the qualifiers gathered on the way.
///
/// # Errors
///
/// If a type cannot be completed, or typedefs go in a circle. So do all that follow.
pub fn unaliased(types: &TypeStore, ty: QualifiedType) -> Result<QualifiedType> {
    let mut ty = ty;
    for _ in 0..MAX_DEPTH {
        match types.get(ty.id)?.data {
            TypeData::Typedef { aliased, .. } => {
                ty = QualifiedType {
                    id: aliased.id,
                    qualifiers: aliased.qualifiers | ty.qualifiers,
                }
            }
            _ => return Ok(ty),
        }
    }
    Err(too_deep())
}

/// What the type is behind all typedefs.
pub(crate) fn resolve(types: &TypeStore, id: TypeId) -> Result<(TypeId, &Type)> {
    let mut id = id;
    for _ in 0..MAX_DEPTH {
        let ty = types.get(id)?;
        match &ty.data {
            TypeData::Typedef { aliased, .. } => id = aliased.id,
            _ => return Ok((id, ty)),
        }
    }
    Err(too_deep())
}

/// The kind of the type behind all typedefs.
///
/// # Errors
///
/// As [`unaliased`].
pub fn unaliased_kind(types: &TypeStore, ty: QualifiedType) -> Result<TypeKind> {
    Ok(resolve(types, ty.id)?.1.data.kind())
}

/// Whether the definition of the type is known.
///
/// # Errors
///
/// As [`unaliased`].
pub fn is_complete(types: &TypeStore, ty: QualifiedType) -> Result<bool> {
    Ok(match &resolve(types, ty.id)?.1.data {
        TypeData::Void => false,
        TypeData::Compound { size, .. } => size.is_some(),
        TypeData::Enum { compatible, .. } => compatible.is_some(),
        TypeData::Array { length, .. } => length.is_some(),
        _ => true,
    })
}

/// `incomplete structure`, `void`, `function`: how messages call a type that has no values;
/// `None` for one that has.
pub(crate) fn describe_valueless(data: &TypeData) -> Option<String> {
    match data {
        TypeData::Void | TypeData::Function { .. } => Some(data.kind().to_string()),
        TypeData::Compound { size: None, .. }
        | TypeData::Enum {
            compatible: None, ..
        }
        | TypeData::Array { length: None, .. } => Some(format!("incomplete {}", data.kind())),
        _ => None,
    }
}

/// The size of an object of the type, in bytes.
///
/// # Errors
///
/// As [`unaliased`]; also if objects of the type have no size.
pub fn sizeof(types: &TypeStore, ty: QualifiedType) -> Result<u64> {
    let mut count = 1u64;
    let mut id = ty.id;
    for _ in 0..MAX_DEPTH {
        let data = &resolve(types, id)?.1.data;
        let size = match data {
            TypeData::Int { size, .. }
            | TypeData::Bool { size, .. }
            | TypeData::Float { size, .. }
            | TypeData::Pointer { size, .. }
            | TypeData::MemberPointer { size, .. }
            | TypeData::Compound {
                size: Some(size), ..
            } => *size,
            TypeData::Enum {
                compatible: Some(compatible),
                ..
            } => {
                id = *compatible;
                continue;
            }
            TypeData::Array {
                element,
                length: Some(length),
            } => {
                count = count.checked_mul(*length).ok_or_else(too_large)?;
                id = element.id;
                continue;
            }
            _ => {
                let what = describe_valueless(data).unwrap_or_else(|| data.kind().to_string());
                return Err(Error::type_(format!("cannot get size of {what} type")));
            }
        };
        return count.checked_mul(size).ok_or_else(too_large);
    }
    Err(too_deep())
}

fn too_large() -> Error {
    Error::overflow("type size is too large")
}

/// The size of an object of the type in bits.
pub(crate) fn bit_size(types: &TypeStore, ty: QualifiedType) -> Result<u64> {
    sizeof(types, ty)?.checked_mul(8).ok_or_else(too_large)
}

/// The member called `name` of a structure, union or class (typedefs are looked through).
///
/// # Errors
///
/// As [`unaliased`]; also if the type has no members. A missing member is `None`.
pub fn find_member(types: &TypeStore, ty: TypeId, name: &str) -> Result<Option<FlatMember>> {
    let (id, _) = resolve(types, ty)?;
    match types.members(id)? {
        Some(members) => Ok(members.find(types, name)?),
        None => Err(not_compound(types, ty)),
    }
}

/// As [`find_member`], but a missing member is an error that says so.
///
/// # Errors
///
/// As [`find_member`].
pub fn lookup_member(types: &TypeStore, ty: TypeId, name: &str) -> Result<FlatMember> {
    lookup_resolved(types, ty, resolve(types, ty)?.0, name)
}

/// As [`lookup_member`], where what `ty` stands for is known to be `id`.
pub(crate) fn lookup_resolved(
    types: &TypeStore,
    ty: TypeId,
    id: TypeId,
    name: &str,
) -> Result<FlatMember> {
    match types.members(id)? {
        Some(members) => members
            .find(types, name)?
            .ok_or_else(|| no_member(types, ty, name)),
        None => Err(not_compound(types, ty)),
    }
}

fn not_compound(types: &TypeStore, ty: TypeId) -> Error {
    let name = name_of(types, ty);
    Error::type_(format!("'{name}' is not a structure, union, or class"))
}

fn no_member(types: &TypeStore, ty: TypeId, name: &str) -> Error {
    let type_name = name_of(types, ty);
    Error::lookup(format!("'{type_name}' has no member '{name}'"))
}

/// The name of a type for a message.
pub(crate) fn name_of(types: &TypeStore, ty: impl Into<QualifiedType>) -> String {
    crate::type_name(types, ty.into()).unwrap_or_else(|_| "?".into())
}
