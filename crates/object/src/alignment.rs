//! What C demands of the addresses of objects.

use crate::c::bit_precise_word;
use crate::layout::{describe_valueless, resolve, sizeof, too_deep};
use crate::{Error, Result, Target};
use spelunk_base::{Architecture, Platform};
use spelunk_types::{Alignment, Member, QualifiedType, TypeData, TypeId, TypeStore};

/// Structures in structures, arrays of arrays: deeper is a circle in a broken file.
const MAX_DEPTH: usize = 100;
/// Members that an alignment is worked out from.
const MAX_MEMBERS: usize = 1 << 20;

/// The alignment that C demands of an object of the type, in bytes: what declarations ask for, or
/// that of what the type is made of.
///
/// Nothing tells that a structure is packed but a member that is out of place, or a size that is no
/// multiple of the alignment.
///
/// # Errors
///
/// As [`sizeof`].
pub fn alignof(target: &dyn Target, ty: QualifiedType) -> Result<u64> {
    Ok(align(target, ty.id, 0, &mut 0)?.bytes)
}

/// The alignment of a type.
struct Known {
    bytes: u64,
    /// Whether it cannot be less: it is no structure, or one that asks for it.
    is_certain: bool,
}

impl Known {
    fn certain(bytes: u64) -> Self {
        Self {
            bytes,
            is_certain: true,
        }
    }
}

fn align(target: &dyn Target, id: TypeId, depth: usize, seen: &mut usize) -> Result<Known> {
    let types = target.types();
    *seen += 1;
    if depth > MAX_DEPTH || *seen > MAX_MEMBERS {
        return Err(too_deep());
    }
    let asked_for = declared(types, id)?;
    let (id, ty) = resolve(types, id)?;
    if let Some(what) = describe_valueless(&ty.data)
        && (depth == 0 || !matches!(ty.data, TypeData::Array { .. }))
    {
        return Err(Error::type_(format!("cannot get alignment of {what} type")));
    }
    if let Some(alignment) = asked_for {
        return Ok(Known::certain(alignment.bytes()));
    }
    Ok(match &ty.data {
        TypeData::Array { element, .. } => align(target, element.id, depth + 1, seen)?,
        TypeData::Enum {
            compatible: Some(compatible),
            ..
        } => align(target, *compatible, depth + 1, seen)?,
        TypeData::Compound { size, .. } => Known {
            bytes: align_members(target, id, size.unwrap_or(0), depth, seen)?,
            is_certain: false,
        },
        TypeData::Float {
            size,
            is_complex: true,
            ..
        } => Known::certain(scalar_alignment(size / 2, target.platform())),
        data => {
            let natural = scalar_alignment(sizeof(types, id.into())?, target.platform());
            let word = bit_precise_word(data, target.platform());
            Known::certain(word.map_or(natural, |word| natural.min(word)))
        }
    })
}

/// The alignment that members give to a structure, union or class of this size.
fn align_members(
    target: &dyn Target,
    id: TypeId,
    size: u64,
    depth: usize,
    seen: &mut usize,
) -> Result<u64> {
    let members = target.types().members(id)?;
    let (mut asked_for, mut natural, mut is_packed) = (1, 1, false);
    for member in members.map_or(&[][..], |members| &members.members) {
        if let Some(alignment) = member.alignment {
            asked_for = alignment.bytes().max(asked_for);
            continue;
        }
        let known = align(target, member.ty.id, depth + 1, seen)?;
        let possible = known.bytes.min(alignment_of_place(member));
        is_packed |=
            known.is_certain && (possible < known.bytes || !size.is_multiple_of(known.bytes));
        natural = possible.max(natural);
    }
    Ok(match is_packed {
        true => asked_for,
        false => asked_for.max(natural).min(lowest_bit(size)),
    })
}

/// What the declaration of the type asks for, or that of a type it is another name for.
fn declared(types: &TypeStore, id: TypeId) -> Result<Option<Alignment>> {
    let mut id = id;
    for _ in 0..MAX_DEPTH {
        let ty = types.get(id)?;
        match (ty.alignment, &ty.data) {
            (None, TypeData::Typedef { aliased, .. }) => id = aliased.id,
            (alignment, _) => return Ok(alignment),
        }
    }
    Err(too_deep())
}

/// The largest alignment that a member can have where it is.
fn alignment_of_place(member: &Member) -> u64 {
    match member.bit_field_size {
        Some(_) => u64::MAX,
        None => lowest_bit(member.bit_offset / 8),
    }
}

/// The largest power of two that a number is a multiple of; of 0, no limit.
fn lowest_bit(number: u64) -> u64 {
    match number {
        0 => u64::MAX,
        _ => number & number.wrapping_neg(),
    }
}

/// The largest power of two that is not above the size, up to what the psABI gives to its widest
/// types.
fn scalar_alignment(size: u64, platform: Option<Platform>) -> u64 {
    let natural = size.checked_ilog2().map_or(1, |bits| 1u64 << bits.min(63));
    let most = match platform.map(|platform| platform.architecture) {
        // i386 psABI, table 2.1: `long long`, `double` and `long double` are aligned like `long`.
        Some(Architecture::I386) if matches!(size, 8 | 12) => 4,
        Some(Architecture::Arm | Architecture::S390 | Architecture::S390x) => 8,
        _ => 16,
    };
    natural.min(most)
}
