use super::{Exact, Integer, IntegerForm, Rounding, encoding};
use crate::c::BinaryOperator;
use num_bigint::BigInt;
use spelunk_base::ByteOrder;
use spelunk_types::FloatFormat;
use std::cmp::Ordering;

/// A floating-point number of any format.
#[derive(Clone, Debug)]
pub(crate) enum Float {
    /// Any of a format that the host's has room for; infinities and NaN of all.
    Native(f64),
    /// A finite one of a wider format.
    Exact(Exact),
}

/// No number of digits after the point, or before it, that a number of any format has.
const MAX_DIGITS: i32 = 20_000;

impl Float {
    /// The number that `bits` are.
    pub(crate) fn decode(bits: u128, format: FloatFormat, order: ByteOrder) -> Self {
        encoding::decode(bits, format, order)
    }

    /// The bits of the nearest number that `format` has.
    pub(crate) fn encode(&self, format: FloatFormat, order: ByteOrder) -> u128 {
        encoding::encode(self, format, order)
    }

    /// The nearest number that `format` has.
    pub(crate) fn rounded(self, format: FloatFormat) -> Self {
        match (format, self) {
            (FloatFormat::Double, Self::Native(value)) => Self::Native(value),
            (FloatFormat::Single, Self::Native(value)) => Self::Native((value as f32).into()),
            (_, value) => Self::decode(
                value.encode(format, ByteOrder::Little),
                format,
                ByteOrder::Little,
            ),
        }
    }

    /// The number of `format` that is nearest to an integer.
    pub(crate) fn from_integer(value: &Integer, format: FloatFormat) -> Self {
        use FloatFormat as F;
        match (format, value) {
            (F::Double, Integer::Signed(value)) => Self::Native(*value as f64),
            (F::Double, Integer::Unsigned(value)) => Self::Native(*value as f64),
            (F::Single, Integer::Signed(value)) => Self::Native((*value as f32).into()),
            (F::Single, Integer::Unsigned(value)) => Self::Native((*value as f32).into()),
            _ => Self::Exact(Exact::from_integer(&value.to_wide())).rounded(format),
        }
    }

    /// The nearest `double`.
    pub(crate) fn to_f64(&self) -> f64 {
        match self {
            Self::Native(value) => *value,
            Self::Exact(_) => encoding::nearest_f64(self),
        }
    }

    /// The number without rounding; `None` for infinities and NaN.
    pub(crate) fn to_exact(&self) -> Option<Exact> {
        match self {
            Self::Exact(exact) => Some(exact.clone()),
            Self::Native(value) => match encoding::exact_of_f64(*value) {
                Self::Exact(exact) => Some(exact),
                Self::Native(_) => None,
            },
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Native(value) => *value == 0.0,
            Self::Exact(exact) => exact.is_zero(),
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Self::Native(value) => value.is_sign_negative(),
            Self::Exact(exact) => exact.is_negative,
        }
    }

    pub(crate) fn is_nan(&self) -> bool {
        matches!(self, Self::Native(value) if value.is_nan())
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Native(value) => Self::Native(-value),
            Self::Exact(exact) => Self::Exact(exact.negated()),
        }
    }

    /// A number that gives with infinities and NaN what this one does.
    fn stand_in(&self) -> f64 {
        match self {
            Self::Native(value) => *value,
            Self::Exact(exact) => {
                let magnitude = if exact.is_zero() { 0.0 } else { 1.0 };
                if exact.is_negative {
                    -magnitude
                } else {
                    magnitude
                }
            }
        }
    }

    /// `a operator b`, rounded to `format`, which both are of; `None` if there is no such
    /// operation. `b` is not 0 where it divides.
    pub(crate) fn binary(
        operator: BinaryOperator,
        a: &Self,
        b: &Self,
        format: FloatFormat,
    ) -> Option<Self> {
        // Sums, products and quotients in `double` round to the same number of half the bits, or
        // less, as the exact ones do (Figueroa, "When is double rounding innocuous?", 1995).
        let is_native = matches!(
            format,
            FloatFormat::Half | FloatFormat::Bfloat16 | FloatFormat::Single | FloatFormat::Double
        );
        let exact = match is_native {
            true => None,
            false => a.to_exact().zip(b.to_exact()),
        };
        let result = match exact {
            Some((a, b)) => Self::Exact(match operator {
                BinaryOperator::Add => a.add(&b),
                BinaryOperator::Subtract => a.add(&b.negated()),
                BinaryOperator::Multiply => a.multiply(&b),
                BinaryOperator::Divide => a.divide(&b),
                _ => return None,
            }),
            None => {
                let (a, b) = match is_native {
                    true => (a.to_f64(), b.to_f64()),
                    false => (a.stand_in(), b.stand_in()),
                };
                Self::Native(match operator {
                    BinaryOperator::Add => a + b,
                    BinaryOperator::Subtract => a - b,
                    BinaryOperator::Multiply => a * b,
                    BinaryOperator::Divide => a / b,
                    _ => return None,
                })
            }
        };
        Some(result.rounded(format))
    }

    /// The order of two numbers of any formats; `None` where one is NaN.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Native(a), Self::Native(b)) => a.partial_cmp(b),
            _ => match (self.to_exact(), other.to_exact()) {
                (Some(a), Some(b)) => Some(a.compare(&b)),
                _ => self.stand_in().partial_cmp(&other.stand_in()),
            },
        }
    }

    /// The integer that C makes of it: its fraction cut off, and, where C leaves it open, the
    /// nearest that there is, or 0 for NaN.
    pub(crate) fn to_integer(&self, form: IntegerForm) -> Integer {
        match self {
            Self::Native(value) if form.bits <= 128 => native_to_integer(*value, form),
            _ => match self.to_exact() {
                Some(exact) => form.clamp(exact.to_integer(Rounding::TowardZero).into()),
                None if self.is_nan() => form.wrap(&Integer::Signed(0)),
                None => {
                    let beyond = BigInt::from(1) << form.bits;
                    form.clamp(Integer::Wide(match self.is_negative() {
                        true => -beyond,
                        false => beyond,
                    }))
                }
            },
        }
    }

    /// The number rounded to `digits` decimal digits after the point, or before it.
    pub(crate) fn round_to_digits(self, digits: i32, format: FloatFormat) -> Self {
        let is_negative = self.is_negative();
        let (Some(exact), ..=MAX_DIGITS) = (self.to_exact(), digits) else {
            return self;
        };
        if digits < -MAX_DIGITS {
            return Self::Exact(Exact::zero(is_negative)).rounded(format);
        }
        let scaled = exact.scaled(digits).to_integer(Rounding::NearestEven);
        let mut rounded = Exact::from_integer(&scaled).scaled(-digits);
        rounded.is_negative = is_negative;
        Self::Exact(rounded).rounded(format)
    }
}

