//! Numbers as C's source code would have them.

use super::primitive::{Primitive, bit_precise_type, primitive_type};
use crate::layout::bit_size;
use crate::{Error, Object, Result, Target, Value};
use spelunk_types::QualifiedType;

impl Object {
    /// What a number in the source code of the program would be: 1 is an `int`, -1 the negative
    /// of one.
    ///
    /// # Errors
    ///
    /// If the number fits no type, or `value` is no number.
    pub fn literal(target: &dyn Target, value: &Value) -> Result<Self> {
        let bits = |magnitude: u128| u64::from(u128::BITS - magnitude.leading_zeros());
        let ty = match value {
            Value::Bool(_) => primitive_type(target, Primitive::Int)?,
            Value::Float(_) => primitive_type(target, Primitive::Double)?,
            Value::Complex(..) => primitive_type(target, Primitive::DoubleComplex)?,
            Value::Signed(number) => integer_type(target, bits(number.unsigned_abs()))?,
            Value::Unsigned(number) => integer_type(target, bits(*number))?,
            Value::Wide(number) => integer_type(target, number.bits())?,
            Value::Struct(_) | Value::Array(_) => {
                return Err(Error::type_("literal must be int, float, or bool"));
            }
        };
        Self::from_value(target, ty, value, None)
    }
}

/// The first type that has a number of so many bits (C11, 6.4.4.1, paragraph 5), and beyond those
/// the narrowest that has it.
fn integer_type(target: &dyn Target, magnitude: u64) -> Result<QualifiedType> {
    for (primitive, sign_bits) in [
        (Primitive::Int, 1),
        (Primitive::Long, 1),
        (Primitive::LongLong, 1),
        (Primitive::UnsignedLongLong, 0),
        (Primitive::Int128, 1),
        (Primitive::UnsignedInt128, 0),
    ] {
        let ty = primitive_type(target, primitive)?;
        let bits = bit_size(target.types(), ty)?;
        if magnitude <= bits.saturating_sub(sign_bits) {
            return Ok(ty);
        }
    }
    let bits = u32::try_from(magnitude.saturating_add(1)).unwrap_or(u32::MAX);
    bit_precise_type(target, bits, true).map_err(|_| Error::overflow("int too big to convert"))
}
