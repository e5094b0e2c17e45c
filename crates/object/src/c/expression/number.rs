//! Integer and floating-point constants (C11, 6.4.4).

use super::super::primitive::primitive_type;
use crate::number::{Exact, Float, Number};
use crate::scalar::{integer_form, scalar_of};
use crate::{Error, Object, Result, Target, Value};
use num_bigint::BigInt;
use spelunk_types::Primitive;

/// Digits of one number.
const MAX_DIGITS: usize = 10_000;
/// No power of ten that a number of any format has.
const MAX_POWER: i32 = 20_000;

fn invalid(text: &str) -> Error {
    Error::syntax(format!("invalid number '{text}'"))
}

/// An integer or floating-point constant.
pub(super) fn number(target: &dyn Target, text: &str) -> Result<Object> {
    if text.len() > MAX_DIGITS {
        return Err(Error::syntax("number is too long"));
    }
    let digits: String = text.chars().filter(|c| *c != '\'').collect();
    let lower = digits.to_ascii_lowercase();
    let is_hexadecimal = lower.starts_with("0x");
    let is_float = match is_hexadecimal {
        true => lower.contains(['.', 'p']),
        false => lower.contains(['.', 'e']),
    };
    match is_float {
        true => float(target, &lower),
        false => integer(target, &lower),
    }
    .map_err(|error| match error {
        None => invalid(text),
        Some(error) => error,
    })
}

/// `None` for text that is no number.
type NumberResult = Result<Object, Option<Error>>;

fn integer(target: &dyn Target, text: &str) -> NumberResult {
    let (digits, base) = match text.as_bytes() {
        [b'0', b'x', ..] => (text.get(2..).unwrap_or(""), 16),
        [b'0', b'b', ..] => (text.get(2..).unwrap_or(""), 2),
        [b'0', _, ..] => (text.get(1..).unwrap_or(""), 8),
        _ => (text, 10),
    };
    let end = digits.find(|c: char| !c.is_digit(base));
    let (digits, suffix) = digits
        .split_at_checked(end.unwrap_or(digits.len()))
        .ok_or(None)?;
    // What stands behind the 0 of `0u` are no digits.
    let digits = match (digits, base) {
        ("", 8) => "0",
        _ => digits,
    };
    let value = u128::from_str_radix(digits, base).map_err(|_| None)?;
    use Primitive as P;
    let all: &[Primitive] = match suffix {
        "" if base == 10 => &[P::Int, P::Long, P::LongLong, P::Int128],
        "" => &[
            P::Int,
            P::UnsignedInt,
            P::Long,
            P::UnsignedLong,
            P::LongLong,
            P::UnsignedLongLong,
        ],
        "u" => &[P::UnsignedInt, P::UnsignedLong, P::UnsignedLongLong],
        "l" if base == 10 => &[P::Long, P::LongLong, P::Int128],
        "l" => &[P::Long, P::UnsignedLong, P::LongLong, P::UnsignedLongLong],
        "ul" | "lu" => &[P::UnsignedLong, P::UnsignedLongLong],
        "ll" if base == 10 => &[P::LongLong, P::Int128],
        "ll" => &[P::LongLong, P::UnsignedLongLong],
        "ull" | "llu" => &[P::UnsignedLongLong],
        "z" => &[P::PtrdiffT, P::SizeT],
        "uz" | "zu" => &[P::SizeT],
        _ => return Err(None),
    };
    for primitive in all {
        let ty = primitive_type(target, *primitive)?;
        let Some(scalar) = scalar_of(target.types(), ty.id)? else {
            continue;
        };
        let form = integer_form(scalar, 0)?;
        let bits = form.bits - u32::from(form.is_signed);
        if u128::BITS - value.leading_zeros() <= bits {
            return Ok(Object::from_value(
                target,
                ty,
                &Value::Unsigned(value),
                None,
            )?);
        }
    }
    Err(Some(Error::syntax("number is too large")))
}

/// `1.5e3f`, `0x1.8p4L`
fn float(target: &dyn Target, text: &str) -> NumberResult {
    let (digits, base, mark) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16, 'p'),
        None => (text, 10, 'e'),
    };
    let is_digit = |c: char| c.is_digit(base) || c == '.';
    let end = digits.find(|c| !is_digit(c)).unwrap_or(digits.len());
    let (mantissa, rest) = digits.split_at_checked(end).ok_or(None)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if fraction.contains('.') || whole.len() + fraction.len() == 0 {
        return Err(None);
    }
    let (exponent, suffix) = match rest.strip_prefix(mark) {
        None if base == 16 => return Err(None),
        None => (0, rest),
        Some(rest) => {
            let digits = rest.trim_start_matches(['+', '-']);
            let length = rest.len() - digits.len();
            let end = digits.find(|c: char| !c.is_ascii_digit());
            let end = length + end.unwrap_or(digits.len());
            let (power, suffix) = rest.split_at_checked(end).ok_or(None)?;
            if length > 1 || end == length {
                return Err(None);
            }
            let limit = if power.starts_with('-') {
                -MAX_POWER
            } else {
                MAX_POWER
            };
            let power = power.parse::<i32>().unwrap_or(limit);
            (power.clamp(-MAX_POWER, MAX_POWER), suffix)
        }
    };
    let primitive = match suffix {
        "" | "d" => Primitive::Double,
        "f" => Primitive::Float,
        "l" => Primitive::LongDouble,
        "f16" => Primitive::Float16,
        "bf16" => Primitive::Bfloat16,
        "f32" => Primitive::Float32,
        "f64" => Primitive::Float64,
        "f32x" => Primitive::Float32x,
        "f64x" => Primitive::Float64x,
        "f128" | "q" => Primitive::Float128,
        _ => return Err(None),
    };
    let all = format!("{whole}{fraction}");
    let integer = BigInt::parse_bytes(all.as_bytes(), base).ok_or(None)?;
    let mut exact = Exact::from_integer(&integer);
    let places = i32::try_from(fraction.len()).unwrap_or(MAX_POWER);
    if exact.is_zero() {
        // Any power of ten of it is the same.
    } else if base == 16 {
        exact.exponent += i64::from(exponent) - 4 * i64::from(places);
    } else {
        exact = exact.scaled(exponent.saturating_sub(places));
    }
    let ty = primitive_type(target, primitive)?;
    let Some(scalar) = scalar_of(target.types(), ty.id)? else {
        return Err(None);
    };
    let number = Number::Float(Float::Exact(exact));
    Ok(Object::from_number(ty, scalar, 0, &number)?)
}
