//! Strings, whatever their characters.

use super::{Presentation, damaged};
use crate::layout::sizeof;
use crate::{Result, Target};
use spelunk_base::ByteOrder;
use spelunk_types::QualifiedType;

/// Characters that are shown of one string.
const MAX_CHARACTERS: u64 = 1 << 16;

/// `length` characters of the type at `address`.
pub(super) fn characters_at(
    target: &dyn Target,
    character: QualifiedType,
    address: u64,
    length: u64,
) -> Result<Presentation> {
    let size = sizeof(target.types(), character)?;
    let shown = length.min(MAX_CHARACTERS);
    let bytes = crate::object::read_bytes(target, address, shown.saturating_mul(size))?;
    characters(target, character, bytes, shown < length)
}

/// The characters of the type that these bytes are, which may be the first of more.
pub(super) fn characters(
    target: &dyn Target,
    character: QualifiedType,
    bytes: Vec<u8>,
    is_cut: bool,
) -> Result<Presentation> {
    let types = target.types();
    let size = sizeof(types, character)?;
    let name = types.get(character.id)?.data.name().unwrap_or("");
    let prefix = match name {
        "wchar_t" => "L",
        "char8_t" => "u8",
        "char16_t" => "u",
        "char32_t" => "U",
        _ => "",
    };
    let order = target
        .platform()
        .map_or(ByteOrder::HOST, |platform| platform.byte_order);
    let bytes = match size {
        1 => bytes,
        2 => utf16(&bytes, order),
        4 => utf32(&bytes, order),
        _ => return Err(damaged("characters of this size are not known")),
    };
    Ok(Presentation::String {
        prefix,
        bytes,
        is_cut,
    })
}

fn utf16(bytes: &[u8], order: ByteOrder) -> Vec<u8> {
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| match order {
        ByteOrder::Little => u16::from_le_bytes(*unit),
        ByteOrder::Big => u16::from_be_bytes(*unit),
    });
    let characters = char::decode_utf16(units);
    let text: String = characters
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    text.into_bytes()
}

fn utf32(bytes: &[u8], order: ByteOrder) -> Vec<u8> {
    let (units, _) = bytes.as_chunks::<4>();
    let text: String = units
        .iter()
        .map(|unit| {
            let unit = match order {
                ByteOrder::Little => u32::from_le_bytes(*unit),
                ByteOrder::Big => u32::from_be_bytes(*unit),
            };
            char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect();
    text.into_bytes()
}
