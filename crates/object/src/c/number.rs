//! Integer and character constants, as lengths of arrays are written.

use crate::{Error, Result};

/// An integer constant (C23, 6.4.4.1): `10`, `0x1F`, `017`, `0b11`, `1'000`, with any suffix.
pub(super) fn parse_number(text: &str) -> Result<u64> {
    let (digits, base) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (text.get(2..).unwrap_or(""), 16),
        [b'0', b'b' | b'B', ..] => (text.get(2..).unwrap_or(""), 2),
        [b'0', b'0'..=b'9' | b'\'', ..] => (text.get(1..).unwrap_or(""), 8),
        _ => (text, 10),
    };
    let end = digits
        .find(|c: char| !c.is_digit(base) && c != '\'')
        .unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at_checked(end).unwrap_or((digits, ""));
    let is_separated =
        !digits.ends_with('\'') && !digits.starts_with('\'') && !digits.contains("''");
    if digits.is_empty() || !is_separated || !is_suffix(suffix) {
        return Err(Error::syntax("invalid number"));
    }
    let digits: String = digits.chars().filter(|c| *c != '\'').collect();
    u64::from_str_radix(&digits, base).map_err(|_| Error::value("number is too large"))
}

/// `u`, `l`, `ll` (of one case), `z` or `wb`, with `u` before or behind.
fn is_suffix(suffix: &str) -> bool {
    let is_unsigned = |c| matches!(c, 'u' | 'U');
    let rest = suffix
        .strip_prefix(is_unsigned)
        .or_else(|| suffix.strip_suffix(is_unsigned))
        .unwrap_or(suffix);
    matches!(rest, "" | "l" | "L" | "ll" | "LL" | "z" | "Z" | "wb" | "WB")
}

/// The character constant (C11, 6.4.4.4) at the start of `text`, and how long it is.
pub(super) fn parse_character(text: &str) -> Option<(u64, usize)> {
    let rest = text.strip_prefix('\'')?;
    let (value, length) = match rest.strip_prefix('\\') {
        None => {
            let character = rest.chars().next().filter(|c| !matches!(c, '\'' | '\n'))?;
            (character.into(), character.len_utf8())
        }
        Some(escape) => {
            let (value, length) = parse_escape(escape)?;
            (value, length + 1)
        }
    };
    rest.get(length..)?.strip_prefix('\'')?;
    Some((u64::from(value), length + 2))
}

/// What stands behind a backslash, and how long it is.
pub(super) fn parse_escape(text: &str) -> Option<(u32, usize)> {
    let first = text.chars().next()?;
    let simple = match first {
        'a' => 7,
        'b' => 8,
        't' => 9,
        'n' => 10,
        'v' => 11,
        // GNU C
        'e' | 'E' => 27,
        'f' => 12,
        'r' => 13,
        '\'' | '"' | '?' | '\\' => first.into(),
        'x' => {
            let digits = text.get(1..)?;
            let end = digits.find(|c: char| !c.is_ascii_hexdigit())?;
            let value = u32::from_str_radix(digits.get(..end)?, 16).ok()?;
            return Some((value, end + 1));
        }
        '0'..='7' => {
            let end = text
                .find(|c: char| !c.is_digit(8))
                .unwrap_or(text.len())
                .min(3);
            return Some((u32::from_str_radix(text.get(..end)?, 8).ok()?, end));
        }
        _ => return None,
    };
    Some((simple, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_c() {
        for (text, number) in [
            ("0", 0),
            ("10", 10),
            ("0x1F", 31),
            ("010", 8),
            ("0b101", 5),
            ("1'000", 1000),
            ("16ul", 16),
            ("16LLU", 16),
            ("0x10u", 16),
            ("3wb", 3),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(parse_number(text).unwrap(), number, "{text}");
        }
        for text in [
            "0x", "08", "1z1", "1uu", "1lul", "1lL", "1'", "1''0", "0b2", "1.5",
        ] {
            assert!(parse_number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn characters_are_those_of_c() {
        for (text, value) in [
            ("'a'", 97),
            (r"'\n'", 10),
            (r"'\\'", 92),
            (r"'\''", 39),
            (r"'\x41'", 65),
            (r"'\101'", 65),
            (r"'\0'", 0),
            ("'é'", 233),
        ] {
            assert_eq!(parse_character(text), Some((value, text.len())), "{text}");
        }
        for text in [
            "''",
            "'ab'",
            "'",
            r"'\",
            r"'\x'",
            r"'\q'",
            "'\\x99999999999'",
        ] {
            assert_eq!(parse_character(text), None, "{text}");
        }
    }
}
