//! Types whose values are single numbers.

use crate::layout::{describe_valueless, resolve};
use crate::{Error, Result};
use spelunk_types::{Scalar, TypeId, TypeStore};

/// What `id` is as a number; `None` if it is none.
pub(crate) fn scalar_of(types: &TypeStore, id: TypeId) -> Result<Option<Scalar>> {
    types.scalar(id).or_else(|error| {
        // Typedefs in a circle are an error of their own.
        resolve(types, id)?;
        Err(error.into())
    })
}

/// The number of bits of a value, of a bit field if `bit_field_size` is not 0.
pub(crate) fn bits_of(scalar: Scalar, bit_field_size: u8) -> Result<u32> {
    if bit_field_size != 0 {
        return Ok(bit_field_size.into());
    }
    match scalar.size.checked_mul(8) {
        Some(bits @ 1..=128) => Ok(bits as u32),
        bits => Err(Error::value(format!(
            "unsupported integer bit size ({})",
            bits.unwrap_or(u64::MAX)
        ))),
    }
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

/// The number in the bits of a floating-point number of `size` bytes (IEEE 754 interchange
/// formats).
pub(crate) fn decode_float(bits: u128, size: u64) -> Result<f64> {
    match size {
        4 => Ok(f64::from(f32::from_bits(bits as u32))),
        8 => Ok(f64::from_bits(bits as u64)),
        2 => Ok(decode_half(bits)),
        _ => Err(unsupported_float()),
    }
}

fn decode_half(bits: u128) -> f64 {
    let fraction = f64::from((bits & 0x3ff) as u16) / 1024.0;
    let magnitude = match (bits >> 10 & 0x1f) as i32 {
        0 => fraction * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1.0 + fraction) * 2f64.powi(exponent - 15),
    };
    if bits >> 15 & 1 == 1 {
        -magnitude
    } else {
        magnitude
    }
}

/// The bits of `value` in a format of `size` bytes.
pub(crate) fn encode_float(value: f64, size: u64) -> Result<u128> {
    match size {
        4 => Ok((value as f32).to_bits().into()),
        8 => Ok(value.to_bits().into()),
        _ => Err(unsupported_float()),
    }
}

fn unsupported_float() -> Error {
    Error::not_implemented("float values which are not 32 or 64 bits are not yet supported")
}

/// The number in the bits of an integer, with its sign.
pub(crate) fn decode_integer(bits: u128, size: u32, signed: bool) -> Integer {
    match signed {
        true => Integer::Signed(crate::bits::sign_extend(bits, size)),
        false => Integer::Unsigned(bits),
    }
}

/// An integer of up to 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Integer {
    Signed(i128),
    Unsigned(u128),
}

impl Integer {
    /// The two's complement bits.
    pub(crate) fn bits(self) -> u128 {
        match self {
            Self::Signed(value) => value.cast_unsigned(),
            Self::Unsigned(value) => value,
        }
    }

    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Signed(value) => value as f64,
            Self::Unsigned(value) => value as f64,
        }
    }
}

/// The integer that C makes of a floating-point number: its fraction cut off, and, where C leaves
/// it open, the nearest that there is.
pub(crate) fn float_to_integer(value: f64, size: u32, signed: bool) -> u128 {
    let size = size.clamp(1, 128);
    if signed {
        let most = i128::MAX >> (128 - size);
        (value as i128).clamp(!most, most).cast_unsigned()
    } else {
        (value as u128).min(u128::MAX >> (128 - size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_become_the_nearest_integer_there_is() {
        assert_eq!(float_to_integer(-1.9, 32, true) as i128, -1);
        assert_eq!(float_to_integer(-1.9, 32, false), 0);
        assert_eq!(float_to_integer(1e30, 32, true), 0x7fff_ffff);
        assert_eq!(float_to_integer(1e30, 64, false), u64::MAX.into());
        assert_eq!(float_to_integer(f64::NAN, 32, true), 0);
        assert_eq!(float_to_integer(-1e300, 128, true) as i128, i128::MIN);
    }

    #[test]
    fn half_precision_widens_exactly() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 2f64.powi(-24)),
            (0x3555, 0.333251953125),
            (0x7c00, f64::INFINITY),
        ] {
            assert_eq!(decode_float(bits, 2).unwrap(), value);
        }
        assert!(decode_float(0x7e00, 2).unwrap().is_nan());
    }
}
