//! Whether two types are the same to C.

use crate::Result;
use crate::layout::{resolve, sizeof};
use spelunk_types::{QualifiedType, Qualifiers, TypeData, TypeId, TypeStore};

/// Pointers to functions that take pointers...: types equal that far are taken for equal.
const MAX_STEPS: u32 = 1000;

fn same(types: &TypeStore, a: QualifiedType, b: QualifiedType, steps: &mut u32) -> Result<bool> {
    let (a, b) = (
        crate::layout::unaliased(types, a)?,
        crate::layout::unaliased(types, b)?,
    );
    Ok(a.qualifiers == b.qualifiers && same_unqualified(types, a.id, b.id, steps)?)
}

/// Whether two types are compatible (C11, 6.2.7) but for their qualifiers.
///
/// The same structure is known once for each file that defines it: tag and size tell.
pub(super) fn are_compatible_unqualified(types: &TypeStore, a: TypeId, b: TypeId) -> Result<bool> {
    same_unqualified(types, a, b, &mut 0)
}

/// The qualifiers of a type, those that come from typedefs included.
pub(super) fn all_qualifiers(types: &TypeStore, ty: QualifiedType) -> Result<Qualifiers> {
    Ok(crate::layout::unaliased(types, ty)?.qualifiers)
}

fn same_unqualified(types: &TypeStore, a: TypeId, b: TypeId, steps: &mut u32) -> Result<bool> {
    let ((a, left), (b, right)) = (resolve(types, a)?, resolve(types, b)?);
    if a == b || *steps > MAX_STEPS {
        return Ok(true);
    }
    *steps += 1;
    use TypeData as T;
    Ok(match (&left.data, &right.data) {
        (T::Void, T::Void) => true,
        (
            T::Int {
                size, is_signed, ..
            },
            T::Int {
                size: other_size,
                is_signed: other_signed,
                ..
            },
        ) => size == other_size && is_signed == other_signed && same_name(&left.data, &right.data),
        (T::Bool { size, .. }, T::Bool { size: other, .. })
        | (T::Float { size, .. }, T::Float { size: other, .. }) => {
            size == other && same_name(&left.data, &right.data)
        }
        (
            T::Compound { kind, tag, size },
            T::Compound {
                kind: other_kind,
                tag: other_tag,
                size: other_size,
            },
        ) => {
            kind == other_kind
                && tag.is_some()
                && tag == other_tag
                && (size == other_size || size.is_none() || other_size.is_none())
        }
        (T::Enum { tag, .. }, T::Enum { tag: other, .. }) => tag.is_some() && tag == other,
        // An enumeration is compatible with the integer that it is stored as.
        (
            T::Enum {
                compatible: Some(compatible),
                ..
            },
            T::Int { .. },
        ) => same_unqualified(types, *compatible, b, steps)?,
        (T::Int { .. }, T::Enum { .. }) => same_unqualified(types, b, a, steps)?,
        (
            T::Pointer {
                size, referenced, ..
            },
            T::Pointer {
                size: other_size,
                referenced: other,
                ..
            },
        ) => size == other_size && same(types, *referenced, *other, steps)?,
        (
            T::Array { element, length },
            T::Array {
                element: other_element,
                length: other_length,
            },
        ) => {
            (length == other_length || length.is_none() || other_length.is_none())
                && same(types, *element, *other_element, steps)?
        }
        (
            T::Function {
                return_type,
                parameters,
                is_variadic,
            },
            T::Function {
                return_type: other_return,
                parameters: other_parameters,
                is_variadic: other_variadic,
            },
        ) => {
            let mut is_same = is_variadic == other_variadic
                && parameters.len() == other_parameters.len()
                && same(types, *return_type, *other_return, steps)?;
            for (parameter, other) in parameters.iter().zip(other_parameters) {
                is_same = is_same && same_unqualified(types, parameter.ty.id, other.ty.id, steps)?;
            }
            is_same
        }
        _ => false,
    })
}

fn same_name(a: &TypeData, b: &TypeData) -> bool {
    a.name() == b.name() || (a.primitive().is_some() && a.primitive() == b.primitive())
}

/// The size that pointer arithmetic counts in: that of the type, or 1 for `void` (as GCC has it).
pub(super) fn step_size(types: &TypeStore, ty: QualifiedType) -> Result<u64> {
    match resolve(types, ty.id)?.1.data {
        TypeData::Void => Ok(1),
        _ => sizeof(types, ty),
    }
}
