//! Pointers of C++ to members (Itanium C++ ABI, section 2.3).

use crate::{Result, type_name};
use spelunk_base::{ByteOrder, Platform};
use spelunk_types::{QualifiedType, TypeId, TypeStore};

/// What a pointer to a member holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MemberPointer {
    Null,
    /// How far into an object, in bytes.
    Offset(i64),
    /// A function, or where it is in the table of virtual functions, plus 1; and what is added to
    /// the address of the object.
    Function {
        pointer: u64,
        delta: i64,
    },
}

impl MemberPointer {
    /// The pointer of `size` bytes with these bits: one word, or two for a function.
    pub(crate) fn of(bits: u128, size: u64, order: ByteOrder, platform: Option<Platform>) -> Self {
        let word = platform.map_or(64, |platform| u32::from(platform.address_size()) * 8);
        let signed = |bits: u128| match word {
            32 => i64::from((bits as u32).cast_signed()),
            _ => (bits as u64).cast_signed(),
        };
        if size * 8 <= u64::from(word) {
            return match signed(bits) {
                -1 => Self::Null,
                offset => Self::Offset(offset),
            };
        }
        let (low, high) = (bits & (u128::MAX >> (128 - word)), bits >> word);
        let (pointer, delta) = match order {
            ByteOrder::Little => (low, high),
            ByteOrder::Big => (high, low),
        };
        match pointer {
            0 => Self::Null,
            _ => Self::Function {
                pointer: pointer as u64,
                delta: signed(delta),
            },
        }
    }
}

/// The member of `class` that stands `offset` bytes from its start and has the type `ty`, as C++
/// writes it: `Class::member`.
pub(crate) fn find_at(
    types: &TypeStore,
    class: TypeId,
    offset: i64,
    ty: QualifiedType,
) -> Result<Option<String>> {
    let Some(members) = types.members(class)? else {
        return Ok(None);
    };
    let bit_offset = u64::try_from(offset)
        .ok()
        .and_then(|offset| offset.checked_mul(8));
    let names = members.by_name(types).iter().filter(|(_, member)| {
        member.via.is_none()
            && Some(member.bit_offset) == bit_offset
            && member.bit_field_size.is_none()
            && member.ty.id == ty.id
    });
    match names.map(|(name, _)| name).min() {
        Some(name) => Ok(Some(format!("{}::{name}", type_name(types, class.into())?))),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spelunk_base::Architecture;

    #[test]
    fn words_are_told_apart() {
        let platform = Some(Platform::of(Architecture::X86_64));
        let of = |bits, size| MemberPointer::of(bits, size, ByteOrder::Little, platform);
        assert_eq!(of(u64::MAX.into(), 8), MemberPointer::Null);
        assert_eq!(of(8, 8), MemberPointer::Offset(8));
        assert_eq!(of(0, 16), MemberPointer::Null);
        let delta = u128::from((-16i64).cast_unsigned()) << 64;
        assert_eq!(
            of(delta | 0x401000, 16),
            MemberPointer::Function {
                pointer: 0x401000,
                delta: -16
            }
        );
    }
}
