//! `chrono`, `bitset`, `complex`.

use crate::printer::reach::member;
use crate::printer::{Presentation, words};
use crate::{Object, Result, Target};

pub(super) fn duration(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::duration(target, object, &object.member(target, "__r")?)
}

pub(super) fn time_point(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "__d")?))
}

pub(super) fn date(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let part = |names: &[&str]| member(target, object, names);
    words::date(
        target,
        &part(&["_M_y", "_M_y"])?,
        &part(&["_M_m", "_M_m"])?,
        &part(&["_M_d", "_M_d"])?,
    )
}

pub(super) fn complex(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "_M_value")?))
}

/// `_M_w` is one word or several.
pub(super) fn bitset(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::bitset(target, object, || object.member(target, "_M_w"))
}
