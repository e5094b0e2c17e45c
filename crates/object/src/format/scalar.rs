//! Numbers, characters and strings as C writes them.

use super::options::IntegerBase;
use crate::number::{Complex, Float, Integer};
use spelunk_types::{FloatFormat, TypeData};
use std::fmt::{Display, LowerHex, Octal, Write};

/// Wider integers are shown in hexadecimal.
const MAX_DECIMAL_BITS: u64 = 1 << 16;
/// Whole numbers of more bits, which no `double` has, are shown with an exponent.
const MAX_WHOLE_BITS: i64 = 1024;

/// `-0x1f`
pub(super) fn write_integer(out: &mut String, value: &Integer, base: IntegerBase) {
    if value.is_negative() {
        out.push('-');
    }
    let result = match value {
        Integer::Signed(value) => write_magnitude(out, &value.unsigned_abs(), base),
        Integer::Unsigned(value) => write_magnitude(out, value, base),
        // Decimal digits of more take too long.
        Integer::Wide(value) if value.bits() > MAX_DECIMAL_BITS => {
            write_magnitude(out, value.magnitude(), IntegerBase::Hexadecimal)
        }
        Integer::Wide(value) => write_magnitude(out, value.magnitude(), base),
    };
    // Writing to a string does not fail.
    debug_assert!(result.is_ok());
}

fn write_magnitude<T>(out: &mut String, magnitude: &T, base: IntegerBase) -> std::fmt::Result
where
    T: Display + LowerHex + Octal,
{
    match base {
        IntegerBase::Decimal => write!(out, "{magnitude}"),
        IntegerBase::Hexadecimal => write!(out, "{magnitude:#x}"),
        IntegerBase::Octal => {
            let digits = format!("{magnitude:o}");
            let prefix = if digits == "0" { "" } else { "0" };
            write!(out, "{prefix}{digits}")
        }
    }
}

/// A floating-point number with all digits that tell it from others of its format: whole numbers
/// in full, others as C's `%.17g`. Numbers of formats smaller than `double` are shown as one.
pub(super) fn format_float(value: &Float, format: FloatFormat) -> String {
    let digits = match format {
        FloatFormat::Extended => 21,
        FloatFormat::DoubleDouble => 33,
        FloatFormat::Quadruple => 36,
        _ => 17,
    };
    let sign = if value.is_negative() { "-" } else { "" };
    let Some(exact) = value.to_exact() else {
        let name = if value.is_nan() { "nan" } else { "inf" };
        return format!("{sign}{name}");
    };
    if exact.is_zero() {
        return format!("{sign}0.0");
    }
    // Only the greatest of the wide formats are longer.
    let is_short = exact.top() <= MAX_WHOLE_BITS;
    if is_short && let Some(whole) = exact.to_whole() {
        return format!("{whole}.0");
    }
    let (digits, exponent) = exact.to_decimal(digits);
    let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
    if exponent < -4 || !is_short {
        let fraction = rest.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        let exponent = exponent.unsigned_abs();
        return format!("{sign}{first}{point}{fraction}e{exponent_sign}{exponent:02}");
    }
    // A number with a fraction has fewer digits before the point than there are.
    let (whole, fraction) = match usize::try_from(exponent) {
        Ok(exponent) => digits.split_at_checked(exponent + 1).map_or_else(
            || (digits.clone(), String::new()),
            |(a, b)| (a.into(), b.into()),
        ),
        Err(_) => {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
            ("0".into(), format!("{zeros}{digits}"))
        }
    };
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

/// `1.0 + 2.0i`
pub(super) fn format_complex(value: &Complex, format: FloatFormat) -> String {
    let real = format_float(&value.real, format);
    let imaginary = format_float(&value.imaginary, format);
    match imaginary.strip_prefix('-') {
        Some(imaginary) => format!("{real} - {imaginary}i"),
        None => format!("{real} + {imaginary}i"),
    }
}

/// A character constant.
pub(super) fn write_character(out: &mut String, byte: u8) {
    out.push('\'');
    write_byte(out, byte, b'\'');
    out.push('\'');
}

/// A `bool` or `char` of Rust, which are no numbers there; says whether it is one.
pub(super) fn write_rust(out: &mut String, data: &TypeData, value: &Integer) -> bool {
    let value = value.to_i128().and_then(|value| u32::try_from(value).ok());
    match (data, value) {
        (TypeData::Bool { .. }, Some(0)) => out.push_str("false"),
        (TypeData::Bool { .. }, Some(1)) => out.push_str("true"),
        (TypeData::Int { name, size: 4, .. }, Some(value)) if **name == *"char" => {
            let Some(character) = char::from_u32(value) else {
                return false;
            };
            let result = write!(out, "{character:?}");
            debug_assert!(result.is_ok());
        }
        _ => return false,
    }
    true
}

/// A string literal.
pub(super) fn write_string(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for byte in bytes {
        write_byte(out, *byte, b'"');
    }
    out.push('"');
}

/// A string literal of text: characters of UTF-8 stand there as they are, unless they cannot be
/// seen.
pub(super) fn write_text(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match u8::try_from(character) {
                Ok(byte) if byte.is_ascii() => write_byte(out, byte, b'"'),
                _ if character.escape_debug().eq([character]) => out.push(character),
                _ => {
                    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                        write_byte(out, byte, b'"');
                    }
                }
            }
        }
        for byte in chunk.invalid() {
            write_byte(out, *byte, b'"');
        }
    }
    out.push('"');
}

