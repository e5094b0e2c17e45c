//! Classes that hold one object, or know where it is: `bits/shared_ptr_base.h`, `optional`,
//! `variant`, `atomic`, `bits/std_function.h`, adaptors of containers.

use crate::layout::resolve;
use crate::printer::reach::{argument, member, number, unlike};
use crate::printer::{Presentation, TypeName};
use crate::{Object, Result, Target};
use spelunk_types::TypeData;

/// What holds nothing, under the name of that.
pub(super) fn nothing(name: &str) -> Presentation {
    Presentation::Tuple {
        name: name.into(),
        parts: Vec::new(),
    }
}

/// Alternatives of a variant.
const MAX_ALTERNATIVES: u64 = 1 << 10;

/// The value of a pointer, and what it points to if that has values.
pub(super) fn pointer(target: &dyn Target, pointer: &Object, note: String) -> Result<Presentation> {
    let types = target.types();
    let TypeData::Pointer { referenced, .. } = resolve(types, pointer.ty().id)?.1.data else {
        return Ok(Presentation::Object(pointer.clone()));
    };
    let address = pointer.to_u64(target)?;
    let data = &resolve(types, referenced.id)?.1.data;
    let has_value = address != 0 && crate::layout::describe_valueless(data).is_none();
    Ok(Presentation::Pointer {
        address,
        note,
        to: has_value.then(|| Object::at(referenced, address)),
    })
}

/// The address of an object in memory, and the object if it has a value.
pub(super) fn pointer_to(target: &dyn Target, object: Object) -> Result<Presentation> {
    let data = &resolve(target.types(), object.ty().id)?.1.data;
    let has_value = crate::layout::describe_valueless(data).is_none();
    Ok(Presentation::Pointer {
        address: object.address().unwrap_or(0),
        note: String::new(),
        to: has_value.then_some(object),
    })
}

/// The counts are behind `_M_refcount`; all shared pointers together count as one weak one.
pub(super) fn shared_pointer(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let counts = member(target, object, &["_M_refcount", "_M_pi"])?;
    let note = match counts.to_u64(target)? {
        0 => String::new(),
        _ => {
            let uses = member(target, &counts, &["_M_use_count"])?.to_i128(target)?;
            let weak = member(target, &counts, &["_M_weak_count"])?.to_i128(target)?;
            let weak = weak - i128::from(uses > 0);
            format!(" (use count {uses}, weak count {weak})")
        }
    };
    match pointer(target, &object.member(target, "_M_ptr")?, note)? {
        // A weak pointer does not keep what it pointed to.
        Presentation::Pointer { address, note, .. } if note.starts_with(" (use count 0,") => {
            Ok(Presentation::Pointer {
                address,
                note,
                to: None,
            })
        }
        presentation => Ok(presentation),
    }
}

pub(super) fn reference_wrapper(target: &dyn Target, object: &Object) -> Result<Presentation> {
    pointer(target, &object.member(target, "_M_data")?, String::new())
}

pub(super) fn optional(target: &dyn Target, object: &Object) -> Result<Presentation> {
    // From GCC 9 on the payload has the flag; before, the optional has both.
    let payload = object.member(target, "_M_payload")?;
    let holder = match payload.member(target, "_M_engaged") {
        Ok(_) => &payload,
        Err(_) => object,
    };
    if number(target, holder, &["_M_engaged"])? == 0 {
        return Ok(nothing("nullopt"));
    }
    let value = member(target, &payload, &["_M_payload", "_M_value"])
        .or_else(|_| member(target, &payload, &["_M_value"]))
        .unwrap_or(payload);
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

/// `_M_index` says how many times `_M_rest` stands before the `_M_first` that is there.
pub(super) fn variant(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let index = object.member(target, "_M_index")?;
    let size = crate::layout::sizeof(target.types(), index.ty())?;
    let index = index.to_u64(target)?;
    let none = u64::MAX >> (64 - 8 * size.clamp(1, 8));
    if index == none {
        return Ok(nothing("valueless by exception"));
    }
    if index > MAX_ALTERNATIVES {
        return Err(unlike(target, object));
    }
    let mut storage = object.member(target, "_M_u")?;
    for _ in 0..index {
        storage = storage.member(target, "_M_rest")?;
    }
    let alternative = member(target, &storage, &["_M_first", "_M_storage"])?;
    // What has a destructor is in a buffer, typed by the template's argument.
    let value = match argument(target, &storage.member(target, "_M_first")?, 0) {
        Ok(ty) => match alternative.address() {
            Some(address) => Object::at(ty, address),
            None => alternative.part(target, ty, 0, None)?,
        },
        Err(_) => alternative,
    };
    Ok(Presentation::Alternative(value))
}

/// `_M_i` of integers, or of what an atomic integer, Boolean or pointer is derived from.
pub(super) fn atomic(target: &dyn Target, object: &Object) -> Result<Presentation> {
    for path in [
        &["_M_i"][..],
        &["_M_b", "_M_i"],
        &["_M_b", "_M_p"],
        &["_M_base", "_M_i"],
        &["_M_fp"],
    ] {
        if let Ok(value) = member(target, object, path) {
            return Ok(Presentation::Object(value));
        }
    }
    Err(unlike(target, object))
}

pub(super) fn function(target: &dyn Target, object: &Object) -> Result<Presentation> {
    match number(target, object, &["_M_manager"])? {
        0 => Ok(nothing("empty")),
        _ => Ok(Presentation::Object(object.member(target, "_M_invoker")?)),
    }
}

/// `std::stack` and the like: the container that they use.
pub(super) fn adaptor(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "c")?))
}
