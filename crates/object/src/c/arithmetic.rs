//! Arithmetic on integers of a type.

use super::operators::BinaryOperator;
use crate::bits::{sign_extend, truncate};
use crate::number::{Integer, IntegerForm};
use crate::scalar::NARROW;
use crate::{Error, ErrorKind, Result};
use num_bigint::BigInt;

pub(super) fn division_by_zero() -> Error {
    Error::new(ErrorKind::ZeroDivision, "division by zero")
}

/// `a operator b` for two integers of one type. What C leaves open wraps around. Shifts are
/// [`shift`]s.
pub(super) fn integers(
    operator: BinaryOperator,
    a: &Integer,
    b: &Integer,
    form: IntegerForm,
) -> Result<Integer> {
    match form.bits {
        ..=NARROW => {
            narrow(operator, a.low_bits(), b.low_bits(), form).map(|bits| form.decode(bits))
        }
        _ => wide(operator, a.to_wide(), b.to_wide()).map(|value| form.wrap(&Integer::Wide(value))),
    }
}

/// [`integers`] of at most 128 bits. The bits above those of the type do not count, nor are they
/// set in the result to anything that does.
#[inline]
pub(super) fn narrow(
    operator: BinaryOperator,
    a: u128,
    b: u128,
    form: IntegerForm,
) -> Result<u128> {
    use BinaryOperator as B;
    Ok(match operator {
        B::Add => a.wrapping_add(b),
        B::Subtract => a.wrapping_sub(b),
        B::Multiply => a.wrapping_mul(b),
        B::And => a & b,
        B::Or => a | b,
        B::Xor => a ^ b,
        B::Divide | B::Remainder => return divide(operator, form.extend(a), form.extend(b), form),
        B::ShiftLeft | B::ShiftRight => return Err(Error::type_("a shift is no such operation")),
    })
}

fn divide(operator: BinaryOperator, a: u128, b: u128, form: IntegerForm) -> Result<u128> {
    if b == 0 {
        return Err(division_by_zero());
    }
    let is_quotient = operator == BinaryOperator::Divide;
    let (signed_a, signed_b) = (a.cast_signed(), b.cast_signed());
    Ok(match (is_quotient, form.is_signed) {
        (true, true) => signed_a.wrapping_div(signed_b).cast_unsigned(),
        (false, true) => signed_a.wrapping_rem(signed_b).cast_unsigned(),
        // b is not 0.
        (true, false) => a.checked_div(b).unwrap_or(0),
        (false, false) => a.checked_rem(b).unwrap_or(0),
    })
}

fn wide(operator: BinaryOperator, a: BigInt, b: BigInt) -> Result<BigInt> {
    use BinaryOperator as B;
    let divide = |divide: fn(&BigInt, &BigInt) -> Option<BigInt>| {
        divide(&a, &b).ok_or_else(division_by_zero)
    };
    Ok(match operator {
        B::Add => a + b,
        B::Subtract => a - b,
        B::Multiply => a * b,
        B::And => a & b,
        B::Or => a | b,
        B::Xor => a ^ b,
        B::Divide => divide(BigInt::checked_div)?,
        B::Remainder => divide(|a, b| Some(a - a.checked_div(b)? * b))?,
        B::ShiftLeft | B::ShiftRight => return Err(Error::type_("a shift is no such operation")),
    })
}

/// `value << distance` or `value >> distance`, where the distance is not negative. What is shifted
/// out is gone, however far.
pub(super) fn shift(
    operator: BinaryOperator,
    value: &Integer,
    distance: &Integer,
    form: IntegerForm,
) -> Integer {
    let distance = distance.to_i128().unwrap_or(i128::MAX);
    let distance = u32::try_from(distance).unwrap_or(u32::MAX).min(form.bits);
    let is_left = operator == BinaryOperator::ShiftLeft;
    match value {
        Integer::Wide(value) if form.bits > NARROW => form.wrap(&Integer::Wide(match is_left {
            true => value << distance,
            false => value >> distance,
        })),
        _ => form.decode(narrow_shift(operator, value.low_bits(), distance, form)),
    }
}

