//! Numbers as C's source code would have them.

use super::primitive::{Primitive, primitive_type};
use crate::layout::bit_size;
use crate::{Error, Object, Result, Target, Value};

impl Object {
    /// What a number in the source code of the program would be: 1 is an `int`, -1 the negative
    /// of one.
    ///
    /// # Errors
    ///
    /// If the number fits no type, or `value` is no number.
    pub fn literal(target: &dyn Target, value: &Value) -> Result<Self> {
        let primitive = match value {
            Value::Bool(_) => Primitive::Int,
            Value::Float(_) => Primitive::Double,
            Value::Signed(number) => integer_type(target, number.unsigned_abs())?,
            Value::Unsigned(number) => integer_type(target, *number)?,
            Value::Struct(_) | Value::Array(_) => {
                return Err(Error::type_("literal must be int, float, or bool"));
            }
        };
        Self::from_value(target, primitive_type(target, primitive)?, value, None)
    }
}

/// The first type that has the number (C11, 6.4.4.1, paragraph 5).
fn integer_type(target: &dyn Target, magnitude: u128) -> Result<Primitive> {
    for (primitive, sign_bits) in [
        (Primitive::Int, 1),
        (Primitive::Long, 1),
        (Primitive::LongLong, 1),
        (Primitive::UnsignedLongLong, 0),
    ] {
        let bits = bit_size(target.types(), primitive_type(target, primitive)?)?;
        if u64::from(128 - magnitude.leading_zeros()) <= bits.saturating_sub(sign_bits) {
            return Ok(primitive);
        }
    }
    Err(Error::overflow("int too big to convert"))
}
