//! The short way for what scripts compute with most: two values of one integer type of at most 64
//! bits, `int` at least.
//!
//! No promotion and no conversion changes such operands (C11, 6.3.1.8), and two's complement does
//! not ask for the sign, so it comes to what [`integers`](super::integers) would do in general.

use super::BinaryOperator;
use crate::object::Repr;
use crate::scalar::stored;
use crate::{Object, Result};
use spelunk_base::ByteOrder;
use spelunk_types::{Primitive, Scalar, Stored, TypeStore};

/// `a operator b`; `None` where this is not the way.
#[inline]
pub(super) fn binary(
    types: &TypeStore,
    operator: BinaryOperator,
    a: &Object,
    b: &Object,
) -> Result<Option<Object>> {
    let (Repr::Inline { bytes: left, .. }, Repr::Inline { bytes: right, .. }) = (&a.repr, &b.repr)
    else {
        return Ok(None);
    };
    if a.ty.id != b.ty.id || a.bit_field_size != 0 || b.bit_field_size != 0 {
        return Ok(None);
    }
    let scalar = match stored(types, a.ty.id)? {
        Stored::Number(scalar) if is_word(scalar) => scalar,
        _ => return Ok(None),
    };
    // Bits of a word that the type has not.
    let unused = 64 - 8 * scalar.size;
    let read = |bytes: &[u8; 16]| {
        let [first @ .., _, _, _, _, _, _, _, _] = *bytes;
        match scalar.order {
            ByteOrder::Little => u64::from_le_bytes(first),
            ByteOrder::Big => u64::from_be_bytes(first) >> unused,
        }
    };
    let (left, right) = (read(left), read(right));
    let value = match operator {
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::And => left & right,
        BinaryOperator::Or => left | right,
        BinaryOperator::Xor => left ^ right,
        _ => return Ok(None),
    };
    let value = value << unused;
    let mut bytes = [0; 16];
    if let Some(first) = bytes.first_chunk_mut() {
        *first = match scalar.order {
            ByteOrder::Little => (value >> unused).to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        };
    }
    Ok(Some(Object {
        ty: a.ty.id.into(),
        bit_field_size: 0,
        repr: Repr::Inline {
            length: scalar.size as u8,
            bytes,
        },
    }))
}

/// Whether the type is `int` or a wider one that is no wider than 64 bits, and all bits count.
fn is_word(scalar: &Scalar) -> bool {
    use Primitive as P;
    matches!(
        scalar.primitive,
        Some(
            P::Int | P::UnsignedInt | P::Long | P::UnsignedLong | P::LongLong | P::UnsignedLongLong
        )
    ) && matches!(scalar.size, 1..=8)
        && scalar.precision.is_none()
        && !scalar.is_enum
}
