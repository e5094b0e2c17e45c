//! Numbers, characters and strings as C writes them.

use super::options::IntegerBase;
use std::fmt::Write;

/// `-0x1f`
pub(super) fn write_integer(out: &mut String, negative: bool, magnitude: u128, base: IntegerBase) {
    if negative {
        out.push('-');
    }
    let result = match base {
        IntegerBase::Decimal => write!(out, "{magnitude}"),
        IntegerBase::Hexadecimal => write!(out, "{magnitude:#x}"),
        IntegerBase::Octal if magnitude == 0 => write!(out, "0"),
        IntegerBase::Octal => write!(out, "0{magnitude:o}"),
    };
    // Writing to a string does not fail.
    debug_assert!(result.is_ok());
}

/// A floating-point number with all digits that tell it from others: whole numbers in full, others
/// as C's `%.17g`.
pub(super) fn format_float(value: f64) -> String {
    if value.is_nan() {
        return if value.is_sign_negative() {
            "-nan"
        } else {
            "nan"
        }
        .into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf" } else { "inf" }.into();
    }
    if value.fract() == 0.0 {
        return format!("{value:.1}");
    }
    let scientific = format!("{value:.16e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 {
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return format!("{digits}e-{:02}", -exponent);
    }
    // A number with a fraction is less than 2^53: 16 - exponent is 1 or more.
    let decimals = usize::try_from(16 - exponent).unwrap_or(1);
    format!("{value:.decimals$}")
        .trim_end_matches('0')
        .to_owned()
}

/// A character constant.
pub(super) fn write_character(out: &mut String, byte: u8) {
    out.push('\'');
    write_byte(out, byte, b'\'');
    out.push('\'');
}

/// A string literal.
pub(super) fn write_string(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for byte in bytes {
        write_byte(out, *byte, b'"');
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
            assert_eq!(format_float(value), text);
        }
    }

    #[test]
    fn integers_in_all_bases() {
        let text = |negative, magnitude, base| {
            let mut out = String::new();
            write_integer(&mut out, negative, magnitude, base);
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
