//! Binary numbers without rounding.
//!
//! Every finite floating-point number is an integer times a power of two. Sums and products of such
//! numbers are, too, so arithmetic is exact until it is rounded, once, to the format of the result:
//! which is what IEEE 754 asks for. Formats that the host computes in itself do not come here.

use num_bigint::{BigInt, BigUint, Sign};
use std::cmp::Ordering;

/// A finite number: (-1)^`is_negative` * `mantissa` * 2^`exponent`.
#[derive(Clone, Debug)]
pub(crate) struct Exact {
    /// The sign, which 0 has, too.
    pub(crate) is_negative: bool,
    pub(crate) mantissa: BigUint,
    pub(crate) exponent: i64,
}

/// What becomes of a fraction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    /// It is cut off.
    TowardZero,
    /// The next lower integer.
    Down,
    /// The next higher integer.
    Up,
    /// The nearest integer, the even one of two.
    NearestEven,
}

/// Bits of a quotient before the last one, which says whether there is a rest: more than from the
/// greatest to the least bit of two `double`s, so that it rounds like the true quotient in every
/// format.
const QUOTIENT_BITS: u64 = 2300;

impl Exact {
    pub(crate) fn zero(is_negative: bool) -> Self {
        Self {
            is_negative,
            mantissa: BigUint::ZERO,
            exponent: 0,
        }
    }

    pub(crate) fn from_integer(value: &BigInt) -> Self {
        Self {
            is_negative: value.sign() == Sign::Minus,
            mantissa: value.magnitude().clone(),
            exponent: 0,
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.mantissa == BigUint::ZERO
    }

    pub(crate) fn negated(mut self) -> Self {
        self.is_negative = !self.is_negative;
        self
    }

    /// The position above the highest bit: the number is less than 2 to its power.
    pub(crate) fn top(&self) -> i64 {
        self.exponent + self.mantissa.bits() as i64
    }

    /// The mantissa at a lower exponent, with its sign.
    fn signed_at(&self, exponent: i64) -> BigInt {
        let shift = u64::try_from(self.exponent - exponent).unwrap_or(0);
        let sign = match self.is_negative {
            true => Sign::Minus,
            false => Sign::Plus,
        };
        BigInt::from_biguint(sign, &self.mantissa << shift)
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        if self.is_zero() && other.is_zero() {
            return Self::zero(self.is_negative && other.is_negative);
        }
        let exponent = self.exponent.min(other.exponent);
        let sum = self.signed_at(exponent) + other.signed_at(exponent);
        Self {
            is_negative: sum.sign() == Sign::Minus,
            mantissa: sum.into_parts().1,
            exponent,
        }
    }

    pub(crate) fn multiply(&self, other: &Self) -> Self {
        Self {
            is_negative: self.is_negative != other.is_negative,
            mantissa: &self.mantissa * &other.mantissa,
            exponent: self.exponent + other.exponent,
        }
    }

    /// The quotient, with a last bit for the rest. `other` is not 0.
    pub(crate) fn divide(&self, other: &Self) -> Self {
        let shift = (QUOTIENT_BITS + other.mantissa.bits()).saturating_sub(self.mantissa.bits());
        let dividend = &self.mantissa << shift;
        let quotient = &dividend / &other.mantissa;
        let has_rest = &quotient * &other.mantissa != dividend;
        Self {
            is_negative: self.is_negative != other.is_negative,
            mantissa: quotient << 1u8 | BigUint::from(u8::from(has_rest)),
            exponent: self.exponent - other.exponent - shift as i64 - 1,
        }
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let exponent = self.exponent.min(other.exponent);
        self.signed_at(exponent).cmp(&other.signed_at(exponent))
    }

    /// The nearest number of at most `precision` bits, none of them below 2^`least`; of two, the
    /// even one.
    pub(crate) fn round(&self, precision: u32, least: i64) -> Self {
        let exponent = (self.top() - i64::from(precision)).max(least);
        match u64::try_from(exponent - self.exponent) {
            Ok(shift @ 1..) if !self.is_zero() => Self {
                is_negative: self.is_negative,
                mantissa: shift_right(&self.mantissa, shift, Rounding::NearestEven, false),
                exponent,
            },
            _ => self.clone(),
        }
    }

    /// The number, if it has no fraction.
    pub(crate) fn to_whole(&self) -> Option<BigInt> {
        let zeros = self.mantissa.trailing_zeros().unwrap_or(0);
        (self.exponent >= 0 || zeros >= self.exponent.unsigned_abs())
            .then(|| self.to_integer(Rounding::TowardZero))
    }

    pub(crate) fn to_integer(&self, rounding: Rounding) -> BigInt {
        let magnitude = match u64::try_from(-self.exponent) {
            Ok(shift) => shift_right(&self.mantissa, shift, rounding, self.is_negative),
            Err(_) => &self.mantissa << self.exponent.unsigned_abs(),
        };
        let sign = match self.is_negative {
            true => Sign::Minus,
            false => Sign::Plus,
        };
        BigInt::from_biguint(sign, magnitude)
    }

    /// The number times 10^`power`; a last bit for the rest where it has no end.
    pub(crate) fn scaled(&self, power: i32) -> Self {
        let scale = Self {
            is_negative: false,
            mantissa: BigUint::from(10u8).pow(power.unsigned_abs()),
            exponent: 0,
        };
        match power {
            0.. => self.multiply(&scale),
            _ => self.divide(&scale),
        }
    }

    /// The number rounded to `count` decimal digits, and the power of ten of the first one. It is
    /// not 0.
    pub(crate) fn to_decimal(&self, count: u32) -> (String, i64) {
        // log10(2) is 0.30103, nearly: a guess that is right or too low.
        let mut power = ((self.top() - 1) * 30103).div_euclid(100_000) - 1;
        loop {
            let digits = i32::try_from(i64::from(count) - 1 - power).unwrap_or(0);
            let text = self
                .scaled(digits)
                .to_integer(Rounding::NearestEven)
                .magnitude()
                .to_string();
            // One more digit: by a low guess, or by rounding up to the next power of ten.
            match text.len() > count as usize {
                true => power += 1,
                false => return (text, power),
            }
        }
    }
}

/// `mantissa >> shift`, rounded.
fn shift_right(mantissa: &BigUint, shift: u64, rounding: Rounding, is_negative: bool) -> BigUint {
    if shift == 0 || *mantissa == BigUint::ZERO {
        return mantissa.clone();
    }
    let has_rest = mantissa.trailing_zeros().is_some_and(|zeros| zeros < shift);
    let quotient = mantissa >> shift;
    let is_up = match rounding {
        Rounding::TowardZero => false,
        Rounding::Down => has_rest && is_negative,
        Rounding::Up => has_rest && !is_negative,
        Rounding::NearestEven => {
            let is_half_or_more = mantissa.bit(shift - 1);
            let is_more = mantissa
                .trailing_zeros()
                .is_some_and(|zeros| zeros < shift - 1);
            is_half_or_more && (is_more || quotient.bit(0))
        }
    };
    match is_up {
        true => quotient + 1u8,
        false => quotient,
    }
}
