//! Types whose values are single numbers.

use crate::bits::{self, truncate};
use crate::layout::{describe_valueless, resolve};
use crate::number::{Complex, Float, IntegerForm, IntegerLayout, Number};
use crate::object::Repr;
use crate::{Error, Result};
use num_bigint::BigUint;
use spelunk_base::ByteOrder;
use spelunk_types::{FloatFormat, Scalar, ScalarKind, Stored, TypeId, TypeStore};

/// The widest integers that any compiler has (`_BitInt` of Clang), in bits.
const MAX_BITS: u64 = 8_388_608;
/// What fits the host's integers.
pub(crate) const NARROW: u32 = 128;

/// What stands in memory where an object of type `id` is.
#[inline]
pub(crate) fn stored(types: &TypeStore, id: TypeId) -> Result<&Stored> {
    match types.remembered_stored(id) {
        Some(stored) => Ok(stored),
        None => work_out_stored(types, id),
    }
}

#[cold]
fn work_out_stored(types: &TypeStore, id: TypeId) -> Result<&Stored> {
    types.stored(id).or_else(|error| {
        // Typedefs in a circle are an error of their own.
        resolve(types, id)?;
        Err(error.into())
    })
}

/// What `id` is as a number; `None` if it is none.
#[inline]
pub(crate) fn scalar_of(types: &TypeStore, id: TypeId) -> Result<Option<Scalar>> {
    Ok(match stored(types, id)? {
        Stored::Number(scalar) => Some(*scalar),
        _ => None,
    })
}

/// The number of bits that a number takes, of a bit field if `bit_field_size` is not 0.
#[inline]
pub(crate) fn bits_of(scalar: Scalar, bit_field_size: u8) -> Result<u32> {
    if bit_field_size != 0 {
        return Ok(bit_field_size.into());
    }
    match scalar.size.saturating_mul(8) {
        bits @ 1..=MAX_BITS => Ok(bits as u32),
        bits => Err(unsupported(scalar.kind, bits)),
    }
}

#[cold]
fn unsupported(kind: ScalarKind, bits: u64) -> Error {
    let what = match kind {
        ScalarKind::Float | ScalarKind::Complex => "floating-point",
        _ => "integer",
    };
    Error::value(format!("unsupported {what} bit size ({bits})"))
}

/// What integers a type has, or a bit field of it, and how they stand in memory.
#[inline]
pub(crate) fn integer_layout(scalar: Scalar, bit_field_size: u8) -> Result<IntegerLayout> {
    let size = bits_of(scalar, bit_field_size)?;
    Ok(layout_of_size(&scalar, size))
}

/// As [`integer_layout`], where integers of the type take `size` bits.
#[inline]
pub(crate) fn layout_of_size(scalar: &Scalar, size: u32) -> IntegerLayout {
    let bits = match scalar.precision {
        Some(precision) => precision.min(size).max(1),
        None => size,
    };
    IntegerLayout {
        form: IntegerForm {
            bits,
            is_signed: scalar.is_signed(),
        },
        size,
        order: scalar.order,
    }
}

/// What integers a type has, or a bit field of it.
pub(crate) fn integer_form(scalar: Scalar, bit_field_size: u8) -> Result<IntegerForm> {
    Ok(integer_layout(scalar, bit_field_size)?.form)
}

/// The format of a floating-point type, or of a complex type's parts.
pub(crate) fn float_format(scalar: Scalar) -> Result<FloatFormat> {
    scalar.format.ok_or_else(|| {
        let bits = scalar.size.saturating_mul(8);
        Error::value(format!("unsupported floating-point bit size ({bits})"))
    })
}

/// That objects of a type cannot be `verb`ed (`read`) or created, if they cannot.
pub(crate) fn check_has_values(
    types: &TypeStore,
    id: TypeId,
    message: impl FnOnce(&str) -> String,
) -> Result<()> {
    match describe_valueless(&resolve(types, id)?.1.data) {
        Some(what) => Err(Error::type_(message(&what))),
        None => Ok(()),
    }
}

/// The number that `bits` are, of at most [`NARROW`].
pub(crate) fn decode(bits: u128, scalar: Scalar, bit_field_size: u8) -> Result<Number> {
    let order = scalar.order;
    Ok(match scalar.kind {
        ScalarKind::Float => Number::Float(Float::decode(bits, float_format(scalar)?, order)),
        ScalarKind::Complex => {
            let half = bits_of(scalar, 0)? / 2;
            let (low, high) = (truncate(bits, half), bits >> half);
            decode_complex(low, high, scalar)?
        }
        _ => Number::Integer(integer_form(scalar, bit_field_size)?.decode(bits)),
    })
}

/// The number that `bits` are, of more than [`NARROW`].
pub(crate) fn decode_wide(bits: BigUint, scalar: Scalar, bit_field_size: u8) -> Result<Number> {
    let order = scalar.order;
    Ok(match scalar.kind {
        ScalarKind::Float => {
            let bits = bits::low_128(&bits);
            Number::Float(Float::decode(bits, float_format(scalar)?, order))
        }
        ScalarKind::Complex => {
            let half = bits_of(scalar, 0)? / 2;
            let high = bits::low_128(&(&bits >> half));
            decode_complex(truncate(bits::low_128(&bits), half), high, scalar)?
        }
        _ => Number::Integer(integer_form(scalar, bit_field_size)?.decode_wide(bits)),
    })
}

fn decode_complex(low: u128, high: u128, scalar: Scalar) -> Result<Number> {
    let format = float_format(scalar)?;
    let (real, imaginary) = match scalar.order {
        ByteOrder::Little => (low, high),
        ByteOrder::Big => (high, low),
    };
    let part = |bits| Float::decode(bits, format, scalar.order);
    Ok(Number::Complex(Complex {
        real: part(real),
        imaginary: part(imaginary),
    }))
}

/// The bytes of a number, which is one of the type's.
pub(crate) fn encode(number: &Number, scalar: Scalar, bit_field_size: u8) -> Result<Repr> {
    let size = bits_of(scalar, bit_field_size)?;
    let order = scalar.order;
    let bits = match number {
        Number::Integer(value) if size <= NARROW => {
            return Ok(Repr::bits(value.low_bits(), order, size));
        }
        Number::Integer(value) => value.wide_bits(size),
        Number::Float(value) => {
            let bits = value.encode(float_format(scalar)?, order);
            if size <= NARROW {
                return Ok(Repr::bits(bits, order, size));
            }
            bits.into()
        }
        Number::Complex(Complex { real, imaginary }) => {
            let format = float_format(scalar)?;
            let part = |part: &Float| BigUint::from(part.encode(format, order));
            let (low, high) = match order {
                ByteOrder::Little => (real, imaginary),
                ByteOrder::Big => (imaginary, real),
            };
            part(low) | part(high) << (size / 2)
        }
    };
    Ok(Repr::value(&bits::write_wide(bits, order, size)))
}