/// [`shift`] of an integer of at most 128 bits; those above the type's count as in [`narrow`].
#[inline]
pub(super) fn narrow_shift(
    operator: BinaryOperator,
    bits: u128,
    distance: u32,
    form: IntegerForm,
) -> u128 {
    let distance = distance.min(form.bits);
    match operator {
        BinaryOperator::ShiftLeft => bits.checked_shl(distance).unwrap_or(0),
        _ if form.is_signed => (sign_extend(bits, form.bits) >> distance.min(127)).cast_unsigned(),
        _ => truncate(bits, form.bits).checked_shr(distance).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BinaryOperator as B;

    const INT: IntegerForm = IntegerForm {
        bits: 32,
        is_signed: true,
    };
    const UNSIGNED: IntegerForm = IntegerForm {
        bits: 32,
        is_signed: false,
    };

    #[test]
    fn overflow_wraps_at_the_width() {
        let i = |operator, a: i32, b: i32| {
            let [a, b] = [a, b].map(|value| Integer::Signed(value.into()));
            integers(operator, &a, &b, INT).map(|value| value.to_i128().unwrap() as i32)
        };
        assert_eq!(i(B::Add, i32::MAX, 1).unwrap(), i32::MIN);
        assert_eq!(i(B::Divide, i32::MIN, -1).unwrap(), i32::MIN);
        assert_eq!(i(B::Remainder, i32::MIN, -1).unwrap(), 0);
        assert_eq!(i(B::Divide, -7, 2).unwrap(), -3);
        assert_eq!(i(B::Remainder, -7, 2).unwrap(), -1);
        assert_eq!(
            i(B::Divide, 1, 0).unwrap_err().kind(),
            ErrorKind::ZeroDivision
        );
        let least = Integer::Signed(i128::MIN);
        let form = IntegerForm { bits: 128, ..INT };
        assert_eq!(
            integers(B::Divide, &least, &Integer::Signed(-1), form).unwrap(),
            least
        );
    }

    #[test]
    fn shifts_beyond_the_width_leave_the_sign() {
        for distance in [32, 33, 1 << 40, u128::MAX] {
            let distance = Integer::Unsigned(distance);
            let shifted = |operator, value: i128, form: IntegerForm| {
                let value = form.wrap(&Integer::Signed(value));
                shift(operator, &value, &distance, form).to_i128().unwrap()
            };
            assert_eq!(shifted(B::ShiftRight, -8, INT), -1);
            assert_eq!(shifted(B::ShiftRight, -8, UNSIGNED), 0);
            assert_eq!(shifted(B::ShiftLeft, 7, INT), 0);
        }
        let (seven, distance) = (Integer::Signed(7), Integer::Signed(31));
        assert_eq!(
            shift(B::ShiftLeft, &seven, &distance, INT),
            Integer::Signed(i32::MIN.into())
        );
    }

    /// The same operations on the same bits, placed in the high bits of a wider type.
    #[test]
    fn wide_arithmetic_is_that_of_narrow_types() {
        let mut random = spelunk_synth::Random::new(13);
        let mut number = |form: IntegerForm| {
            let value = i128::from(random.next_u64().cast_signed() >> random.below(64));
            form.wrap(&Integer::Signed(value << random.below(40)))
        };
        for is_signed in [true, false] {
            let form = IntegerForm {
                bits: 128,
                is_signed,
            };
            let wider = IntegerForm {
                bits: 200,
                is_signed,
            };
            for _ in 0..5000 {
                let (a, b) = (number(form), number(form));
                for operator in [
                    B::Add,
                    B::Subtract,
                    B::Multiply,
                    B::Divide,
                    B::Remainder,
                    B::And,
                    B::Or,
                    B::Xor,
                ] {
                    let narrow = integers(operator, &a, &b, form);
                    let wide = integers(operator, &wider.wrap(&a), &wider.wrap(&b), wider);
                    match (narrow, wide) {
                        (Ok(narrow), Ok(wide)) => {
                            assert_eq!(narrow, form.wrap(&wide), "{a:?} {operator:?} {b:?}");
                        }
                        (narrow, wide) => assert!(narrow.is_err() && wide.is_err()),
                    }
                }
            }
        }
    }
}
