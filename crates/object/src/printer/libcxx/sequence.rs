//! `vector`, `deque`, `array`, `span`, `valarray`.

use super::pair::first;
use crate::layout::{name_of, sizeof};
use crate::object::add;
use crate::printer::parts::{bits_of_words, digits, pointer_and_length, range};
use crate::printer::reach::{argument, array as array_at, member, number, read_pointer, word};
use crate::printer::type_name::arguments;
use crate::printer::{Presentation, damaged};
use crate::{Object, Result, Target};

/// Bytes of a deque's block, and how many elements there are where they are large
/// (`__deque_block_size`).
const DEQUE_BLOCK: u64 = 4096;
const LARGE: u64 = 256;
const LARGE_PER_BLOCK: u64 = 16;

pub(super) fn vector(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let start = number(target, object, &["__begin_"])?;
    // That of `bool` has words and counts bits.
    if let Ok(bits) = first(target, object, &["__size_"]) {
        return bits_of_words(target, element, start, 0..bits.to_u64(target)?);
    }
    let finish = number(target, object, &["__end_"])?;
    let end = first(target, object, &["__end_cap_", "__cap_"])?;
    if finish > end.to_u64(target)? {
        return Err(damaged("vector is larger than its storage"));
    }
    range(target, element, start, finish)
}

pub(super) fn valarray(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let part = |name: &str| number(target, object, &[name]);
    let element = argument(target, object, 0)?;
    range(target, element, part("__begin_")?, part("__end_")?)
}

pub(super) fn array(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let elements = object.member(target, "__elems_")?;
    // Without elements there is room for one.
    if parameter(target, object, 1) == Some(0) {
        let element = argument(target, object, 0)?;
        let address = object.address().unwrap_or(0);
        return Ok(Presentation::Array(array_at(target, element, address, 0)?));
    }
    Ok(Presentation::Array(elements))
}

/// The number that is the `index`th argument of the template.
pub(super) fn parameter(target: &dyn Target, object: &Object, index: usize) -> Option<u64> {
    let name = name_of(target.types(), object.ty());
    arguments(&name).get(index).and_then(|text| digits(text))
}

pub(super) fn span(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let data = first(target, object, &["__data_", "__data"])?;
    let length = match first(target, object, &["__size_", "__size"]) {
        Ok(length) => length.to_u64(target)?,
        // A static one is in the type alone.
        Err(_) => parameter(target, object, 1).ok_or_else(|| damaged("extent is not known"))?,
    };
    pointer_and_length(target, &data, length)
}

/// Blocks of one size, whose addresses stand in an array of their own.
pub(super) fn deque(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let size = sizeof(target.types(), element)?;
    let word = word(target)?;
    let per_block = match size {
        0 => return Err(damaged("elements have no size")),
        1..LARGE => DEQUE_BLOCK / size,
        _ => LARGE_PER_BLOCK,
    };
    let map = member(target, object, &["__map_"])?;
    let blocks = number(target, &map, &["__begin_"])?;
    let room = number(target, &map, &["__end_"])?
        .checked_sub(blocks)
        .and_then(|bytes| (bytes / word).checked_mul(per_block));
    let mut index = number(target, object, &["__start_"])?;
    let count = first(target, object, &["__size_"])?.to_u64(target)?;
    let end = index
        .checked_add(count)
        .filter(|end| count == 0 || room.is_some_and(|room| *end <= room))
        .ok_or_else(|| damaged("deque is larger than its blocks"))?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| {
            if index >= end {
                return Ok(None);
            }
            let block = read_pointer(target, add(target, blocks, index / per_block * word))?;
            let address = add(target, block, index % per_block * size);
            index += 1;
            // The blocks end where memory does, however many there are said to be.
            target.read(address, &mut [0])?;
            Ok(Some(Object::at(element, address).into()))
        },
    )))
}
