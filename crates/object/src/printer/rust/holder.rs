//! Types that hold one value, or know where it is.

use super::string::bytes_at;
use crate::layout::{describe_valueless, name_of, resolve};
use crate::printer::Presentation;
use crate::printer::reach::{array, innermost, member, unlike};
use crate::{Object, Result, Target};
use spelunk_types::TypeData;

/// `Rc`, `Arc` and their weak ones: the value stands behind its counts. All strong pointers
/// together count as one weak one.
pub(super) fn counted(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pointer = innermost(target, &object.member(target, "ptr")?)?;
    let inner = pointer.dereference(target)?;
    let address = inner.address().unwrap_or(0);
    let mask = target
        .platform()
        .map_or(u64::MAX, |platform| platform.address_mask());
    if address == 0 || address == mask {
        return Ok(Presentation::Text("dangling".into()));
    }
    let count = |name: &str| innermost(target, &inner.member(target, name)?)?.to_u64(target);
    let (strong, weak) = (count("strong")?, count("weak")?);
    let weak = weak.saturating_sub(u64::from(strong > 0));
    let value = inner
        .member(target, "value")
        .or_else(|_| inner.member(target, "data"))?;
    let value = match fat_pointer_length(target, object) {
        None => value,
        Some(length) => {
            let bytes = value.address().unwrap_or(0);
            if name_of(target.types(), object.ty()).contains("<str") {
                return bytes_at(target, bytes, length);
            }
            array(target, value.ty(), bytes, length)?
        }
    };
    Ok(Presentation::Pointer {
        address: value.address().unwrap_or(0),
        note: format!(" (strong count {strong}, weak count {weak})"),
        to: (strong > 0).then_some(value),
    })
}

/// How many elements what `Rc<[T]>` points to has: they begin where the value is said to be.
fn fat_pointer_length(target: &dyn Target, object: &Object) -> Option<u64> {
    let length = member(target, object, &["ptr", "pointer", "length"]);
    length.ok()?.to_u64(target).ok()
}

pub(super) fn non_null(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pointer = object.member(target, "pointer")?;
    let types = target.types();
    let TypeData::Pointer { referenced, .. } = resolve(types, pointer.ty().id)?.1.data else {
        return Ok(Presentation::Object(pointer));
    };
    let address = pointer.to_u64(target)?;
    let data = &resolve(types, referenced.id)?.1.data;
    Ok(Presentation::Pointer {
        address,
        note: String::new(),
        to: (describe_valueless(data).is_none()).then(|| Object::at(referenced, address)),
    })
}

pub(super) fn unsafe_cell(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "value")?))
}

pub(super) fn cell(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let value = member(target, object, &["value", "value"])?;
    Ok(Presentation::Object(value))
}

/// The value alone where nobody borrows it.
pub(super) fn ref_cell(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let borrow = innermost(target, &object.member(target, "borrow")?)?;
    let value = member(target, object, &["value", "value"])?;
    Ok(match borrow.to_i128(target)? {
        0 => Presentation::Object(value),
        _ => Presentation::Members {
            name: "".into(),
            members: vec![("borrow".into(), borrow), ("value".into(), value)],
        },
    })
}

pub(super) fn mutex(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let value = member(target, object, &["data", "value"])?;
    Ok(Presentation::Object(value))
}

/// Newtypes around a number or pointer.
pub(super) fn number(target: &dyn Target, object: &Object) -> Result<Presentation> {
    match innermost(target, object) {
        Ok(number) => Ok(Presentation::Object(number)),
        Err(_) => Err(unlike(target, object)),
    }
}
