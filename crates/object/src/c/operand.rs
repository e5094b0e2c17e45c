//! What an operator sees of its operands: C's conversions of lvalues, promotions and the usual
//! arithmetic conversions (C11, 6.3).

use super::float_type::FloatType;
use super::primitive::{Primitive, is_bit_precise, primitive_of, primitive_type};
use crate::layout::{name_of, resolve};
use crate::number::{Integer, IntegerForm, Number};
use crate::object::{Repr, pointer_type};
use crate::scalar::{integer_form, scalar_of};
use crate::{Error, Object, Result, Target};
use spelunk_types::{PointerForm, QualifiedType, Scalar, TypeData};
use std::borrow::Cow;
use std::cmp::Ordering;

/// An operand, not read yet.
pub(super) struct Operand<'a> {
    object: Cow<'a, Object>,
    /// The type after conversion of an lvalue: no qualifiers, no array, no function.
    pub(super) ty: QualifiedType,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Integer(IntegerType),
    /// Real or complex.
    Float(FloatType),
    Pointer {
        referenced: QualifiedType,
    },
    /// Structures and the like, which only some operators take.
    Other,
}

/// An integer type in an expression.
#[derive(Clone, Copy)]
pub(super) struct IntegerType {
    pub(super) ty: QualifiedType,
    scalar: Scalar,
    pub(super) form: IntegerForm,
    /// Width of a bit field wider than `int`, which keeps it (as GCC has it); 0 for none.
    pub(super) bit_field_size: u8,
}

/// The order of integer types of the same width (C11, 6.3.1.1, paragraph 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    BitField,
    BitPrecise,
    Extended,
    /// `char` and `short`, which no operator sees unpromoted.
    Small,
    Int,
    Long,
    LongLong,
    Int128,
}

impl<'a> Operand<'a> {
    pub(super) fn new(target: &dyn Target, object: &'a Object) -> Result<Self> {
        Self::of(target, Cow::Borrowed(object))
    }

    fn of(target: &dyn Target, object: Cow<'a, Object>) -> Result<Self> {
        let types = target.types();
        let plain = QualifiedType::from(object.ty.id);
        let (_, own) = resolve(types, object.ty.id)?;
        let pointer = |referenced| -> Result<(QualifiedType, Kind)> {
            let ty = pointer_type(target, referenced, own.language)?;
            Ok((ty.into(), Kind::Pointer { referenced }))
        };
        let (ty, kind) = match &own.data {
            TypeData::Array { element, .. } => pointer(*element)?,
            TypeData::Function { .. } => pointer(object.ty)?,
            TypeData::Pointer { form, .. } if *form != PointerForm::Pointer => {
                return Self::of(target, Cow::Owned(object.lvalue(target)?.into_owned()));
            }
            TypeData::Pointer { referenced, .. } => {
                let referenced = *referenced;
                (plain, Kind::Pointer { referenced })
            }
            data => match scalar_of(types, object.ty.id)? {
                None => (plain, Kind::Other),
                Some(scalar) if matches!(data, TypeData::Float { .. }) => {
                    (plain, Kind::Float(FloatType { ty: plain, scalar }))
                }
                Some(scalar) => {
                    let ty = match data {
                        TypeData::Enum {
                            compatible: Some(compatible),
                            ..
                        } => (*compatible).into(),
                        _ => plain,
                    };
                    let integer = IntegerType {
                        ty,
                        scalar,
                        form: integer_form(scalar, object.bit_field_size)?,
                        bit_field_size: object.bit_field_size,
                    };
                    (plain, Kind::Integer(integer))
                }
            },
        };
        Ok(Self { object, ty, kind })
    }

    /// The type's name for messages.
    pub(super) fn type_name(&self, target: &dyn Target) -> String {
        name_of(target.types(), self.ty)
    }

    /// The type as an integer's after promotion; `None` if it is no integer.
    pub(super) fn promoted(&self, target: &dyn Target) -> Result<Option<IntegerType>> {
        match self.kind {
            Kind::Integer(integer) => integer.promote(target).map(Some),
            _ => Ok(None),
        }
    }

    pub(super) fn is_arithmetic(&self) -> bool {
        matches!(self.kind, Kind::Integer(_) | Kind::Float(_))
    }

    /// The value, of an array or function the address.
    pub(super) fn load(&self, target: &dyn Target) -> Result<Number> {
        match self.kind {
            Kind::Integer(IntegerType { scalar, .. }) | Kind::Float(FloatType { scalar, .. }) => {
                self.object.load_number(target, scalar)
            }
            Kind::Pointer { .. } => {
                let address = self.address(target)?;
                Ok(Number::Integer(Integer::Unsigned(address.into())))
            }
            Kind::Other => Err(Error::type_("operand is no number")),
        }
    }

