//! `bits/stl_vector.h`, `bits/stl_bvector.h`, `bits/stl_deque.h`, `array`, `span`,
//! `initializer_list`.

use crate::layout::{resolve, sizeof};
use crate::object::add;
use crate::printer::parts::{bits_of_words, digits, pointer_and_length, range};
use crate::printer::reach::{argument, array as array_at, member, number, read_pointer, word};
use crate::printer::type_name::arguments;
use crate::printer::{Presentation, damaged};
use crate::{Object, Result, Target};
use spelunk_types::TypeData;

/// Bytes of a deque's buffer (`_GLIBCXX_DEQUE_BUF_SIZE`).
const DEQUE_BUFFER: u64 = 512;

pub(super) fn vector(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let storage = member(target, object, &["_M_impl"])?;
    let start = member(target, &storage, &["_M_start"])?;
    let ty = &resolve(target.types(), start.ty().id)?.1.data;
    let TypeData::Pointer { referenced, .. } = ty else {
        return bits(target, object, &storage);
    };
    let start = start.to_u64(target)?;
    let finish = number(target, &storage, &["_M_finish"])?;
    let end = number(target, &storage, &["_M_end_of_storage"])?;
    if finish > end {
        return Err(damaged("vector is larger than its storage"));
    }
    range(target, *referenced, start, finish)
}

/// `std::vector<bool>`: its iterators have a pointer to a word and a bit in that.
fn bits(target: &dyn Target, object: &Object, storage: &Object) -> Result<Presentation> {
    let start = number(target, storage, &["_M_start", "_M_p"])?;
    let finish = number(target, storage, &["_M_finish", "_M_p"])?;
    let first = number(target, storage, &["_M_start", "_M_offset"])?;
    let last = number(target, storage, &["_M_finish", "_M_offset"])?;
    let bool_type = argument(target, object, 0)?;
    let word_bits = word(target)? * 8;
    let bits = finish
        .checked_sub(start)
        .and_then(|bytes| bytes.checked_mul(8)?.checked_add(last))
        .filter(|bits| first < word_bits && last < word_bits && first <= *bits)
        .ok_or_else(|| damaged("range ends before it starts"))?;
    bits_of_words(target, bool_type, start, first..bits)
}

pub(super) fn array(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let elements = object.member(target, "_M_elems")?;
    match resolve(target.types(), elements.ty().id)?.1.data {
        TypeData::Array { .. } => Ok(Presentation::Array(elements)),
        // `std::array<T, 0>` has a class of its own instead.
        _ => {
            let element = argument(target, object, 0)?;
            let address = object.address().unwrap_or(0);
            Ok(Presentation::Array(array_at(target, element, address, 0)?))
        }
    }
}

/// That of libc++ is in the same namespace, as compilers know it.
pub(super) fn initializer_list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let is_own = object.member(target, "_M_array").is_ok();
    let (array, length) = match is_own {
        true => ("_M_array", "_M_len"),
        false => ("__begin_", "__size_"),
    };
    let length = number(target, object, &[length])?;
    pointer_and_length(target, &object.member(target, array)?, length)
}

pub(super) fn valarray(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let length = number(target, object, &["_M_size"])?;
    pointer_and_length(target, &object.member(target, "_M_data")?, length)
}

pub(super) fn span(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let extent = member(target, object, &["_M_extent", "_M_extent_value"]);
    let length = match extent {
        Ok(extent) => extent.to_u64(target)?,
        // A static one is in the type alone.
        Err(_) => {
            let name = crate::layout::name_of(target.types(), object.ty());
            let extent = arguments(&name).get(1).and_then(|text| digits(text));
            extent.ok_or_else(|| damaged("extent is not known"))?
        }
    };
    pointer_and_length(target, &object.member(target, "_M_ptr")?, length)
}

/// Buffers of one size, whose addresses stand in an array of their own (`_M_map`).
pub(super) fn deque(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let storage = member(target, object, &["_M_impl"])?;
    let element = argument(target, object, 0)?;
    let size = sizeof(target.types(), element)?;
    let word = word(target)?;
    let per_buffer = match size {
        0 => return Err(damaged("elements have no size")),
        1..DEQUE_BUFFER => DEQUE_BUFFER / size,
        _ => 1,
    };
    let iterator = |name: &str| -> Result<(u64, u64)> {
        let iterator = storage.member(target, name)?;
        let first = number(target, &iterator, &["_M_first"])?;
        let current = number(target, &iterator, &["_M_cur"])?;
        let index = current.wrapping_sub(first) / size;
        match index <= per_buffer {
            true => Ok((number(target, &iterator, &["_M_node"])?, index)),
            false => Err(damaged("iterator is outside of its buffer")),
        }
    };
    let (first_node, first) = iterator("_M_start")?;
    let (last_node, last) = iterator("_M_finish")?;
    let count = last_node
        .checked_sub(first_node)
        .and_then(|bytes| (bytes / word).checked_mul(per_buffer))
        .and_then(|before| before.checked_add(last))
        .and_then(|end| end.checked_sub(first))
        .ok_or_else(|| damaged("deque ends before it starts"))?;
    let mut index = first;
    let end = first.saturating_add(count);
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| {
            if index >= end {
                return Ok(None);
            }
            let node = add(target, first_node, (index / per_buffer).wrapping_mul(word));
            let buffer = read_pointer(target, node)?;
            let address = add(target, buffer, index % per_buffer * size);
            index += 1;
            // The buffers end where memory does, however many there are said to be.
            target.read(address, &mut [0])?;
            Ok(Some(Object::at(element, address).into()))
        },
    )))
}
