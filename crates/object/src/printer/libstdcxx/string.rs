//! `bits/basic_string.h`, `bits/cow_string.h`, `string_view`.

use crate::layout::sizeof;
use crate::printer::reach::{argument, member, number, pointee, read_pointer, word};
use crate::printer::{Presentation, damaged};
use crate::{Object, Result, Target};
use spelunk_base::ByteOrder;
use spelunk_types::QualifiedType;

/// Characters that are shown of one string.
const MAX_CHARACTERS: u64 = 1 << 16;

/// A string of either interface. Both begin with the pointer to the characters, which are in the
/// object itself where they are few. The older interface (`_GLIBCXX_USE_CXX11_ABI=0`) has the
/// length before the characters (`_Rep`: length, capacity, reference count).
pub(super) fn string(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let characters = member(target, object, &["_M_dataplus", "_M_p"])?;
    let data = pointee(target, &characters)?;
    let address = data.address().unwrap_or(0);
    let length = match object.member(target, "_M_string_length") {
        Ok(length) => {
            let length = length.to_u64(target)?;
            check_capacity(target, object, address, length)?;
            length
        }
        Err(error) if error.is_lookup() => {
            let header = 3 * word(target)?;
            let representation = address
                .checked_sub(header)
                .ok_or_else(|| damaged("string has no header"))?;
            let length = read_pointer(target, representation)?;
            let capacity = read_pointer(target, representation + word(target)?)?;
            if length > capacity {
                return Err(damaged("string is longer than its capacity"));
            }
            length
        }
        Err(error) => return Err(error),
    };
    characters_at(target, data.ty(), address, length)
}

/// A string that is not longer than the memory it has.
fn check_capacity(target: &dyn Target, object: &Object, data: u64, length: u64) -> Result<()> {
    let local = object.member(target, "_M_local_buf")?;
    let capacity = match local.address() {
        Some(address) if address == data => local.len(target)?.saturating_sub(1),
        Some(_) => number(target, object, &["_M_allocated_capacity"])?,
        // Of a copy, where the characters were cannot be told.
        None => return Ok(()),
    };
    match length <= capacity {
        true => Ok(()),
        false => Err(damaged("string is longer than its capacity")),
    }
}

pub(super) fn string_view(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let length = number(target, object, &["_M_len"])?;
    let data = number(target, object, &["_M_str"])?;
    characters_at(target, argument(target, object, 0)?, data, length)
}

/// `length` characters of the type at `address`.
fn characters_at(
    target: &dyn Target,
    character: QualifiedType,
    address: u64,
    length: u64,
) -> Result<Presentation> {
    let types = target.types();
    let size = sizeof(types, character)?;
    let shown = length.min(MAX_CHARACTERS);
    let bytes = crate::object::read_bytes(target, address, shown.saturating_mul(size))?;
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
        is_cut: shown < length,
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
