use super::{Depth, type_text};
use crate::entry::Die;
use gimli::{AttributeValue, constants as dw};
use std::ops::ControlFlow;

/// Enumerators that are looked through for a value's name.
const MAX_ENUMERATORS: u32 = 1 << 12;

/// The value of a template's parameter as Clang writes it: `true`, `3UL`, `'x'`, `color::green`.
pub(super) fn text(die: &Die<'_, '_>, depth: Depth<'_>) -> Option<String> {
    let depth = depth.inner()?;
    let ty = behind_typedefs(die)?;
    if ty.tag() == dw::DW_TAG_unspecified_type {
        return Some("nullptr".to_owned());
    }
    let name = ty.name().ok()??;
    let is_unsigned = name.starts_with("unsigned");
    let value = number(&die.attr(dw::DW_AT_const_value)?, is_unsigned)?;
    if ty.tag() == dw::DW_TAG_enumeration_type {
        // From version 15 on enumerators are numbers in names (`UseEnumerators` in `CGDebugInfo.cpp`).
        return match die.clang_version() {
            Some(..15) => enumerator(&ty, value, depth),
            _ => Some(format!(
                "({}){value}",
                type_text::path(&ty, depth.inner()?)?
            )),
        };
    }
    Some(match &*name {
        "bool" => (value != 0).to_string(),
        "int" => value.to_string(),
        "unsigned int" => format!("{value}U"),
        "long" => format!("{value}L"),
        "unsigned long" => format!("{value}UL"),
        "long long" => format!("{value}LL"),
        "unsigned long long" => format!("{value}ULL"),
        "char" => character("", value)?,
        "signed char" | "unsigned char" => character(&format!("({name})"), value)?,
        "wchar_t" => character("L", value)?,
        "char8_t" => character("u8", value)?,
        "char16_t" => character("u", value)?,
        "char32_t" => character("U", value)?,
        _ => format!("({name}){value}"),
    })
}

/// The type of a parameter, which is no qualified one.
fn behind_typedefs<'u, 'a>(die: &Die<'u, 'a>) -> Option<Die<'u, 'a>> {
    let mut ty = die.units().die(die.reference(dw::DW_AT_type).ok()??).ok()?;
    for _ in 0..16 {
        let is_name = matches!(ty.tag(), dw::DW_TAG_typedef | dw::DW_TAG_const_type);
        if !is_name {
            // It may stand in a unit of its own.
            return match ty.reference(dw::DW_AT_signature).ok()? {
                Some(definition) => ty.units().die(definition).ok(),
                None => Some(ty),
            };
        }
        ty = ty.units().die(ty.reference(dw::DW_AT_type).ok()??).ok()?;
    }
    None
}

fn number(value: &AttributeValue<crate::Slice<'_>>, is_unsigned: bool) -> Option<i128> {
    match value {
        AttributeValue::Sdata(value) if is_unsigned => Some(value.cast_unsigned().into()),
        AttributeValue::Sdata(value) => Some((*value).into()),
        value => value.udata_value().map(i128::from),
    }
}

fn enumerator(ty: &Die<'_, '_>, value: i128, depth: Depth<'_>) -> Option<String> {
    let path = type_text::path(ty, depth.inner()?)?;
    let mut found = None;
    let mut left = MAX_ENUMERATORS;
    ty.visit_children(|child| {
        let own = child.attr(dw::DW_AT_const_value);
        let own = own.and_then(|own| number(&own, false));
        if child.tag() == dw::DW_TAG_enumerator && own == Some(value) {
            found = child.name()?.map(|name| name.into_owned());
            return Ok(ControlFlow::Break(()));
        }
        left = left.saturating_sub(1);
        Ok(match left {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
    })
    .ok()?;
    let Some(name) = found else {
        return Some(format!("({path}){value}"));
    };
    if ty.is_scoped_enumeration() {
        return Some(format!("{path}::{name}"));
    }
    Some(match path.rsplit_once("::") {
        Some((scope, _)) => format!("{scope}::{name}"),
        None => name,
    })
}

/// A character between quotes, escaped.
fn character(prefix: &str, value: i128) -> Option<String> {
    let text = match u32::try_from(value & 0xffff_ffff).ok()? {
        0x07 => "\\a".to_owned(),
        0x08 => "\\b".to_owned(),
        0x09 => "\\t".to_owned(),
        0x0a => "\\n".to_owned(),
        0x0b => "\\v".to_owned(),
        0x0c => "\\f".to_owned(),
        0x0d => "\\r".to_owned(),
        0x27 => "\\'".to_owned(),
        0x5c => "\\\\".to_owned(),
        plain @ 0x20..0x7f => char::from_u32(plain)?.to_string(),
        code if value < 0 => format!("\\x{:02x}", code & 0xff),
        code @ ..0x100 => format!("\\x{code:02x}"),
        code @ ..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    Some(format!("{prefix}'{text}'"))
}
