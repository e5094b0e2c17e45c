use super::Float;
use crate::bits::{sign_extend, truncate};
use num_bigint::{BigInt, BigUint};
use spelunk_base::ByteOrder;
use spelunk_types::FloatFormat;
use std::cmp::Ordering;

/// An integer. Those of up to 128 bits, which is nearly all, need no memory of their own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Integer {
    Signed(i128),
    Unsigned(u128),
    /// One of a type that is wider than 128 bits, or that no such type has.
    Wide(BigInt),
}

/// What integers a type has: those of `bits` bits, in two's complement if it is signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct IntegerForm {
    pub(crate) bits: u32,
    pub(crate) is_signed: bool,
}

/// How the integers of a type, or of a bit field, stand in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct IntegerLayout {
    pub(crate) form: IntegerForm,
    /// Bits that they take, at least those of the form.
    pub(crate) size: u32,
    pub(crate) order: ByteOrder,
}

impl IntegerForm {
    /// As [`decode`](Self::decode), to 128 bits of two's complement.
    #[inline]
    pub(crate) fn extend(self, bits: u128) -> u128 {
        match self.is_signed {
            true => sign_extend(bits, self.bits).cast_unsigned(),
            false => truncate(bits, self.bits),
        }
    }

    /// The integer that the low bits of `bits` stand for, of at most 128.
    pub(crate) fn decode(self, bits: u128) -> Integer {
        match self.is_signed {
            true => Integer::Signed(sign_extend(bits, self.bits)),
            false => Integer::Unsigned(truncate(bits, self.bits)),
        }
    }

    /// The integer that `bits` stand for; the bits above the type's are left out.
    pub(crate) fn decode_wide(self, bits: BigUint) -> Integer {
        let width = u64::from(self.bits);
        let bits = bits & low_bits(width);
        let is_negative = self.is_signed && width > 0 && bits.bit(width - 1);
        let value = BigInt::from(bits);
        Integer::Wide(match is_negative {
            true => value - (BigInt::from(1) << width),
            false => value,
        })
    }

    /// C's conversion to an integer type: what does not fit wraps around.
    pub(crate) fn wrap(self, value: &Integer) -> Integer {
        match self.bits {
            ..=128 => self.decode(value.low_bits()),
            _ => self.decode_wide(value.wide_bits(self.bits)),
        }
    }

    /// The nearest that the type has.
    pub(crate) fn clamp(self, value: Integer) -> Integer {
        let value = value.into_wide();
        let magnitude = BigInt::from(1) << self.bits.saturating_sub(u32::from(self.is_signed));
        let least = match self.is_signed {
            true => -magnitude.clone(),
            false => BigInt::from(0),
        };
        let most = magnitude - 1;
        self.wrap(&Integer::Wide(value.clamp(least, most)))
    }
}

fn low_bits(width: u64) -> BigUint {
    (BigUint::from(1u8) << width) - 1u8
}

impl Integer {
    /// The low 128 bits of its two's complement.
    pub(crate) fn low_bits(&self) -> u128 {
        match self {
            Self::Signed(value) => value.cast_unsigned(),
            Self::Unsigned(value) => *value,
            Self::Wide(value) => {
                let bits = value.to_signed_bytes_le();
                let sign = if value.sign() == num_bigint::Sign::Minus {
                    0xff
                } else {
                    0
                };
                let mut low = [sign; 16];
                for (to, from) in low.iter_mut().zip(bits) {
                    *to = from;
                }
                u128::from_le_bytes(low)
            }
        }
    }

    /// The low `width` bits of its two's complement.
    pub(crate) fn wide_bits(&self, width: u32) -> BigUint {
        let width = u64::from(width);
        let value = self.to_wide();
        let (magnitude, is_negative) = (value.magnitude(), value.sign() == num_bigint::Sign::Minus);
        let low = magnitude & low_bits(width);
        match is_negative && low != BigUint::ZERO {
            true => (BigUint::from(1u8) << width) - low,
            false => low,
        }
    }

    pub(crate) fn to_wide(&self) -> BigInt {
        match self {
            Self::Signed(value) => (*value).into(),
            Self::Unsigned(value) => (*value).into(),
            Self::Wide(value) => value.clone(),
        }
    }

    fn into_wide(self) -> BigInt {
        match self {
            Self::Wide(value) => value,
            other => other.to_wide(),
        }
    }

    /// The nearest `double`; infinity beyond its range.
    pub(crate) fn to_f64(&self) -> f64 {
        match self {
            Self::Signed(value) => *value as f64,
            Self::Unsigned(value) => *value as f64,
            Self::Wide(_) => Float::from_integer(self, FloatFormat::Double).to_f64(),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Signed(value) => *value == 0,
            Self::Unsigned(value) => *value == 0,
            Self::Wide(value) => value.sign() == num_bigint::Sign::NoSign,
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Self::Signed(value) => *value < 0,
            Self::Unsigned(_) => false,
            Self::Wide(value) => value.sign() == num_bigint::Sign::Minus,
        }
    }

    /// The value, if 128 bits with a sign hold it.
    pub(crate) fn to_i128(&self) -> Option<i128> {
        match self {
            Self::Signed(value) => Some(*value),
            Self::Unsigned(value) => (*value).try_into().ok(),
            Self::Wide(value) => value.try_into().ok(),
        }
    }
}

impl From<BigInt> for Integer {
    fn from(value: BigInt) -> Self {
        match i128::try_from(&value) {
            Ok(value) => Self::Signed(value),
            Err(_) => Self::Wide(value),
        }
    }
}

impl PartialOrd for Integer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Integer {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Signed(a), Self::Signed(b)) => a.cmp(b),
            (Self::Unsigned(a), Self::Unsigned(b)) => a.cmp(b),
            (a, b) => a.to_wide().cmp(&b.to_wide()),
        }
    }
}
