//! Classes that hold a few objects, or know where one is.

use super::pair::first;
use crate::printer::reach::{
    argument, base, behind, member, number, pointee, read_pointer, unlike, word,
};
use crate::printer::type_name::arguments;
use crate::printer::{Presentation, parts};
use crate::{Object, Result, Target};

/// Alternatives of a variant, elements of a tuple.
const MAX_PARTS: usize = 1 << 10;

pub(super) fn unique_pointer(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pointer = first(target, object, &["__ptr_"])?;
    parts::owner(target, &pointer, argument(target, object, 0)?)
}

/// Of both counts one less is told; all shared pointers together count as one weak one.
pub(super) fn shared_pointer(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let control = object.member(target, "__cntrl_")?;
    let counts = match control.to_u64(target)? {
        0 => None,
        _ => {
            let counts = pointee(target, &control)?;
            let count = |name: &str| counts.member(target, name)?.to_i128(target);
            match (count("__shared_owners_"), count("__shared_weak_owners_")) {
                (Ok(uses), Ok(weak)) => Some((uses + 1, weak + i128::from(uses == -1))),
                // Only the library's own debugging information says what the counts are, unless the
                // program was compiled with `-fstandalone-debug`.
                (Err(error), _) | (_, Err(error)) if error.is_fault() => return Err(error),
                _ => None,
            }
        }
    };
    parts::counted_pointer(target, &object.member(target, "__ptr_")?, counts)
}

pub(super) fn optional(target: &dyn Target, object: &Object) -> Result<Presentation> {
    if number(target, object, &["__engaged_"])? == 0 {
        return Ok(parts::nothing("nullopt"));
    }
    parts::optional(target, object.member(target, "__val_")?)
}

/// `__index` says how many times `__tail` stands before the `__head` that is there.
pub(super) fn variant(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let inner = first(target, object, &["__impl_", "__impl"])?;
    let index = inner.member(target, "__index")?;
    let size = crate::layout::sizeof(target.types(), index.ty())?;
    let index = index.to_u64(target)?;
    let mask = u64::MAX >> (64 - 8 * size.clamp(1, 8));
    if index & mask == mask {
        return Ok(parts::nothing("valueless by exception"));
    }
    if index > MAX_PARTS as u64 {
        return Err(unlike(target, object));
    }
    let mut storage = inner.member(target, "__data")?;
    for _ in 0..index {
        storage = storage.member(target, "__tail")?;
    }
    let value = member(target, &storage, &["__head", "__value"])?;
    Ok(Presentation::Alternative(value))
}

/// The elements are base classes, which have or are them.
pub(super) fn tuple(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let mut elements = Vec::new();
    // Without elements there is nothing.
    if let Ok(inner) = object.member(target, "__base_") {
        while elements.len() < MAX_PARTS
            && let Ok(leaf) = base(target, &inner, elements.len())
        {
            elements.push(match leaf.member(target, "__value_") {
                Ok(element) => element,
                Err(error) if error.is_lookup() => base(target, &leaf, 0)?,
                Err(error) => return Err(error),
            });
        }
    }
    let mut elements = elements.into_iter();
    Ok(Presentation::Children(Box::new(move |_: &dyn Target| {
        Ok(elements.next().map(Into::into))
    })))
}

pub(super) fn atomic(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let value = member(target, object, &["__a_", "__a_value"])?;
    Ok(Presentation::Object(value))
}

pub(super) fn reference_wrapper(target: &dyn Target, object: &Object) -> Result<Presentation> {
    parts::pointer(target, &object.member(target, "__f_")?, String::new())
}

/// That of a `std::vector`, `std::string`, `std::span` or `std::deque`, which has the element's address.
pub(super) fn iterator(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pointer = first(target, object, &["__i_", "__i", "__ptr_"])?;
    parts::pointer(target, &pointer, String::new())
}

/// `std::stack` and the like: the container that they use.
pub(super) fn adaptor(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "c")?))
}

pub(super) fn path(target: &dyn Target, object: &Object) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, "__pn_")?))
}

/// What is called is in an object of a class that derives from `__base`, behind its virtual table,
/// whose symbol tells the type.
pub(super) fn function(target: &dyn Target, object: &Object) -> Result<Presentation> {
    const TABLE: &str = "vtable for std::__1::__function::__func<";
    let holder = member(target, object, &["__f_", "__f_"])?.to_u64(target)?;
    if holder == 0 {
        return Ok(parts::nothing("empty"));
    }
    let symbol = target.symbolize(read_pointer(target, holder)?)?;
    let name = symbol.as_ref().map_or("", |symbol| &*symbol.name);
    match arguments(name).first() {
        Some(called) if name.starts_with(TABLE) => parts::called(target, called, |ty| {
            Ok(Some(behind(target, ty, holder, word(target)?)?))
        }),
        _ => Err(unlike(target, object)),
    }
}
