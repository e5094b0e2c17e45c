//! Text: `&str`, `String`, `OsString`, paths; durations.

use super::sequence::raw_vec;
use crate::printer::Presentation;
use crate::printer::reach::{innermost, member, number};
use crate::{Object, Result, Target};

/// Bytes that are shown of one string.
const MAX_BYTES: u64 = 1 << 16;

/// Whether a pointer with a length, of a type of this name, is one to text.
pub(super) fn is_text(name: &str) -> bool {
    let arguments = crate::printer::type_name::arguments(name);
    let pointee = match arguments.first() {
        Some(first) => first,
        None => name
            .trim_start_matches(['&', '*'])
            .trim_start_matches("mut ")
            .trim_start_matches("const "),
    };
    matches!(
        pointee,
        "str" | "std::ffi::os_str::OsStr" | "std::path::Path" | "core::ffi::c_str::CStr"
    )
}

/// A pointer to text, with its length.
pub(super) fn text(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let address = number(target, object, &["data_ptr"])?;
    let length = number(target, object, &["length"])?;
    bytes_at(target, address, length)
}

/// The same of a string that ends in a NUL byte, which counts.
pub(super) fn c_string(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let inner = object.member(target, "inner")?;
    let address = number(target, &inner, &["data_ptr"])?;
    let length = number(target, &inner, &["length"])?;
    bytes_at(target, address, length.saturating_sub(1))
}

pub(super) fn string(target: &dyn Target, object: &Object) -> Result<Presentation> {
    vec_of_bytes(target, &object.member(target, "vec")?)
}

/// `inner` in `inner` until there is a vector.
pub(super) fn os_string(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let mut object = object.clone();
    for _ in 0..4 {
        object = object.member(target, "inner")?;
        if super::variant::is_called(target, &object, "Vec")? {
            break;
        }
    }
    vec_of_bytes(target, &object)
}

fn vec_of_bytes(target: &dyn Target, vec: &Object) -> Result<Presentation> {
    let length = number(target, vec, &["len"])?;
    let (address, _) = raw_vec(target, &vec.member(target, "buf")?, length, 1)?;
    bytes_at(target, address, length)
}

pub(super) fn bytes_at(target: &dyn Target, address: u64, length: u64) -> Result<Presentation> {
    let shown = length.min(MAX_BYTES);
    Ok(Presentation::String {
        prefix: "",
        bytes: crate::object::read_bytes(target, address, shown)?,
        is_cut: shown < length,
    })
}

/// `1.5s`
pub(super) fn duration(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let seconds = number(target, object, &["secs"])?;
    let nanos = innermost(target, &member(target, object, &["nanos"])?)?.to_u64(target)?;
    let fraction = format!("{nanos:09}");
    let fraction = fraction.trim_end_matches('0');
    Ok(Presentation::Text(match fraction {
        "" => format!("{seconds}s"),
        _ => format!("{seconds}.{fraction}s"),
    }))
}
