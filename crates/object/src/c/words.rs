//! The short way for what scripts compute with most: two values of one 64-bit integer type.
//!
//! No promotion and no conversion changes such operands (C11, 6.3.1.8), and two's complement does
//! not ask for the sign, so it comes to what [`operators`](super::operators) would do in general.

use super::BinaryOperator;
use crate::object::Repr;
use crate::{Object, Result};
use spelunk_base::ByteOrder;
use spelunk_types::{ScalarKind, TypeStore};

/// `a operator b`; `None` where this is not the way.
pub(super) fn binary(
    types: &TypeStore,
    operator: BinaryOperator,
    a: &Object,
    b: &Object,
) -> Result<Option<Object>> {
    let (Some(left), Some(right)) = (bytes(a), bytes(b)) else {
        return Ok(None);
    };
    if a.ty.id != b.ty.id {
        return Ok(None);
    }
    let Some(scalar) = types.scalar(a.ty.id)? else {
        return Ok(None);
    };
    if scalar.is_enum || !matches!(scalar.kind, ScalarKind::Signed | ScalarKind::Unsigned) {
        return Ok(None);
    }
    let (left, right) = (scalar.order.u64(left), scalar.order.u64(right));
    let value = match operator {
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::And => left & right,
        BinaryOperator::Or => left | right,
        BinaryOperator::Xor => left ^ right,
        _ => return Ok(None),
    };
    let mut bytes = [0; 16];
    if let Some(low) = bytes.first_chunk_mut() {
        *low = match scalar.order {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        };
    }
    Ok(Some(Object {
        ty: a.ty.id.into(),
        bit_field_size: 0,
        repr: Repr::Inline { length: 8, bytes },
    }))
}

/// The bytes of a value of 64 bits.
fn bytes(object: &Object) -> Option<[u8; 8]> {
    match &object.repr {
        Repr::Inline { length: 8, bytes } if object.bit_field_size == 0 => {
            bytes.first_chunk().copied()
        }
        _ => None,
    }
}
