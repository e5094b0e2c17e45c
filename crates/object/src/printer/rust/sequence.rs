//! Slices, `Vec`, `VecDeque`, `LinkedList`.

use super::variant::pointee_type;
use crate::layout::sizeof;
use crate::object::add;
use crate::printer::chain::Circle;
use crate::printer::reach::{
    argument, array, check_element, innermost, number, read_pointer, unlike,
};
use crate::printer::{Presentation, damaged};
use crate::{Object, Result, Target};

/// A pointer with a length.
pub(super) fn slice(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let data = object.member(target, "data_ptr")?;
    let first = data.dereference(target)?;
    let length = number(target, object, &["length"])?;
    let address = first.address().unwrap_or(0);
    Ok(Presentation::Array(array(
        target,
        first.ty(),
        address,
        length,
    )?))
}

pub(super) fn vec(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let length = number(target, object, &["len"])?;
    let size = sizeof(target.types(), element)?;
    let (address, _) = raw_vec(target, &object.member(target, "buf")?, length, size)?;
    Ok(Presentation::Array(array(
        target, element, address, length,
    )?))
}

/// Where the memory of a `RawVec` for elements of `size` bytes is, and how many it is for; `length`
/// of them are in use. The pointer is its first part, in newtypes, from Rust 1.83 on in an `inner`
/// that knows no type of elements.
pub(super) fn raw_vec(
    target: &dyn Target,
    buf: &Object,
    length: u64,
    size: u64,
) -> Result<(u64, u64)> {
    let inner = buf.member(target, "inner").unwrap_or_else(|_| buf.clone());
    let pointer = innermost(target, &inner.member(target, "ptr")?)?;
    let capacity = innermost(target, &inner.member(target, "cap")?)?.to_u64(target)?;
    match length <= capacity || size == 0 {
        true => Ok((pointer.to_u64(target)?, capacity)),
        false => Err(damaged("vector is longer than its capacity")),
    }
}

/// A ring of elements.
pub(super) fn vec_deque(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let length = number(target, object, &["len"])?;
    let head = number(target, object, &["head"])?;
    let size = sizeof(target.types(), element)?;
    let (address, capacity) = raw_vec(target, &object.member(target, "buf")?, length, size)?;
    if size > 0 && length > 0 && head >= capacity {
        return Err(damaged("ring starts outside of its memory"));
    }
    let mut index = 0;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| {
            if index >= length {
                return Ok(None);
            }
            let before_end = capacity.wrapping_sub(head);
            let place = match index >= before_end {
                true => index.wrapping_sub(before_end),
                false => index.wrapping_add(head),
            };
            index += 1;
            let address = add(target, address, place.wrapping_mul(size));
            check_element(target, address, size, index)?;
            Ok(Some(Object::at(element, address).into()))
        },
    )))
}

/// Nodes with the options `next` and `prev`, in which `None` is a null pointer.
pub(super) fn linked_list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let head = object.member(target, "head")?;
    let node = pointee_type(target, head.ty())?.ok_or_else(|| unlike(target, object))?;
    let mut next = innermost_word(target, &head)?;
    let mut left = number(target, object, &["len"])?;
    let mut circle = Circle::default();
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| {
            match (left, next) {
                (0, _) => return Ok(None),
                (_, 0) => return Err(damaged("list has fewer elements than it counts")),
                _ if circle.closes_at(next) => return Err(damaged("list goes in a circle")),
                _ => left -= 1,
            }
            let node = Object::at(node, next);
            next = innermost_word(target, &node.member(target, "next")?)?;
            Ok(Some(node.member(target, "element")?.into()))
        },
    )))
}

/// The pointer that an object of its size is.
fn innermost_word(target: &dyn Target, object: &Object) -> Result<u64> {
    match object.address() {
        Some(address) => read_pointer(target, address),
        None => Err(unlike(target, object)),
    }
}
