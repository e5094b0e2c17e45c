//! Character constants and string literals (C11, 6.4.4.4 and 6.4.5).

use super::super::number::parse_escape;
use super::super::primitive::primitive_type;
use crate::scalar::scalar_of;
use crate::{Error, Object, Result, Target, Value};
use spelunk_base::{ByteOrder, Language};
use spelunk_types::{Primitive, QualifiedType, Qualifiers};

/// `'a'`: an `int` in C, a `char` in C++.
pub(super) fn character(
    target: &dyn Target,
    language: Language,
    wide: QualifiedType,
    text: &str,
) -> Result<Object> {
    let (prefix, rest) = text.split_once('\'').unwrap_or(("", text));
    let element = Element::of(prefix);
    let (unit, units) = (element.ty(target, wide)?, units(element, rest)?);
    let int = primitive_type(target, Primitive::Int)?;
    let [first, others @ ..] = units.as_slice() else {
        return Err(Error::syntax("empty character constant"));
    };
    if !prefix.is_empty() {
        return Object::from_value(target, unit, &Value::Unsigned(*first), None);
    }
    if others.is_empty() {
        let value = Object::from_value(target, unit, &Value::Unsigned(*first), None)?;
        return match language {
            Language::Cpp => Ok(value),
            _ => value.cast(target, int),
        };
    }
    // Several characters: as GCC and Clang have it, in the order of a number's digits.
    let value = units.iter().fold(0u128, |value, unit| value << 8 | unit);
    Object::from_value(target, int, &Value::Unsigned(value), None)
}

/// Literals that stand side by side, as the one array that they are.
pub(super) fn text(
    target: &dyn Target,
    language: Language,
    wide: QualifiedType,
    literals: &[&str],
) -> Result<Object> {
    let split = literals
        .iter()
        .map(|literal| literal.split_once('"').unwrap_or(("", literal)));
    let mut prefixes = split.clone().map(|(prefix, _)| prefix);
    let element = Element::of(prefixes.rfind(|prefix| !prefix.is_empty()).unwrap_or(""));
    let unit = element.ty(target, wide)?;
    let mut all = Vec::new();
    for (_, rest) in split {
        all.extend(units(element, rest)?);
    }
    all.push(0);
    let types = target.types();
    let qualifiers = match language {
        Language::Cpp => Qualifiers::CONST,
        _ => Qualifiers::NONE,
    };
    let ty = QualifiedType {
        id: unit.id,
        qualifiers,
    };
    let length = Some(all.len() as u64);
    let language = types.get(unit.id)?.language;
    let array = types.array(ty, length, language)?;
    let scalar = scalar_of(types, unit.id)?.ok_or_else(|| Error::type_("no character type"))?;
    let mut bytes = Vec::new();
    for unit in all {
        // Damaged debugging information may have characters of any size.
        let little = unit.to_le_bytes();
        let size = usize::try_from(scalar.size).ok();
        let little = size.and_then(|size| little.get(..size));
        let little = little.ok_or_else(|| Error::type_("character type is too large"))?;
        match scalar.order {
            ByteOrder::Little => bytes.extend_from_slice(little),
            ByteOrder::Big => bytes.extend(little.iter().rev()),
        }
    }
    Object::from_bytes(target, array.into(), &bytes, 0, None)
}

/// What the elements of a literal are.
#[derive(Clone, Copy)]
enum Element {
    Char,
    Char16,
    Char32,
    Wide,
}

impl Element {
    fn of(prefix: &str) -> Self {
        match prefix {
            "u" => Self::Char16,
            "U" => Self::Char32,
            "L" => Self::Wide,
            _ => Self::Char,
        }
    }

    fn ty(self, target: &dyn Target, wide: QualifiedType) -> Result<QualifiedType> {
        match self {
            Self::Char => primitive_type(target, Primitive::Char),
            Self::Char16 => primitive_type(target, Primitive::UnsignedShort),
            Self::Char32 => primitive_type(target, Primitive::UnsignedInt),
            Self::Wide => Ok(wide),
        }
    }

    fn encode(self, c: char, units: &mut Vec<u128>) {
        match self {
            Self::Char => {
                let mut buffer = [0; 4];
                units.extend(c.encode_utf8(&mut buffer).bytes().map(u128::from));
            }
            Self::Char16 => {
                let mut buffer = [0; 2];
                let encoded = c.encode_utf16(&mut buffer);
                units.extend(encoded.iter().map(|unit| u128::from(*unit)));
            }
            Self::Char32 | Self::Wide => units.push(u32::from(c).into()),
        }
    }
}

/// The elements that a literal stands for. `rest` is what follows its first quotation mark.
fn units(element: Element, rest: &str) -> Result<Vec<u128>> {
    let mut units = Vec::new();
    let mut rest = rest;
    loop {
        let mut characters = rest.chars();
        let Some(c) = characters.next() else {
            return Ok(units);
        };
        // The last one is the quotation mark.
        let behind = characters.as_str();
        if behind.is_empty() {
            return Ok(units);
        }
        rest = behind;
        if c != '\\' {
            element.encode(c, &mut units);
            continue;
        }
        let invalid = || Error::syntax("invalid escape sequence");
        let digits = match behind.as_bytes().first() {
            Some(b'u') => 1..5,
            Some(b'U') => 1..9,
            _ => {
                let (value, length) = parse_escape(behind).ok_or_else(invalid)?;
                units.push(u128::from(value));
                rest = behind.get(length..).unwrap_or("");
                continue;
            }
        };
        rest = behind.get(digits.end..).unwrap_or("");
        let code = u32::from_str_radix(behind.get(digits).unwrap_or(""), 16);
        let c = code.ok().and_then(char::from_u32).ok_or_else(invalid)?;
        element.encode(c, &mut units);
    }
}
