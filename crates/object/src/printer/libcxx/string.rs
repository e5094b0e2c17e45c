//! `string`, `string_view`.

use super::pair::first;
use crate::printer::characters::{characters, characters_at};
use crate::printer::reach::{argument, number, pointee};
use crate::printer::{Presentation, damaged};
use crate::{Object, Result, Target};
use spelunk_base::ByteOrder;

/// A union of a short string, which is in the object itself, and a long one; the same bit tells in both
/// which it is.
pub(super) fn string(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let union = first(target, object, &["__r_", "__rep_"])?;
    let (short, long) = (union.member(target, "__s")?, union.member(target, "__l")?);
    let (is_long, length) = match short.member(target, "__is_long_") {
        Ok(is_long) => (
            is_long.to_u64(target)? != 0,
            number(target, &short, &["__size_"])?,
        ),
        // Before version 15 the bit is one of the size.
        Err(error) if error.is_lookup() => {
            let size = number(target, &short, &["__size_"])?;
            let order = target.platform().map(|platform| platform.byte_order);
            match order {
                Some(ByteOrder::Big) => (size & 0x80 != 0, size & 0x7f),
                _ => (size & 1 != 0, size >> 1),
            }
        }
        Err(error) => return Err(error),
    };
    if is_long {
        let length = number(target, &long, &["__size_"])?;
        // Of twice as many, where it has no bit for being long.
        let capacity = number(target, &long, &["__cap_"])?;
        if length > capacity.saturating_mul(2) {
            return Err(damaged("string is longer than its capacity"));
        }
        let data = pointee(target, &long.member(target, "__data_")?)?;
        let address = data.address().unwrap_or(0);
        return characters_at(target, data.ty(), address, length);
    }
    let data = short.member(target, "__data_")?;
    if length >= data.len(target)? {
        return Err(damaged("string is longer than its capacity"));
    }
    let character = argument(target, object, 0)?;
    let size = crate::layout::sizeof(target.types(), character)?;
    let mut bytes = data.to_bytes(target)?;
    bytes.truncate(usize::try_from(length.saturating_mul(size)).unwrap_or(usize::MAX));
    characters(target, character, bytes, false)
}

pub(super) fn string_view(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let part = |names: &[&str]| first(target, object, names)?.to_u64(target);
    let data = part(&["__data_", "__data"])?;
    let length = part(&["__size_", "__size"])?;
    characters_at(target, argument(target, object, 0)?, data, length)
}
