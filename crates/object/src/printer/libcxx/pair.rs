//! `__memory/compressed_pair.h`: up to version 19 a member that may be next to an empty one, such as
//! an allocator, is the first of a pair that is made of base classes.

use crate::layout::resolve;
use crate::printer::reach::{base, unlike};
use crate::{Object, Result, Target};

/// The member with the first of these names that there is, out of its pair if it is in one. Versions
/// differ in the names.
pub(super) fn first(target: &dyn Target, object: &Object, names: &[&str]) -> Result<Object> {
    for name in names {
        match object.member(target, name) {
            Ok(found) => return out_of_pair(target, found),
            Err(error) if error.is_lookup() => {}
            Err(error) => return Err(error),
        }
    }
    Err(unlike(target, object))
}

fn out_of_pair(target: &dyn Target, object: Object) -> Result<Object> {
    let (_, ty) = resolve(target.types(), object.ty().id)?;
    match ty.data.tag() {
        Some(tag) if tag.starts_with("__compressed_pair<") => {
            base(target, &object, 0)?.member(target, "__value_")
        }
        _ => Ok(object),
    }
}
