//! The bits of floating-point numbers (IEEE 754-2019, 3.4; Intel SDM volume 1, 4.2.2; Power
//! ABI, "IBM EXTENDED PRECISION").

use super::{Exact, Float};
use crate::bits::low_128;
use spelunk_base::ByteOrder;
use spelunk_types::FloatFormat;

/// Where sign, exponent and fraction are: the sign in the highest bit, the fraction in the lowest.
struct Layout {
    /// Bits of the significand, the one before the point among them.
    precision: u32,
    exponent_bits: u32,
    /// Whether the bit before the point is there; else it is 1 but for the least numbers.
    has_integer_bit: bool,
}

fn layout(format: FloatFormat) -> Layout {
    let (precision, exponent_bits) = match format {
        FloatFormat::Half => (11, 5),
        FloatFormat::Bfloat16 => (8, 8),
        FloatFormat::Single => (24, 8),
        FloatFormat::Double | FloatFormat::DoubleDouble => (53, 11),
        FloatFormat::Extended => (64, 15),
        FloatFormat::Quadruple => (113, 15),
    };
    Layout {
        precision,
        exponent_bits,
        has_integer_bit: format == FloatFormat::Extended,
    }
}

impl Layout {
    fn fraction_bits(&self) -> u32 {
        match self.has_integer_bit {
            true => self.precision,
            false => self.precision - 1,
        }
    }

    /// All ones: infinities and what is no number.
    fn greatest_exponent(&self) -> u32 {
        (1 << self.exponent_bits) - 1
    }

    /// The power of two of the lowest bit of the least numbers.
    fn least(&self) -> i64 {
        let bias = i64::from(self.greatest_exponent() / 2);
        2 - bias - i64::from(self.precision)
    }

    fn decode(&self, bits: u128) -> Float {
        let fraction_bits = self.fraction_bits();
        let fraction = bits & ((1 << fraction_bits) - 1);
        let exponent = (bits >> fraction_bits) as u32 & self.greatest_exponent();
        let is_negative = bits >> (fraction_bits + self.exponent_bits) & 1 == 1;
        let integer_bit = 1 << (self.precision - 1);
        if exponent == self.greatest_exponent() {
            return Float::Native(match fraction & !integer_bit {
                // The x87 takes one without the integer bit for no number.
                0 if self.has_integer_bit && fraction == 0 => f64::NAN,
                0 if is_negative => f64::NEG_INFINITY,
                0 => f64::INFINITY,
                _ => f64::NAN,
            });
        }
        let mantissa = match exponent {
            0 => fraction,
            _ if self.has_integer_bit && fraction & integer_bit == 0 => {
                return Float::Native(f64::NAN);
            }
            _ => fraction | integer_bit,
        };
        Float::Exact(Exact {
            is_negative,
            mantissa: mantissa.into(),
            exponent: self.least() + i64::from(exponent.max(1)) - 1,
        })
    }

    fn encode(&self, value: &Float) -> u128 {
        let fraction_bits = self.fraction_bits();
        let integer_bit = 1u128 << (self.precision - 1);
        let greatest = u128::from(self.greatest_exponent());
        let sign = u128::from(value.is_negative()) << (fraction_bits + self.exponent_bits);
        // The integer bit of infinities is set, too.
        let special = greatest << fraction_bits
            | match self.has_integer_bit {
                true => integer_bit,
                false => 0,
            };
        let Some(exact) = value.to_exact() else {
            return match value.is_nan() {
                true => sign | special | integer_bit >> 1,
                false => sign | special,
            };
        };
        if exact.is_zero() {
            return sign;
        }
        let rounded = exact.round(self.precision, self.least());
        let top = rounded.top();
        let lowest = (top - i64::from(self.precision)).max(self.least());
        // After rounding no bit is below the lowest.
        let mantissa = match u64::try_from(rounded.exponent - lowest) {
            Ok(shift) => rounded.mantissa << shift,
            Err(_) => rounded.mantissa >> (lowest - rounded.exponent),
        };
        let mantissa = low_128(&mantissa);
        let exponent = match mantissa & integer_bit {
            0 => 0,
            _ => u128::try_from(lowest - self.least() + 1).unwrap_or(0),
        };
        if exponent >= greatest {
            return sign | special;
        }
        let fraction = match self.has_integer_bit {
            true => mantissa,
            false => mantissa & !integer_bit,
        };
        sign | exponent << fraction_bits | fraction
    }
}