fn write_byte(out: &mut String, byte: u8, quote: u8) {
    match byte {
        0 => out.push_str("\\0"),
        7 => out.push_str("\\a"),
        8 => out.push_str("\\b"),
        b'\t' => out.push_str("\\t"),
        b'\n' => out.push_str("\\n"),
        11 => out.push_str("\\v"),
        12 => out.push_str("\\f"),
        b'\r' => out.push_str("\\r"),
        b'\\' => out.push_str("\\\\"),
        _ if byte == quote => {
            out.push('\\');
            out.push(byte.into());
        }
        b' '..=b'~' => out.push(byte.into()),
        _ => {
            let result = write!(out, "\\x{byte:02x}");
            debug_assert!(result.is_ok());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // What drgn 0.3.0 prints.
    #[test]
    fn floats_show_all_their_digits() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1e16, "10000000000000000.0"),
            (1e22, "10000000000000000000000.0"),
            (1e-5, "1.0000000000000001e-05"),
            (1e-4, "0.0001"),
            (0.1, "0.10000000000000001"),
            (0.3, "0.29999999999999999"),
            (123_456_789.125, "123456789.125"),
            (5e-324, "4.9406564584124654e-324"),
            (1.0 / 3.0, "0.33333333333333331"),
            (f64::from(0.1f32), "0.10000000149011612"),
            (f64::NAN, "nan"),
            (-f64::NAN, "-nan"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(
                format_float(&Float::Native(value), FloatFormat::Double),
                text
            );
        }
    }

    #[test]
    fn integers_in_all_bases() {
        let text = |negative: bool, magnitude: i128, base| {
            let value = if negative { -magnitude } else { magnitude };
            let mut out = String::new();
            write_integer(&mut out, &Integer::Signed(value), base);
            let mut wide = String::new();
            write_integer(&mut wide, &Integer::Wide(value.into()), base);
            assert_eq!(out, wide);
            out
        };
        assert_eq!(text(true, 8, IntegerBase::Octal), "-010");
        assert_eq!(text(false, 0, IntegerBase::Octal), "0");
        assert_eq!(text(false, 0, IntegerBase::Hexadecimal), "0x0");
        assert_eq!(text(true, 1 << 31, IntegerBase::Hexadecimal), "-0x80000000");
        assert_eq!(text(false, 255, IntegerBase::Decimal), "255");
    }

    #[test]
    fn bytes_are_escaped() {
        let mut out = String::new();
        write_string(&mut out, b"hello\n\x01\x7f\x80\xff\"'\\\t\0");
        assert_eq!(out, r#""hello\n\x01\x7f\x80\xff\"'\\\t\0""#);
        out.clear();
        write_character(&mut out, b'\'');
        write_character(&mut out, b'"');
        assert_eq!(out, r#"'\'''"'"#);
    }
}
