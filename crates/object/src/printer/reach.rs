//! Getting at the insides of an object of a library.

use super::damaged;
use super::type_name::arguments;
use crate::layout::{name_of, resolve, sizeof};
use crate::object::add;
use crate::{Error, Object, Result, Target, alignof, lookup_type};
use spelunk_types::{MemberRole, QualifiedType, TypeData};

/// Structures in structures on the way to a pointer or number.
const MAX_DEPTH: u32 = 16;

/// The member reached by these names, one in the other.
pub(super) fn member(target: &dyn Target, object: &Object, names: &[&str]) -> Result<Object> {
    let mut object = object.clone();
    for name in names {
        object = object.member(target, name)?;
    }
    Ok(object)
}

/// The number in the member reached by these names.
pub(super) fn number(target: &dyn Target, object: &Object, names: &[&str]) -> Result<u64> {
    member(target, object, names)?.to_u64(target)
}

/// The `index`th base class, as an object of its own.
pub(super) fn base(target: &dyn Target, object: &Object, index: usize) -> Result<Object> {
    let types = target.types();
    let (id, _) = resolve(types, object.ty.id)?;
    let members = types
        .members(id)?
        .map_or(&[][..], |members| &members.members);
    let mut bases = members
        .iter()
        .filter(|member| member.role == MemberRole::Base);
    match bases.nth(index) {
        Some(base) => object.part(target, base.ty, base.bit_offset, None),
        None => Err(unlike(target, object)),
    }
}

/// The `index`th argument of the template. Of some classes GCC gives the name alone.
pub(super) fn argument(
    target: &dyn Target,
    object: &Object,
    index: usize,
) -> Result<QualifiedType> {
    let types = target.types();
    let (id, _) = resolve(types, object.ty.id)?;
    let given = types
        .members(id)?
        .map(|members| &members.template_parameters);
    if let Some(argument) = given.and_then(|given| given.get(index)) {
        return Ok(argument.ty);
    }
    let name = name_of(types, id);
    match arguments(&name).get(index) {
        Some(argument) => lookup_type(target, argument, None),
        None => Err(unlike(target, object)),
    }
}

/// The only scalar inside of newtypes around it: the first member of the first member.
pub(super) fn innermost(target: &dyn Target, object: &Object) -> Result<Object> {
    let types = target.types();
    let mut object = object.clone();
    for _ in 0..MAX_DEPTH {
        let (id, ty) = resolve(types, object.ty.id)?;
        if !matches!(ty.data, TypeData::Compound { .. }) {
            return Ok(object);
        }
        let members = types
            .members(id)?
            .map_or(&[][..], |members| &members.members);
        let mut sized = members
            .iter()
            .filter(|member| sizeof(types, member.ty).is_ok_and(|size| size > 0));
        let Some(first) = sized.next() else {
            break;
        };
        object = object.part(target, first.ty, first.bit_offset, first.bit_field_size)?;
    }
    Err(unlike(target, &object))
}

/// What a pointer points to; an error for null.
pub(super) fn pointee(target: &dyn Target, pointer: &Object) -> Result<Object> {
    match pointer.to_u64(target)? {
        0 => Err(damaged("null pointer")),
        _ => pointer.dereference(target),
    }
}

/// `count` objects of this type, one after the other from `address` on.
pub(super) fn array(
    target: &dyn Target,
    element: QualifiedType,
    address: u64,
    count: u64,
) -> Result<Object> {
    let types = target.types();
    let size = sizeof(types, element)?;
    let mask = target
        .platform()
        .map_or(u64::MAX, |platform| platform.address_mask());
    let fits = count
        .checked_mul(size)
        .and_then(|bytes| address.checked_add(bytes))
        .is_some_and(|end| end <= mask);
    if !fits {
        return Err(damaged("container is larger than memory"));
    }
    let language = types.get(element.id)?.language;
    let ty = types.array(element, Some(count), language)?;
    Ok(Object::at(ty.into(), address))
}

/// Elements without size that are walked: each looks like any other.
const MAX_EMPTY: u64 = 1 << 16;

/// Sees to it that a walk ends where memory does, however many elements there are said to be.
pub(super) fn check_element(
    target: &dyn Target,
    address: u64,
    size: u64,
    index: u64,
) -> Result<()> {
    match size {
        0 if index > MAX_EMPTY => Err(damaged("container has too many elements without size")),
        0 => Ok(()),
        _ => Ok(target.read(address, &mut [0])?),
    }
}

/// The object of type `ty` that stands behind `size` bytes at `address`, aligned.
pub(super) fn behind(
    target: &dyn Target,
    ty: QualifiedType,
    address: u64,
    size: u64,
) -> Result<Object> {
    let offset = size
        .checked_next_multiple_of(alignof(target, ty)?)
        .ok_or_else(|| damaged("offset is too large"))?;
    Ok(Object::at(ty, add(target, address, offset)))
}

/// The size of an address.
pub(super) fn word(target: &dyn Target) -> Result<u64> {
    match target.platform() {
        Some(platform) => Ok(platform.address_size().into()),
        None => Err(Error::value("program address size is not known")),
    }
}

/// The pointer at `address`.
pub(super) fn read_pointer(target: &dyn Target, address: u64) -> Result<u64> {
    let mut bytes = [0; 8];
    let size = word(target)? as usize;
    let order = target.platform().map(|platform| platform.byte_order);
    let place = bytes.get_mut(..size).unwrap_or(&mut []);
    target.read(address, place)?;
    if order == Some(spelunk_base::ByteOrder::Big) {
        place.reverse();
    }
    Ok(u64::from_le_bytes(bytes))
}

/// The error of an object that is not made as its type's name says.
pub(super) fn unlike(target: &dyn Target, object: &Object) -> Error {
    let name = name_of(target.types(), object.ty);
    Error::type_(format!("'{name}' is not made as expected"))
}