/// The number in the bits of one. `order` tells where the greater half of a double-double is,
/// which comes first in memory.
pub(super) fn decode(bits: u128, format: FloatFormat, order: ByteOrder) -> Float {
    match format {
        FloatFormat::Single => Float::Native(f32::from_bits(bits as u32).into()),
        FloatFormat::Double => Float::Native(f64::from_bits(bits as u64)),
        FloatFormat::Half | FloatFormat::Bfloat16 => {
            Float::Native(layout(format).decode(bits).to_f64())
        }
        FloatFormat::Extended | FloatFormat::Quadruple => layout(format).decode(bits),
        FloatFormat::DoubleDouble => {
            let (greater, less) = match order {
                ByteOrder::Little => (bits, bits >> 64),
                ByteOrder::Big => (bits >> 64, bits),
            };
            let part = |bits: u128| Float::Native(f64::from_bits(bits as u64));
            match (part(greater).to_exact(), part(less).to_exact()) {
                // The sign of 0 is the greater part's.
                (Some(greater), Some(less)) if !less.is_zero() => Float::Exact(greater.add(&less)),
                (Some(greater), _) => Float::Exact(greater),
                (None, _) => part(greater),
            }
        }
    }
}

/// The bits of the nearest number that the format has.
pub(super) fn encode(value: &Float, format: FloatFormat, order: ByteOrder) -> u128 {
    match (format, value) {
        (FloatFormat::Single, Float::Native(value)) => (*value as f32).to_bits().into(),
        (FloatFormat::Double, Float::Native(value)) => value.to_bits().into(),
        (FloatFormat::DoubleDouble, _) => {
            let greater = value.to_f64();
            let rest = match (value.to_exact(), Float::Native(-greater).to_exact()) {
                (Some(value), Some(greater)) => Float::Exact(value.add(&greater)).to_f64(),
                _ => 0.0,
            };
            let (greater, less) = (u128::from(greater.to_bits()), u128::from(rest.to_bits()));
            match order {
                ByteOrder::Little => greater | less << 64,
                ByteOrder::Big => greater << 64 | less,
            }
        }
        _ => layout(format).encode(value),
    }
}

/// The number that the bits of a `double` are.
pub(super) fn exact_of_f64(value: f64) -> Float {
    layout(FloatFormat::Double).decode(value.to_bits().into())
}

