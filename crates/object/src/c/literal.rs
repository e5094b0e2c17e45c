//! Numbers as C's source code would have them.

use super::integer_type::IntegerType;
use super::primitive::{bit_precise_type, primitive_type};
use crate::{Error, Object, Result, Target, Value};
use spelunk_types::{Primitive, QualifiedType};

impl Object {
    /// What a number in the source code of the program would be: 1 is an `int`, -1 the negative
    /// of one.
    ///
    /// # Errors
    ///
    /// If the number fits no type, or `value` is no number.
    pub fn literal(target: &dyn Target, value: &Value) -> Result<Self> {
        let (bits, magnitude) = match value {
            Value::Bool(value) => (u128::from(*value), u128::from(*value)),
            Value::Signed(number) => (number.cast_unsigned(), number.unsigned_abs()),
            Value::Unsigned(number) => (*number, *number),
            _ => return other(target, value),
        };
        let length = (u128::BITS - magnitude.leading_zeros()).into();
        match basic_type(target, length)? {
            Some(ty) if ty.is_narrow() => Ok(ty.make_narrow(bits)),
            _ => Self::from_value(target, integer_type(target, length)?, value, None),
        }
    }
}

/// A number that is no integer of the host.
fn other(target: &dyn Target, value: &Value) -> Result<Object> {
    let ty = match value {
        Value::Float(_) => primitive_type(target, Primitive::Double)?,
        Value::Complex(..) => primitive_type(target, Primitive::DoubleComplex)?,
        Value::Wide(number) => integer_type(target, number.bits())?,
        _ => return Err(Error::type_("literal must be int, float, or bool")),
    };
    Object::from_value(target, ty, value, None)
}

/// The first basic type that has a number of so many bits (C11, 6.4.4.1, paragraph 5).
fn basic_type(target: &dyn Target, magnitude: u64) -> Result<Option<IntegerType<'_>>> {
    for primitive in [
        Primitive::Int,
        Primitive::Long,
        Primitive::LongLong,
        Primitive::UnsignedLongLong,
        Primitive::Int128,
        Primitive::UnsignedInt128,
    ] {
        let ty = IntegerType::basic(target, primitive)?;
        let sign_bits = u32::from(ty.form().is_signed);
        if magnitude <= ty.form().bits.saturating_sub(sign_bits).into() {
            return Ok(Some(ty));
        }
    }
    Ok(None)
}

/// The first type that has a number of so many bits, beyond the basic ones the narrowest.
fn integer_type(target: &dyn Target, magnitude: u64) -> Result<QualifiedType> {
    if let Some(ty) = basic_type(target, magnitude)? {
        return Ok(ty.id.into());
    }
    let bits = u32::try_from(magnitude.saturating_add(1)).unwrap_or(u32::MAX);
    bit_precise_type(target, bits, true).map_err(|_| Error::overflow("int too big to convert"))
}
