//! `chrono`, `bitset`, `complex`.

use crate::printer::{Presentation, words};
use crate::{Object, Result, Target};

pub(super) fn duration(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::duration(target, object, &object.member(target, "__r")?)
}

pub(super) fn time_point(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::time_point(target, object, "__d")
}

pub(super) fn date(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::date(target, object, ["_M_y", "_M_m", "_M_d"])
}

pub(super) fn complex(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "_M_value")?))
}

/// `_M_w` is one word or several.
pub(super) fn bitset(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::bitset(target, object, || object.member(target, "_M_w"))
}
