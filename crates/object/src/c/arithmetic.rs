//! Arithmetic on integers of a width, and on floating-point numbers.

use super::operators::BinaryOperator;
use crate::bits::{sign_extend, truncate};
use crate::{Error, ErrorKind, Result};

fn division_by_zero() -> Error {
    Error::new(ErrorKind::ZeroDivision, "division by zero")
}

/// `a operator b` for two integers of `bits` bits, given and returned as such. What C leaves open
/// wraps around. Shifts are [`shift`]s.
pub(super) fn integers(
    operator: BinaryOperator,
    a: u128,
    b: u128,
    bits: u32,
    is_signed: bool,
) -> Result<u128> {
    use BinaryOperator as B;
    let (signed_a, signed_b) = (sign_extend(a, bits), sign_extend(b, bits));
    let value = match operator {
        B::Add => a.wrapping_add(b),
        B::Subtract => a.wrapping_sub(b),
        B::Multiply => a.wrapping_mul(b),
        B::And => a & b,
        B::Or => a | b,
        B::Xor => a ^ b,
        B::Divide | B::Remainder if b == 0 => return Err(division_by_zero()),
        B::Divide if is_signed => signed_a.wrapping_div(signed_b).cast_unsigned(),
        B::Remainder if is_signed => signed_a.wrapping_rem(signed_b).cast_unsigned(),
        // b is not 0.
        B::Divide => a.checked_div(b).unwrap_or(0),
        B::Remainder => a.checked_rem(b).unwrap_or(0),
        B::ShiftLeft | B::ShiftRight => {
            return shift(operator, a, b, bits, is_signed);
        }
    };
    Ok(truncate(value, bits))
}

/// `a << b` or `a >> b`, where `b` is not negative. What is shifted out is gone, however far.
pub(super) fn shift(
    operator: BinaryOperator,
    a: u128,
    b: u128,
    bits: u32,
    is_signed: bool,
) -> Result<u128> {
    let distance = u32::try_from(b).unwrap_or(u32::MAX).min(bits);
    let value = match operator {
        BinaryOperator::ShiftLeft => a.checked_shl(distance).unwrap_or(0),
        _ if is_signed => (sign_extend(a, bits) >> distance.min(127)).cast_unsigned(),
        _ => a.checked_shr(distance).unwrap_or(0),
    };
    Ok(truncate(value, bits))
}

/// `a operator b` for floating-point numbers; `None` if there is no such operation.
pub(super) fn floats(operator: BinaryOperator, a: f64, b: f64) -> Result<Option<f64>> {
    Ok(Some(match operator {
        BinaryOperator::Add => a + b,
        BinaryOperator::Subtract => a - b,
        BinaryOperator::Multiply => a * b,
        BinaryOperator::Divide if b == 0.0 => return Err(division_by_zero()),
        BinaryOperator::Divide => a / b,
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use BinaryOperator as B;

    #[test]
    fn overflow_wraps_at_the_width() {
        let i = |operator, a: i32, b: i32| {
            let (a, b) = (u128::from(a as u32), u128::from(b as u32));
            integers(operator, a, b, 32, true).map(|value| value as u32 as i32)
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
        assert_eq!(
            integers(B::Divide, 1 << 127, u128::MAX, 128, true).unwrap(),
            1 << 127
        );
    }

    #[test]
    fn shifts_beyond_the_width_leave_the_sign() {
        for distance in [32, 33, 1 << 40, u128::MAX] {
            assert_eq!(
                shift(B::ShiftRight, 0xffff_fff8, distance, 32, true).unwrap(),
                0xffff_ffff
            );
            assert_eq!(
                shift(B::ShiftRight, 0xffff_fff8, distance, 32, false).unwrap(),
                0
            );
            assert_eq!(shift(B::ShiftLeft, 7, distance, 32, true).unwrap(), 0);
        }
        assert_eq!(shift(B::ShiftLeft, 7, 31, 32, true).unwrap(), 0x8000_0000);
    }
}
