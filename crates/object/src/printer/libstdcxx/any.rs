//! `any`, `filesystem::path`: `any`, `bits/fs_path.h`.

use crate::printer::reach::{number, unlike};
use crate::printer::type_name::arguments;
use crate::printer::{Presentation, parts};
use crate::{Object, Result, Target, lookup_type};

/// The manager is a function of a template whose argument is the type of what is held: in the
/// object itself, or elsewhere if it is large.
pub(super) fn any(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let manager = number(target, object, &["_M_manager"])?;
    if manager == 0 {
        return Ok(parts::nothing("empty"));
    }
    let symbol = target.symbolize(manager)?;
    let symbol = symbol.ok_or_else(|| unlike(target, object))?.name;
    let in_object = symbol.starts_with("std::any::_Manager_internal<");
    if !in_object && !symbol.starts_with("std::any::_Manager_external<") {
        return Err(unlike(target, object));
    }
    let held = arguments(&symbol).first().copied().unwrap_or("");
    let ty = lookup_type(target, held, None)?;
    let storage = object.member(target, "_M_storage")?;
    Ok(Presentation::Alternative(match in_object {
        true => storage
            .member(target, "_M_buffer")?
            .part(target, ty, 0, None)?,
        false => {
            let pointer = number(target, &storage, &["_M_ptr"])?;
            Object::at(ty, pointer)
        }
    }))
}

pub(super) fn path(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "_M_pathname")?))
}