fn native_to_integer(value: f64, form: IntegerForm) -> Integer {
    let unused = 128 - form.bits.clamp(1, 128);
    match form.is_signed {
        true => {
            let most = i128::MAX >> unused;
            Integer::Signed((value as i128).clamp(!most, most))
        }
        false => Integer::Unsigned((value as u128).min(u128::MAX >> unused)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FloatFormat as F;

    fn to_integer(value: f64, bits: u32, is_signed: bool) -> Integer {
        Float::Native(value).to_integer(IntegerForm { bits, is_signed })
    }

    #[test]
    fn floats_become_the_nearest_integer_there_is() {
        use Integer::{Signed, Unsigned, Wide};
        assert_eq!(to_integer(-1.9, 32, true), Signed(-1));
        assert_eq!(to_integer(-1.9, 32, false), Unsigned(0));
        assert_eq!(to_integer(1e30, 32, true), Signed(0x7fff_ffff));
        assert_eq!(to_integer(1e30, 64, false), Unsigned(u64::MAX.into()));
        assert_eq!(to_integer(f64::NAN, 32, true), Signed(0));
        assert_eq!(to_integer(-1e300, 128, true), Signed(i128::MIN));
        assert_eq!(
            to_integer(2f64.powi(200), 256, true),
            Wide(BigInt::from(1) << 200)
        );
        assert_eq!(
            to_integer(f64::INFINITY, 256, false),
            Wide((BigInt::from(1) << 256) - 1)
        );
        let exact = Float::Exact(encoding::exact_of_f64(-7.5).to_exact().unwrap());
        let form = IntegerForm {
            bits: 8,
            is_signed: true,
        };
        assert_eq!(exact.to_integer(form), Signed(-7));
    }

    #[test]
    fn wide_formats_agree_with_the_host_where_it_is_exact() {
        let mut random = spelunk_synth::Random::new(5);
        let mut number = || f64::from(random.next_u64() as i32) / 1024.0;
        for _ in 0..2000 {
            let (a, b) = (number(), number());
            for format in [F::Extended, F::Quadruple, F::DoubleDouble] {
                let [x, y] = [a, b].map(|value| Float::Native(value).rounded(format));
                let result = |operator| Float::binary(operator, &x, &y, format).unwrap().to_f64();
                assert_eq!(result(BinaryOperator::Add), a + b);
                assert_eq!(result(BinaryOperator::Subtract), a - b);
                assert_eq!(x.compare(&y), a.partial_cmp(&b));
                if format != F::Extended {
                    assert_eq!(result(BinaryOperator::Multiply), a * b);
                }
            }
        }
    }

    #[test]
    fn infinities_and_signs_of_zero_follow_ieee_754() {
        use BinaryOperator as B;
        let values = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
        ];
        for a in values {
            for b in values {
                for format in [F::Half, F::Extended, F::Quadruple] {
                    let [x, y] = [a, b].map(|value| Float::Native(value).rounded(format));
                    for (operator, expected) in [
                        (B::Add, a + b),
                        (B::Subtract, a - b),
                        (B::Multiply, a * b),
                        (B::Divide, a / b),
                    ] {
                        if operator == B::Divide && b == 0.0 {
                            continue;
                        }
                        let got = Float::binary(operator, &x, &y, format).unwrap().to_f64();
                        let is_same = got.to_bits() == expected.to_bits()
                            || got.is_nan() && expected.is_nan();
                        assert!(is_same, "{a} {operator:?} {b}: {got}, not {expected}");
                    }
                    assert_eq!(x.compare(&y), a.partial_cmp(&b));
                }
            }
        }
    }

    #[test]
    fn digits_round_half_to_even_on_the_true_value() {
        let round = |value: f64, digits| {
            Float::Native(value)
                .round_to_digits(digits, F::Double)
                .to_f64()
        };
        // What Python's round() gives.
        assert_eq!(round(2.675, 2), 2.67);
        assert_eq!(round(0.5, 0), 0.0);
        assert_eq!(round(1.5, 0), 2.0);
        assert_eq!(round(-3.5, -1), -0.0);
        assert!(round(-3.5, -1).is_sign_negative());
        assert_eq!(round(15.0, -1), 20.0);
        assert_eq!(round(1e300, 400), 1e300);
        assert_eq!(round(1.5, i32::MAX), 1.5);
        assert_eq!(round(1.5, i32::MIN), 0.0);
        assert_eq!(round(f64::INFINITY, 1), f64::INFINITY);
    }
}
