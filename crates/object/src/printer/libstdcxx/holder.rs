//! Classes that hold one object, or know where it is: `bits/shared_ptr_base.h`, `optional`,
//! `variant`, `atomic`, `bits/std_function.h`, adaptors of containers.

use crate::layout::{resolve, sizeof};
use crate::printer::reach::{argument, member, number, unlike};
use crate::printer::type_name::arguments;
use crate::printer::{Presentation, parts};
use crate::{Object, Result, Target};
use spelunk_types::{QualifiedType, TypeData};

/// Alternatives of a variant.
const MAX_ALTERNATIVES: u64 = 1 << 10;

/// The counts are behind `_M_refcount`; all shared pointers together count as one weak one.
pub(super) fn shared_pointer(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let counts = member(target, object, &["_M_refcount", "_M_pi"])?;
    let counts = match counts.to_u64(target)? {
        0 => None,
        _ => {
            let uses = member(target, &counts, &["_M_use_count"])?.to_i128(target)?;
            let weak = member(target, &counts, &["_M_weak_count"])?.to_i128(target)?;
            Some((uses, weak - i128::from(uses > 0)))
        }
    };
    parts::counted_pointer(target, &object.member(target, "_M_ptr")?, counts)
}

pub(super) fn reference_wrapper(target: &dyn Target, object: &Object) -> Result<Presentation> {
    parts::pointer(target, &object.member(target, "_M_data")?, String::new())
}

pub(super) fn optional(target: &dyn Target, object: &Object) -> Result<Presentation> {
    // From GCC 9 on the payload has the flag; before, the optional has both.
    let payload = object.member(target, "_M_payload")?;
    let holder = match payload.member(target, "_M_engaged") {
        Ok(_) => &payload,
        Err(_) => object,
    };
    if number(target, holder, &["_M_engaged"])? == 0 {
        return Ok(parts::nothing("nullopt"));
    }
    let value = member(target, &payload, &["_M_payload", "_M_value"])
        .or_else(|_| member(target, &payload, &["_M_value"]))
        .unwrap_or(payload);
    parts::optional(target, value)
}

/// `_M_index` says how many times `_M_rest` stands before the `_M_first` that is there.
pub(super) fn variant(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let index = object.member(target, "_M_index")?;
    let size = crate::layout::sizeof(target.types(), index.ty())?;
    let index = index.to_u64(target)?;
    let none = u64::MAX >> (64 - 8 * size.clamp(1, 8));
    if index == none {
        return Ok(parts::nothing("valueless by exception"));
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

/// The invoker is a function of a template whose second argument is the type of what is called:
/// in the object itself if it is small and copied as bytes are, or elsewhere.
pub(super) fn function(target: &dyn Target, object: &Object) -> Result<Presentation> {
    if number(target, object, &["_M_manager"])? == 0 {
        return Ok(parts::nothing("empty"));
    }
    let invoker = object.member(target, "_M_invoker")?;
    let symbol = target.symbolize(invoker.to_u64(target)?)?;
    let name = symbol.as_ref().map_or("", |symbol| &*symbol.name);
    let arguments = match name.starts_with("std::_Function_handler<") {
        true => arguments(name),
        false => Vec::new(),
    };
    let [_, called] = arguments[..] else {
        return Ok(Presentation::Object(invoker));
    };
    parts::called(target, called, |ty| {
        let storage = object.member(target, "_M_functor")?;
        Ok(
            match is_local(target, ty, sizeof(target.types(), storage.ty())?)? {
                Some(true) => Some(storage.part(target, ty, 0, None)?),
                Some(false) => Some(Object::at(
                    ty,
                    member(target, &storage, &["_M_unused", "_M_object"])?.to_u64(target)?,
                )),
                None => None,
            },
        )
    })
}

/// Whether what is called is in the function object, which has room for so many bytes; `None` if that
/// cannot be told: debugging information does not say whether members are copied as bytes are.
fn is_local(target: &dyn Target, ty: QualifiedType, room: u64) -> Result<Option<bool>> {
    let types = target.types();
    let (id, called) = resolve(types, ty.id)?;
    if sizeof(types, ty)? > room {
        return Ok(Some(false));
    }
    if !matches!(called.data, TypeData::Compound { .. }) {
        return Ok(Some(true));
    }
    for member in types.members(id)?.into_iter().flat_map(|all| &all.members) {
        if matches!(
            resolve(types, member.ty.id)?.1.data,
            TypeData::Compound { .. } | TypeData::Array { .. }
        ) {
            return Ok(None);
        }
    }
    Ok(Some(true))
}

/// `std::stack` and the like: the container that they use.
pub(super) fn adaptor(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "c")?))
}