    /// The value of an integer as one of type `to`.
    pub(super) fn load_integer(&self, target: &dyn Target, to: IntegerType) -> Result<Integer> {
        match self.load(target)? {
            Number::Integer(value) => Ok(to.form.wrap(&value)),
            _ => Err(Error::type_("operand is no integer")),
        }
    }

    /// The address that a pointer holds, or at which an array or function is.
    pub(super) fn address(&self, target: &dyn Target) -> Result<u64> {
        match resolve(target.types(), self.object.ty.id)?.1.data {
            TypeData::Array { .. } | TypeData::Function { .. } => match self.object.repr {
                Repr::Reference { address, .. } => Ok(address),
                Repr::Absent(_) => Err(Error::absent()),
                _ => Err(Error::value("cannot get address of value")),
            },
            _ => self.object.pointer_value(target),
        }
    }
}

fn rank_of(data: &TypeData) -> Rank {
    use Primitive as P;
    match primitive_of(data) {
        None if is_bit_precise(data) => Rank::BitPrecise,
        None => Rank::Extended,
        Some(P::Int | P::UnsignedInt) => Rank::Int,
        Some(P::Long | P::UnsignedLong) => Rank::Long,
        Some(P::LongLong | P::UnsignedLongLong) => Rank::LongLong,
        Some(P::Int128 | P::UnsignedInt128) => Rank::Int128,
        Some(_) => Rank::Small,
    }
}

impl IntegerType {
    /// A basic type.
    fn basic(target: &dyn Target, primitive: Primitive) -> Result<Self> {
        let ty = primitive_type(target, primitive)?;
        let scalar = scalar_of(target.types(), ty.id)?;
        let Some(scalar) = scalar.filter(|scalar| scalar.is_integer()) else {
            return Err(Error::type_(format!(
                "'{}' is not an integer",
                primitive.name()
            )));
        };
        Ok(Self {
            ty,
            scalar,
            form: integer_form(scalar, 0)?,
            bit_field_size: 0,
        })
    }

    fn rank(self, target: &dyn Target) -> Result<Rank> {
        match self.bit_field_size {
            0 => Ok(rank_of(&resolve(target.types(), self.ty.id)?.1.data)),
            _ => Ok(Rank::BitField),
        }
    }

    /// The integer promotions: what is not wider than `int` becomes `int` or `unsigned int`.
    fn promote(self, target: &dyn Target) -> Result<Self> {
        let int = Self::basic(target, Primitive::Int)?;
        let bits = int.form.bits;
        // What needs no look at the type's name.
        if self.bit_field_size == 0 && (self.form.bits > bits || self.ty.id == int.ty.id) {
            return Ok(self);
        }
        if is_bit_precise(&resolve(target.types(), self.ty.id)?.1.data) {
            // A bit field of such a type is promoted to it (C23, 6.3.1.1).
            return Ok(Self {
                form: integer_form(self.scalar, 0)?,
                bit_field_size: 0,
                ..self
            });
        }
        if self.form.bits > bits || self.rank(target)? >= Rank::Int {
            return Ok(self);
        }
        match self.form.bits < bits || self.form.is_signed {
            true => Ok(int),
            false => Self::basic(target, Primitive::UnsignedInt),
        }
    }

    /// The order of two types by their width, and of the same width by their rank.
    fn order(self, other: Self, target: &dyn Target) -> Result<Ordering> {
        match self.form.bits.cmp(&other.form.bits) {
            Ordering::Equal => Ok(self.rank(target)?.cmp(&other.rank(target)?)),
            order => Ok(order),
        }
    }

    /// The type that both of these, promoted already, are converted to. Between equals it is the
    /// second, so that the name of its typedef stays.
    pub(super) fn common(self, other: Self, target: &dyn Target) -> Result<Self> {
        if self.ty == other.ty && self.bit_field_size == other.bit_field_size {
            return Ok(other);
        }
        if self.form.is_signed == other.form.is_signed {
            return Ok(match self.order(other, target)? {
                Ordering::Greater => self,
                _ => other,
            });
        }
        let (signed, unsigned) = match self.form.is_signed {
            true => (self, other),
            false => (other, self),
        };
        if unsigned.order(signed, target)? != Ordering::Less {
            return Ok(unsigned);
        }
        if signed.form.bits > unsigned.form.bits {
            return Ok(signed);
        }
        match primitive_of(&resolve(target.types(), signed.ty.id)?.1.data) {
            Some(primitive) => Self::basic(target, primitive.to_unsigned()),
            None => Ok(unsigned),
        }
    }

    /// A value of this type.
    pub(super) fn make(self, value: Integer) -> Result<Object> {
        let number = Number::Integer(value);
        Object::from_number(self.ty, self.scalar, self.bit_field_size, &number)
    }
}
