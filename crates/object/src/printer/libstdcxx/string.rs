//! `bits/basic_string.h`, `bits/cow_string.h`, `string_view`.

use crate::printer::characters::characters_at;
use crate::printer::reach::{argument, member, number, pointee, read_pointer, word};
use crate::printer::{Presentation, damaged};
use crate::{Object, Result, Target};

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
