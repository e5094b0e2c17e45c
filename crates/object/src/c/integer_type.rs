//! Integer types in expressions: promotions and the usual arithmetic conversions (C11, 6.3.1).

use super::primitive::primitive_type;
use crate::layout::resolve;
use crate::number::{Integer, IntegerForm, IntegerLayout, Number};
use crate::scalar::{NARROW, bits_of, layout_of_size, stored};
use crate::{Error, Object, Result, Target};
use spelunk_types::{Primitive, Scalar, ScalarKind, Stored, TypeData, TypeId, TypeStore};
use std::cmp::Ordering;

/// An integer type in an expression.
#[derive(Clone, Copy)]
pub(super) struct IntegerType<'a> {
    scalar: &'a Scalar,
    pub(super) id: TypeId,
    /// Bits that an integer takes, the bit field's if it is one.
    size: u32,
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

impl<'a> IntegerType<'a> {
    /// The type of an integer; `None` for what is none. An enumeration counts as what it is
    /// stored as.
    #[inline]
    pub(super) fn of(target: &'a dyn Target, object: &Object) -> Result<Option<Self>> {
        let types = target.types();
        match stored(types, object.ty.id)? {
            Stored::Number(scalar) if scalar.is_integer() => {
                Self::new(types, object, scalar).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The type of an object that is stored as this integer.
    #[inline]
    pub(super) fn new(types: &TypeStore, object: &Object, scalar: &'a Scalar) -> Result<Self> {
        let id = match scalar.is_enum {
            true => stored_as(types, object.ty.id)?,
            false => object.ty.id,
        };
        Ok(Self {
            scalar,
            id,
            size: bits_of(*scalar, object.bit_field_size)?,
            bit_field_size: object.bit_field_size,
        })
    }

    /// A basic type.
    pub(super) fn basic(target: &'a dyn Target, primitive: Primitive) -> Result<Self> {
        let ty = primitive_type(target, primitive)?;
        match stored(target.types(), ty.id)? {
            Stored::Number(scalar) if scalar.is_integer() => Ok(Self {
                scalar,
                id: ty.id,
                size: bits_of(*scalar, 0)?,
                bit_field_size: 0,
            }),
            _ => Err(Error::type_(format!(
                "'{}' is not an integer",
                primitive.name()
            ))),
        }
    }

    #[inline]
    pub(super) fn layout(self) -> IntegerLayout {
        layout_of_size(self.scalar, self.size)
    }

    #[inline]
    pub(super) fn form(self) -> IntegerForm {
        self.layout().form
    }

    #[inline]
    pub(super) fn is_narrow(self) -> bool {
        self.size <= NARROW
    }

    fn rank(self) -> Rank {
        use Primitive as P;
        if self.bit_field_size != 0 {
            return Rank::BitField;
        }
        match self.scalar.primitive {
            None if self.scalar.is_bit_precise => Rank::BitPrecise,
            None => Rank::Extended,
            Some(P::Int | P::UnsignedInt) => Rank::Int,
            Some(P::Long | P::UnsignedLong) => Rank::Long,
            Some(P::LongLong | P::UnsignedLongLong) => Rank::LongLong,
            Some(P::Int128 | P::UnsignedInt128) => Rank::Int128,
            Some(_) => Rank::Small,
        }
    }

    /// Whether the promotions leave the type as it is, whatever `int` is.
    #[inline]
    fn is_promoted(self) -> bool {
        matches!(
            self.rank(),
            Rank::BitPrecise | Rank::Int | Rank::Long | Rank::LongLong | Rank::Int128
        )
    }

    /// The integer promotions: what is not wider than `int` becomes `int` or `unsigned int`.
    #[inline]
    pub(super) fn promote(self, target: &'a dyn Target) -> Result<Self> {
        match self.is_promoted() {
            true => Ok(self),
            false => self.promote_small(target),
        }
    }

    fn promote_small(self, target: &'a dyn Target) -> Result<Self> {
        let int = Self::basic(target, Primitive::Int)?;
        // An `int` has both values of any Boolean type, however large that is.
        if self.scalar.kind == ScalarKind::Bool {
            return Ok(int);
        }
        let (bits, int_bits) = (self.form().bits, int.form().bits);
        if self.bit_field_size == 0 && (bits > int_bits || self.id == int.id) {
            return Ok(self);
        }
        if self.scalar.is_bit_precise {
            // A bit field of such a type is promoted to it (C23, 6.3.1.1).
            return Ok(Self {
                size: bits_of(*self.scalar, 0)?,
                bit_field_size: 0,
                ..self
            });
        }
        if bits > int_bits {
            return Ok(self);
        }
        match bits < int_bits || self.form().is_signed {
            true => Ok(int),
            false => Self::basic(target, Primitive::UnsignedInt),
        }
    }

    /// The order of two types by their width, and of the same width by their rank.
    fn order(self, other: Self) -> Ordering {
        let key = |ty: Self| (ty.form().bits, ty.rank());
        key(self).cmp(&key(other))
    }

    /// The type that both of these are converted to, after promotion. Between equals it is the
    /// second, so that the name of its typedef stays.
    #[inline]
    pub(super) fn usual(self, other: Self, target: &'a dyn Target) -> Result<Self> {
        if self.id == other.id && self.is_promoted() && other.is_promoted() {
            return Ok(other);
        }
        self.promote(target)?.common(other.promote(target)?, target)
    }

    fn common(self, other: Self, target: &'a dyn Target) -> Result<Self> {
        if self.id == other.id && self.bit_field_size == other.bit_field_size {
            return Ok(other);
        }
        if self.form().is_signed == other.form().is_signed {
            return Ok(match self.order(other) {
                Ordering::Greater => self,
                _ => other,
            });
        }
        let (signed, unsigned) = match self.form().is_signed {
            true => (self, other),
            false => (other, self),
        };
        if unsigned.order(signed) != Ordering::Less {
            return Ok(unsigned);
        }
        if signed.form().bits > unsigned.form().bits {
            return Ok(signed);
        }
        match signed.scalar.primitive {
            Some(primitive) => Self::basic(target, primitive.to_unsigned()),
            None => Ok(unsigned),
        }
    }

    /// The value of an object of this type.
    pub(super) fn load(self, target: &dyn Target, object: &Object) -> Result<Integer> {
        match object.load_number(target, *self.scalar)? {
            Number::Integer(value) => Ok(value),
            _ => Err(Error::type_("operand is no integer")),
        }
    }

    /// A value of this type.
    pub(super) fn make(self, value: Integer) -> Result<Object> {
        let number = Number::Integer(value);
        Object::from_number(self.id.into(), *self.scalar, self.bit_field_size, &number)
    }

    /// A value of this type, which is narrow; what does not fit wraps around.
    #[inline]
    pub(super) fn make_narrow(self, value: u128) -> Object {
        Object::from_narrow(self.id.into(), self.layout(), self.bit_field_size, value)
    }
}

/// The type that an enumeration is stored as; other types are that themselves.
fn stored_as(types: &TypeStore, id: TypeId) -> Result<TypeId> {
    Ok(match resolve(types, id)?.1.data {
        TypeData::Enum {
            compatible: Some(compatible),
            ..
        } => compatible,
        _ => id,
    })
}
