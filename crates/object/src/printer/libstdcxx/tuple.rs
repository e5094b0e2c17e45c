//! `tuple`, `bits/unique_ptr.h`.

use crate::layout::resolve;
use crate::printer::reach::{argument, base, unlike};
use crate::printer::{Presentation, TypeName, parts};
use crate::{Object, Result, Target};
use spelunk_types::{MemberRole, TypeData};

/// Elements of a tuple.
const MAX_ELEMENTS: usize = 1 << 10;

/// The elements of a tuple in order. `_Tuple_impl<0, A, B>` has the bases `_Tuple_impl<1, B>` and
/// `_Head_base<0, A>`, which is or has the element.
fn elements(target: &dyn Target, tuple: &Object) -> Result<Vec<Object>> {
    let mut elements = Vec::new();
    let Ok(mut level) = base(target, tuple, 0) else {
        return Ok(elements);
    };
    while elements.len() < MAX_ELEMENTS {
        let mut head = None;
        let mut rest = None;
        let types = target.types();
        let (id, _) = resolve(types, level.ty().id)?;
        let members = types
            .members(id)?
            .map_or(&[][..], |members| &members.members);
        for member in members {
            if member.role != MemberRole::Base {
                continue;
            }
            let part = level.part(target, member.ty, member.bit_offset, None)?;
            match is_head(target, &part)? {
                true => head = Some(part),
                false => rest = Some(part),
            }
        }
        let Some(head) = head else {
            break;
        };
        elements.push(match head.member(target, "_M_head_impl") {
            Ok(element) => element,
            // An empty class that is the base itself, before GCC 11.
            Err(error) if error.is_lookup() => base(target, &head, 0)?,
            Err(error) => return Err(error),
        });
        match rest {
            Some(rest) => level = rest,
            None => break,
        }
    }
    Ok(elements)
}

fn is_head(target: &dyn Target, object: &Object) -> Result<bool> {
    let (_, ty) = resolve(target.types(), object.ty().id)?;
    let TypeData::Compound { tag: Some(tag), .. } = &ty.data else {
        return Ok(false);
    };
    let name = TypeName::new(ty.language, None, tag);
    Ok(name.base().ends_with("_Head_base"))
}

pub(super) fn tuple(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let mut elements = elements(target, object)?.into_iter();
    Ok(Presentation::Children(Box::new(move |_: &dyn Target| {
        Ok(elements.next().map(Into::into))
    })))
}

/// A tuple of the pointer and the deleter, in `_M_t` or, from GCC 8 on, in `_M_t._M_t`.
pub(super) fn unique_pointer(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let mut tuple = object.member(target, "_M_t")?;
    if let Ok(inner) = tuple.member(target, "_M_t") {
        tuple = inner;
    }
    let pointer = elements(target, &tuple)?.into_iter().next();
    let pointer = pointer.ok_or_else(|| unlike(target, object))?;
    parts::owner(target, &pointer, argument(target, object, 0)?)
}
