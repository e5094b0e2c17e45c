//! Casts between classes of C++: a pointer to a class becomes one to its base class, which may
//! stand elsewhere in the object, and back.

use super::compatible::are_compatible_unqualified;
use crate::layout::{find_member, name_of, resolve};
use crate::{Error, Object, Result, Target};
use spelunk_base::Language;
use spelunk_types::{FlatMember, QualifiedType, TypeData, TypeStore};

impl Object {
    /// This object, or what it refers to, as a reference of C++ of type `ty`, to `referenced`.
    pub(super) fn cast_to_reference(
        &self,
        target: &dyn Target,
        ty: QualifiedType,
        referenced: QualifiedType,
    ) -> Result<Self> {
        let object = self.lvalue(target)?;
        if object.is_absent() {
            return Err(Error::absent());
        }
        let (Some(address), Some(0), None) = (
            object.address(),
            object.bit_offset(),
            object.bit_field_size(),
        ) else {
            let name = name_of(target.types(), ty);
            return Err(Error::value(format!(
                "cannot cast to '{name}': only an object in memory can be referred to"
            )));
        };
        let address = cast_address(target, address, object.ty, referenced)?;
        match target.types().reference_scalar(ty.id)? {
            Some(scalar) => Self::scalar(ty, scalar, 0, address.into()),
            None => Err(Error::type_("not a reference type")),
        }
    }
}

/// The address of the `to` that is a base class of the `from` at `address`, or has it as base
/// class. Of types that have nothing to do with each other it is the same.
pub(super) fn cast_address(
    target: &dyn Target,
    address: u64,
    from: QualifiedType,
    to: QualifiedType,
) -> Result<u64> {
    let types = target.types();
    if address == 0 || !(is_class(types, from)? && is_class(types, to)?) {
        return Ok(address);
    }
    let (id, _) = resolve(types, from.id)?;
    if let Some(member) = base(types, from, to)? {
        let part = Object::at(from, address).flat_part(target, id, member)?;
        return Ok(part.address().unwrap_or(address));
    }
    match base(types, to, from)? {
        None => Ok(address),
        Some(FlatMember {
            via: None,
            bit_offset,
            ..
        }) => Ok(crate::object::add(
            target,
            address,
            (bit_offset / 8).wrapping_neg(),
        )),
        Some(_) => {
            let (base, class) = (name_of(types, from), name_of(types, to));
            Err(Error::type_(format!(
                "cannot cast from '{base}' to '{class}', of which it is a virtual base class: \
                 it does not say what it is in"
            )))
        }
    }
}

fn is_class(types: &TypeStore, ty: QualifiedType) -> Result<bool> {
    let ty = resolve(types, ty.id)?.1;
    Ok(ty.language == Language::Cpp && matches!(ty.data, TypeData::Compound { size: Some(_), .. }))
}

/// Where the base class `base` is in `class`, if it is one.
fn base(
    types: &TypeStore,
    class: QualifiedType,
    base: QualifiedType,
) -> Result<Option<FlatMember>> {
    if are_compatible_unqualified(types, class.id, base.id)? {
        return Ok(None);
    }
    let Some(tag) = resolve(types, base.id)?.1.data.tag() else {
        return Ok(None);
    };
    Ok(match find_member(types, class.id, tag)? {
        Some(member) if are_compatible_unqualified(types, member.ty.id, base.id)? => Some(member),
        _ => None,
    })
}
