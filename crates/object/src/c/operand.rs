//! What an operator sees of its operands: C's conversions of lvalues (C11, 6.3.2).

use super::float_type::FloatType;
use super::integer_type::IntegerType;
use super::integers;
use crate::layout::{name_of, resolve};
use crate::number::{Integer, Number};
use crate::object::{Repr, pointer_type};
use crate::scalar::stored;
use crate::{Error, Object, Result, Target};
use spelunk_types::{QualifiedType, Scalar, ScalarKind, Stored, TypeData, TypeId, TypeStore};
use std::borrow::Cow;

/// An operand, not read yet.
pub(super) struct Operand<'a> {
    pub(super) object: Cow<'a, Object>,
    /// The type after conversion of an lvalue: no qualifiers, no array, no function.
    pub(super) ty: QualifiedType,
    pub(super) kind: Kind<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    Integer(IntegerType<'a>),
    /// Real or complex.
    Float(FloatType),
    Pointer {
        referenced: QualifiedType,
    },
    /// Structures and the like, which only some operators take.
    Other,
}

impl<'a> Operand<'a> {
    pub(super) fn new(target: &'a dyn Target, object: &'a Object) -> Result<Self> {
        Self::of(target, Cow::Borrowed(object))
    }

    fn of(target: &'a dyn Target, object: Cow<'a, Object>) -> Result<Self> {
        let types = target.types();
        let plain = QualifiedType::from(object.ty.id);
        let (ty, kind) = match stored(types, object.ty.id)? {
            Stored::Number(scalar) => match scalar.kind {
                ScalarKind::Float | ScalarKind::Complex => {
                    let scalar = *scalar;
                    (plain, Kind::Float(FloatType { ty: plain, scalar }))
                }
                _ => match resolve_pointer(types, scalar, object.ty.id)? {
                    Some(referenced) => (plain, Kind::Pointer { referenced }),
                    None => {
                        let integer = IntegerType::new(types, &object, scalar)?;
                        (plain, Kind::Integer(integer))
                    }
                },
            },
            Stored::Reference(_) => {
                return Self::of(target, Cow::Owned(object.lvalue(target)?.into_owned()));
            }
            Stored::Other => {
                let (_, own) = resolve(types, object.ty.id)?;
                let pointer = |referenced| -> Result<(QualifiedType, Kind<'_>)> {
                    let ty = pointer_type(target, referenced, own.language)?;
                    Ok((ty.into(), Kind::Pointer { referenced }))
                };
                match &own.data {
                    TypeData::Array { element, .. } => pointer(*element)?,
                    TypeData::Function { .. } => pointer(object.ty)?,
                    _ => (plain, Kind::Other),
                }
            }
        };
        Ok(Self { object, ty, kind })
    }

    /// The type's name for messages.
    pub(super) fn type_name(&self, target: &dyn Target) -> String {
        name_of(target.types(), self.ty)
    }

    /// The operand as an integer; `None` if it is none.
    pub(super) fn integer(&'a self) -> Option<integers::Operand<'a>> {
        match self.kind {
            Kind::Integer(ty) => Some(integers::Operand {
                object: &self.object,
                ty,
            }),
            _ => None,
        }
    }

    pub(super) fn is_arithmetic(&self) -> bool {
        matches!(self.kind, Kind::Integer(_) | Kind::Float(_))
    }

    /// The value, of an array or function the address.
    pub(super) fn load(&self, target: &dyn Target) -> Result<Number> {
        match self.kind {
            Kind::Integer(ty) => ty.load(target, &self.object).map(Number::Integer),
            Kind::Float(FloatType { scalar, .. }) => self.object.load_number(target, scalar),
            Kind::Pointer { .. } => {
                let address = self.address(target)?;
                Ok(Number::Integer(Integer::Unsigned(address.into())))
            }
            Kind::Other => Err(Error::type_("operand is no number")),
        }
    }

    /// The address that a pointer holds, or at which an array or function is.
    pub(super) fn address(&self, target: &dyn Target) -> Result<u64> {
        if self.ty.id == self.object.ty.id {
            return self.object.pointer_value(target);
        }
        match self.object.repr {
            Repr::Reference { address, .. } => Ok(address),
            Repr::Absent(_) => Err(Error::absent()),
            _ => Err(Error::value("cannot get address of value")),
        }
    }
}

/// What a pointer points to; `None` for other numbers, those that pointers to members are among
/// them.
fn resolve_pointer(
    types: &TypeStore,
    scalar: &Scalar,
    id: TypeId,
) -> Result<Option<QualifiedType>> {
    if scalar.kind != ScalarKind::Pointer {
        return Ok(None);
    }
    Ok(match resolve(types, id)?.1.data {
        TypeData::Pointer { referenced, .. } => Some(referenced),
        _ => None,
    })
}
