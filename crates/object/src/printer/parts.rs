//! What classes of several libraries are shown as: pointers, arrays, bits.

use super::reach::{array as array_at, read_pointer, word};
use super::{Presentation, TypeName, damaged};
use crate::layout::{describe_valueless, resolve, sizeof};
use crate::object::add;
use crate::{ErrorKind, Object, Result, Target, lookup_type};
use spelunk_types::{QualifiedType, TypeData};
use std::ops::Range;

/// What holds nothing, under the name of that.
pub(super) fn nothing(name: &str) -> Presentation {
    Presentation::Tuple {
        name: name.into(),
        parts: Vec::new(),
    }
}

/// The value of a pointer, and what it points to if that has values.
pub(super) fn pointer(target: &dyn Target, pointer: &Object, note: String) -> Result<Presentation> {
    let types = target.types();
    let TypeData::Pointer { referenced, .. } = resolve(types, pointer.ty().id)?.1.data else {
        return Ok(Presentation::Object(pointer.clone()));
    };
    let address = pointer.to_u64(target)?;
    let data = &resolve(types, referenced.id)?.1.data;
    let has_value = address != 0 && describe_valueless(data).is_none();
    Ok(Presentation::Pointer {
        address,
        note,
        to: has_value.then(|| Object::at(referenced, address)),
    })
}

/// The address of an object in memory, and the object if it has a value.
pub(super) fn pointer_to(target: &dyn Target, object: Object) -> Result<Presentation> {
    let data = &resolve(target.types(), object.ty().id)?.1.data;
    let has_value = describe_valueless(data).is_none();
    Ok(Presentation::Pointer {
        address: object.address().unwrap_or(0),
        note: String::new(),
        to: has_value.then_some(object),
    })
}

/// As [`pointer`], of one that counts how many others there are: those that keep what it points to,
/// and those that do not.
pub(super) fn counted_pointer(
    target: &dyn Target,
    object: &Object,
    counts: Option<(i128, i128)>,
) -> Result<Presentation> {
    let note = counts.map_or_else(String::new, |(uses, weak)| {
        format!(" (use count {uses}, weak count {weak})")
    });
    match (pointer(target, object, note)?, counts) {
        // A weak pointer does not keep what it pointed to.
        (Presentation::Pointer { address, note, .. }, Some((0, _))) => Ok(Presentation::Pointer {
            address,
            note,
            to: None,
        }),
        (presentation, _) => Ok(presentation),
    }
}

/// As [`pointer`], of one that owns an object of a type, or an array whose length is not known.
pub(super) fn owner(
    target: &dyn Target,
    object: &Object,
    owned: QualifiedType,
) -> Result<Presentation> {
    let shown = pointer(target, object, String::new())?;
    match (shown, &resolve(target.types(), owned.id)?.1.data) {
        (Presentation::Pointer { address, note, .. }, TypeData::Array { .. }) => {
            Ok(Presentation::Pointer {
                address,
                note,
                to: None,
            })
        }
        (shown, _) => Ok(shown),
    }
}

/// `std::pair`, as the standard has it.
pub(super) fn pair(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let member = |name: &str| -> Result<_> { Ok((name.into(), object.member(target, name)?)) };
    Ok(Presentation::Members {
        name: "".into(),
        members: vec![member("first")?, member("second")?],
    })
}

/// A full `std::optional`.
pub(super) fn optional(target: &dyn Target, value: Object) -> Result<Presentation> {
    // An empty one in a full one is not the same as an empty one.
    Ok(match is_optional(target, &value)? {
        true => Presentation::Tuple {
            name: "optional".into(),
            parts: vec![value],
        },
        false => Presentation::Object(value),
    })
}

fn is_optional(target: &dyn Target, object: &Object) -> Result<bool> {
    let (_, ty) = resolve(target.types(), object.ty().id)?;
    let name = TypeName::new(
        ty.language,
        ty.scope.as_deref(),
        ty.data.tag().unwrap_or(""),
    );
    Ok(name.base().ends_with("::optional"))
}

/// What a `std::function` calls: an object of the type called `name`, which is at its place if that
/// can be told. Compilers give closures other names in symbols than in debugging information: of them
/// there is the name.
pub(super) fn called(
    target: &dyn Target,
    name: &str,
    place: impl FnOnce(QualifiedType) -> Result<Option<Object>>,
) -> Result<Presentation> {
    let found = match lookup_type(target, name, None) {
        Ok(ty) => place(ty)?,
        Err(error) if error.is_lookup() || error.kind() == ErrorKind::Syntax => None,
        Err(error) => return Err(error),
    };
    Ok(match found {
        Some(object) => Presentation::Alternative(object),
        None => Presentation::Text(name.to_owned()),
    })
}

/// The objects from `start` up to before `finish`.
pub(super) fn range(
    target: &dyn Target,
    element: QualifiedType,
    start: u64,
    finish: u64,
) -> Result<Presentation> {
    let size = sizeof(target.types(), element)?;
    let bytes = finish
        .checked_sub(start)
        .ok_or_else(|| damaged("range ends before it starts"))?;
    if size == 0 || bytes % size != 0 {
        return Err(damaged("range ends in an element"));
    }
    Ok(Presentation::Array(array_at(
        target,
        element,
        start,
        bytes / size,
    )?))
}

/// The number that `4ul` begins with.
pub(super) fn digits(text: &str) -> Option<u64> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

pub(super) fn pointer_and_length(
    target: &dyn Target,
    pointer: &Object,
    length: u64,
) -> Result<Presentation> {
    let TypeData::Pointer { referenced, .. } = resolve(target.types(), pointer.ty().id)?.1.data
    else {
        return Err(damaged("not a pointer"));
    };
    let address = pointer.to_u64(target)?;
    Ok(Presentation::Array(array_at(
        target, referenced, address, length,
    )?))
}

/// The bits of words from `start` on, as objects of `bool_type`.
pub(super) fn bits_of_words(
    target: &dyn Target,
    bool_type: QualifiedType,
    start: u64,
    mut bits: Range<u64>,
) -> Result<Presentation> {
    let word_bits = word(target)? * 8;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| {
            let Some(index) = bits.next() else {
                return Ok(None);
            };
            let place = add(target, start, index / word_bits * (word_bits / 8));
            let is_set = read_pointer(target, place)? >> (index % word_bits) & 1;
            let value = Object::from_u64(target, bool_type, is_set)?;
            Ok(Some(value.into()))
        },
    )))
}