/// The nearest `double`.
pub(super) fn nearest_f64(value: &Float) -> f64 {
    f64::from_bits(layout(FloatFormat::Double).encode(value) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use FloatFormat as F;

    const LITTLE: ByteOrder = ByteOrder::Little;

    fn f64_of(bits: u128, format: FloatFormat) -> f64 {
        decode(bits, format, LITTLE).to_f64()
    }

    #[test]
    fn each_format_has_its_well_known_numbers() {
        for (format, bits, value) in [
            (F::Half, 0x3c00, 1.0),
            (F::Half, 0xc000, -2.0),
            (F::Half, 0x7bff, 65504.0),
            (F::Half, 0x0001, 2f64.powi(-24)),
            (F::Half, 0x3555, 0.333251953125),
            (F::Half, 0x7c00, f64::INFINITY),
            (F::Bfloat16, 0x3f80, 1.0),
            (F::Bfloat16, 0x4049, 3.140625),
            (F::Bfloat16, 0xff80, f64::NEG_INFINITY),
            (F::Extended, 0x3fff_8000_0000_0000_0000, 1.0),
            (F::Extended, 0xc000_c000_0000_0000_0000, -3.0),
            (F::Extended, 0x7fff_8000_0000_0000_0000, f64::INFINITY),
            (F::Quadruple, 0x3fff << 112, 1.0),
            (F::Quadruple, 0xbffe << 112, -0.5),
            (F::Quadruple, 0x7fff << 112, f64::INFINITY),
            (F::DoubleDouble, 0x3ff0 << 48, 1.0),
        ] {
            assert_eq!(f64_of(bits, format), value, "{format:?} {bits:#x}");
            let encoded = encode(&Float::Native(value), format, LITTLE);
            assert_eq!(encoded, bits, "{format:?} {value}");
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        for (format, bits) in [
            (F::Half, 0x7e00),
            (F::Extended, 0x7fff_c000_0000_0000_0000),
            // An infinity and a number without integer bit, which the x87 refuses.
            (F::Extended, 0x7fff_0000_0000_0000_0000),
            (F::Extended, 0x3fff_0000_0000_0000_0001),
            (F::Quadruple, 0x7fff << 112 | 1 << 111),
        ] {
            assert!(f64_of(bits, format).is_nan(), "{format:?} {bits:#x}");
            let again = encode(&Float::Native(f64::NAN), format, LITTLE);
            assert!(f64_of(again, format).is_nan());
        }
    }

    #[test]
    fn all_halves_come_back() {
        for format in [F::Half, F::Bfloat16] {
            for bits in 0..=u128::from(u16::MAX) {
                let value = decode(bits, format, LITTLE);
                if !value.is_nan() {
                    assert_eq!(encode(&value, format, LITTLE), bits, "{format:?} {bits:#x}");
                }
            }
        }
    }

    #[test]
    fn the_host_rounds_alike() {
        let mut random = spelunk_synth::Random::new(3);
        for _ in 0..20_000 {
            let value = f64::from_bits(random.next_u64());
            if value.is_nan() {
                continue;
            }
            let exact = exact_of_f64(value);
            assert_eq!(nearest_f64(&exact).to_bits(), value.to_bits());
            let single = encode(&exact, F::Single, LITTLE);
            assert_eq!(single, u128::from((value as f32).to_bits()), "{value:e}");
        }
        for (value, half) in [
            (65519.9, 0x7bff),
            (65520.0, 0x7c00),
            (2f64.powi(-25), 0),
            (2f64.powi(-25) * 1.0001, 1),
            (1.0 + 2f64.powi(-11), 0x3c00),
            (1.0 + 3.0 * 2f64.powi(-11), 0x3c02),
        ] {
            assert_eq!(
                encode(&Float::Native(value), F::Half, LITTLE),
                half,
                "{value}"
            );
        }
    }

    #[test]
    fn a_double_double_is_the_sum_of_its_parts_the_greater_first() {
        let bits = |value: f64| u128::from(value.to_bits());
        let tiny = 2f64.powi(-80);
        let little = bits(1.0) | bits(-tiny) << 64;
        let big = bits(1.0) << 64 | bits(-tiny);
        for (order, bits) in [(ByteOrder::Little, little), (ByteOrder::Big, big)] {
            let value = decode(bits, F::DoubleDouble, order);
            let Float::Exact(exact) = &value else {
                panic!("{value:?}");
            };
            let zeros = exact.mantissa.trailing_zeros().unwrap();
            assert_eq!(exact.mantissa.bits() - zeros, 80);
            assert_eq!(encode(&value, F::DoubleDouble, order), bits);
        }
    }

    #[test]
    fn the_least_numbers_keep_their_bits() {
        for (format, bits) in [
            (F::Extended, 1),
            (F::Extended, 0x7fff_ffff_ffff_ffff),
            (F::Quadruple, 1),
            (F::Quadruple, (1 << 112) - 1),
            (F::Quadruple, 0x7ffe_ffff_ffff_ffff_ffff_ffff_ffff_ffff),
        ] {
            let value = decode(bits, format, LITTLE);
            assert_eq!(encode(&value, format, LITTLE), bits, "{format:?} {bits:#x}");
        }
    }
}
