//! Names of Rust's types that are none of C: `&mut [T]`, `*const u8`, `(i32, u8)`, `[u8; 4]`.

use crate::c::{compact, pointer_type};
use crate::short_name::{self, Accepted};
use crate::{Result, Target, type_name};
use spelunk_types::{PointerForm, QualifiedType, Type, TypeKind, TypeKinds};

/// Pointers to pointers and arrays of arrays.
const MAX_DEPTH: u32 = 64;

/// Types that have a name in debugging information: tuples, slices and trait objects are
/// structures there.
const NAMED: TypeKinds = TypeKinds::COMPOUND
    .with(TypeKind::Enum)
    .with(TypeKind::Typedef)
    .with(TypeKind::Int)
    .with(TypeKind::Bool)
    .with(TypeKind::Float);

/// Whether a text looks like such a name.
pub(crate) fn is_rust(text: &str) -> bool {
    let text = text.trim_ascii_start();
    text.starts_with(['&', '[', '('])
        || ["*const ", "*mut ", "dyn ", "fn("]
            .iter()
            .any(|start| text.starts_with(start))
}

/// The type of this name, `None` if the target has none such.
pub(crate) fn find_type(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
    accepted: Accepted,
) -> Result<Option<QualifiedType>> {
    find(target, &compact(name), filename, accepted, 0)
}

fn find(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
    accepted: Accepted,
    depth: u32,
) -> Result<Option<QualifiedType>> {
    if depth > MAX_DEPTH {
        return Ok(None);
    }
    let name = name.trim_ascii();
    if let Some(found) = target.find_type(NAMED, name, filename)? {
        return Ok(Some(found));
    }
    if let Some((sigil, referenced)) = split_pointer(name)
        && let Some(ty) = find(target, referenced, filename, accepted, depth + 1)?
    {
        return pointer(target, sigil, ty).map(Some);
    }
    if let Some((element, length)) = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|rest| rest.rsplit_once(';'))
        && let Ok(length) = length.trim_ascii().parse()
        && let Some(ty) = find(target, element, filename, accepted, depth + 1)?
    {
        let language = target.types().get(ty.id)?.language;
        let array = target.types().array(ty, Some(length), language)?;
        return Ok(Some(array.into()));
    }
    match accepted {
        Accepted::Short => short_name::find_type(target, NAMED, name, filename),
        Accepted::Whole => Ok(None),
    }
}

/// The pointer to `referenced` that is spelled with `sigil`.
fn pointer(target: &dyn Target, sigil: &str, referenced: QualifiedType) -> Result<QualifiedType> {
    let types = target.types();
    let language = types.get(referenced.id)?.language;
    let pointer = pointer_type(target, PointerForm::Pointer, referenced, language)?;
    let spelling = format!("{sigil}{}", type_name(types, referenced)?);
    let spelled = Type {
        spelling: Some(spelling.into()),
        ..types.get(pointer)?.clone()
    };
    Ok(types.share(spelled)?.into())
}

/// What `&T`, `&'a mut T`, `*const T` or `*mut T` starts with, without lifetime, and what it leads
/// to.
fn split_pointer(name: &str) -> Option<(&'static str, &str)> {
    for sigil in ["*const ", "*mut "] {
        if let Some(rest) = name.strip_prefix(sigil) {
            return Some((sigil, rest));
        }
    }
    let rest = name.strip_prefix('&')?;
    let rest = match rest.strip_prefix('\'') {
        Some(lifetime) => lifetime.split_once(' ')?.1,
        None => rest,
    };
    Some(match rest.strip_prefix("mut ") {
        Some(rest) => ("&mut ", rest),
        None => ("&", rest),
    })
}
