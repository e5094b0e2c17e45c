//! Enumerations with data, tuples, and structures whose fields have no names.

use crate::layout::resolve;
use crate::printer::reach::unlike;
use crate::printer::{Presentation, TypeName};
use crate::{Object, Result, Target};
use spelunk_types::{Member, QualifiedType, TypeData};

/// The variant that is there, with the fields that are its own: `Some(5)`, `Point { .x = 1 }`.
pub(super) fn enumeration(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let variant = object.active_variant(target)?;
    let (name, fields) = variant.ok_or_else(|| unlike(target, object))?;
    fields_of(target, &fields, name)
}

/// `(1, 2)`
pub(super) fn tuple(target: &dyn Target, object: &Object) -> Result<Presentation> {
    fields_of(target, object, "")
}

fn part(target: &dyn Target, object: &Object, member: &Member) -> Result<Object> {
    object.part(target, member.ty, member.bit_offset, member.bit_field_size)
}

/// The fields of a structure; those without names of their own are called `__0`, `__1`...
fn fields_of(target: &dyn Target, object: &Object, name: &str) -> Result<Presentation> {
    let types = target.types();
    let (id, _) = resolve(types, object.ty().id)?;
    let members = types
        .members(id)?
        .map_or(&[][..], |members| &members.members);
    let has_names = members
        .iter()
        .enumerate()
        .any(|(index, member)| member.name.as_deref() != Some(&format!("__{index}")));
    if has_names {
        let members = members.iter().map(|member| {
            let name = member.name.clone().unwrap_or_default();
            Ok((name, part(target, object, member)?))
        });
        return Ok(Presentation::Members {
            name: name.into(),
            members: members.collect::<Result<_>>()?,
        });
    }
    let parts = members.iter().map(|member| part(target, object, member));
    Ok(Presentation::Tuple {
        name: name.into(),
        parts: parts.collect::<Result<_>>()?,
    })
}

/// What is in `Some`, of an `Option`.
pub(super) fn some(target: &dyn Target, option: &Object) -> Result<Option<Object>> {
    match enumeration(target, option)? {
        Presentation::Tuple { parts, .. } => Ok(parts.into_iter().next()),
        _ => Err(unlike(target, option)),
    }
}

/// The type that the first pointer in values of this type points to.
pub(super) fn pointee_type(
    target: &dyn Target,
    ty: QualifiedType,
) -> Result<Option<QualifiedType>> {
    let types = target.types();
    let mut next = vec![ty];
    for _ in 0..16 {
        let Some(ty) = next.pop() else {
            break;
        };
        let (id, ty) = resolve(types, ty.id)?;
        if let TypeData::Pointer { referenced, .. } = ty.data {
            return Ok(Some(referenced));
        }
        let Some(members) = types.members(id)? else {
            continue;
        };
        let part = members.variant_part.iter();
        let variants = part.flat_map(|part| part.variants.iter());
        let inner = variants.flat_map(|variant| variant.members.iter());
        next.extend(members.members.iter().chain(inner).map(|member| member.ty));
    }
    Ok(None)
}

/// Whether the type is called so, whatever its arguments.
pub(super) fn is_called(target: &dyn Target, object: &Object, end: &str) -> Result<bool> {
    let (_, ty) = resolve(target.types(), object.ty().id)?;
    let tag = ty.data.tag().unwrap_or("");
    Ok(TypeName::new(ty.language, None, tag).base() == end)
}
