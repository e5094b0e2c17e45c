//! `chrono`, `bitset`, `complex`.

use crate::printer::{Presentation, words};
use crate::{Object, Result, Target};

pub(super) fn duration(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::duration(target, object, &object.member(target, "__rep_")?)
}

pub(super) fn time_point(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::time_point(target, object, "__d_")
}

pub(super) fn date(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::date(target, object, ["__y_", "__m_", "__d_"])
}

/// The parts have members of their own; they are shown as C's complex numbers are.
pub(super) fn complex(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let part = |name: &str| -> Result<f64> { object.member(target, name)?.to_f64(target) };
    let (real, imaginary) = (part("__re_")?, part("__im_")?);
    let sign = if imaginary.is_sign_negative() {
        '-'
    } else {
        '+'
    };
    let imaginary = imaginary.abs();
    Ok(Presentation::Text(format!(
        "{real:?} {sign} {imaginary:?}i"
    )))
}

pub(super) fn bitset(target: &dyn Target, object: &Object) -> Result<Presentation> {
    words::bitset(target, object, || object.member(target, "__first_"))
}
