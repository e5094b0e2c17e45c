//! `obj.name`: a member of the object, or one of the object's own attributes.
//!
//! This is what scripts do most, so the way to a member that was found before is short: its place
//! is remembered by the name, as the pointer to Python's string, and the type. Equal names in a
//! script are one interned string; the memory of a name keeps it alive, so that its address stays
//! its own.

use super::PyObject;
use crate::error::raise;
use pyo3::exceptions::PyAttributeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;
use spelunk_object::{ErrorKind, Object};
use spelunk_types::{PointerForm, QualifiedType, TypeData};
use std::cell::RefCell;

/// Where a member is, seen from the object (or from what the pointer points to).
struct Place {
    program: u64,
    name: Py<PyString>,
    outer: QualifiedType,
    is_pointer: bool,
    member: QualifiedType,
    offset: u64,
}

/// Places remembered by each thread; a power of two.
const PLACES: usize = 1024;

thread_local! {
    static CACHE: RefCell<Vec<Option<Place>>> =
        RefCell::new(std::iter::repeat_with(|| None).take(PLACES).collect());
}

pub(super) fn get<'py>(
    slf: &Bound<'py, PyObject>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let this = slf.get();
    if let Some(object) = remembered(this, name)? {
        return Ok(Bound::new(py, this.sibling(py, object))?.into_any());
    }
    let text = name.to_str()?;
    if text.ends_with('_') {
        match own(slf, name) {
            // A member may have such a name, too.
            Err(error) if error.is_instance_of::<PyAttributeError>(py) => {}
            result => return result,
        }
    }
    member(slf, name, text)
}

/// The exception that says that there is no such attribute. PyO3 asks for it when
/// `__getattribute__` raised `AttributeError`, and drops that one.
pub(super) fn missing(slf: &Bound<'_, PyObject>, name: &Bound<'_, PyString>) -> PyResult<PyErr> {
    let text = name.to_str()?;
    let this = slf.get();
    let message = match this.object.member(this.target(), text) {
        Err(error) if error.is_lookup() => error.to_string(),
        _ => format!(
            "'{}' object has no attribute '{text}'",
            slf.get_type().fully_qualified_name()?
        ),
    };
    Ok(PyAttributeError::new_err(message))
}

fn member<'py>(
    slf: &Bound<'py, PyObject>,
    name: &Bound<'py, PyString>,
    text: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let this = slf.get();
    let object = match this.object.member(this.target(), text) {
        Ok(object) => object,
        Err(error) => {
            return Err(match error.kind() {
                // `missing()` says it.
                ErrorKind::Lookup | ErrorKind::Type => PyAttributeError::new_err(()),
                _ => raise(error),
            });
        }
    };
    remember(this, name, text, &object);
    Ok(Bound::new(slf.py(), this.sibling(slf.py(), object))?.into_any())
}

/// The index of a name and a type among the places.
fn slot(name: &Bound<'_, PyString>, ty: QualifiedType) -> usize {
    let name = name.as_ptr() as usize >> 4;
    (name ^ (name >> 10) ^ (ty.id.as_u32() as usize).wrapping_mul(0x9e37)) % PLACES
}

fn remembered(this: &PyObject, name: &Bound<'_, PyString>) -> PyResult<Option<Object>> {
    let ty = this.object.ty();
    // Not borrowed while memory is read: a reader of the user's may come back here.
    let place = CACHE.with_borrow(|cache| match cache.get(slot(name, ty)) {
        Some(Some(place))
            if place.name.as_ptr() == name.as_ptr()
                && place.outer == ty
                && place.program == this.prog.get().serial =>
        {
            Some((place.is_pointer, place.member, place.offset))
        }
        _ => None,
    });
    let Some((is_pointer, member, offset)) = place else {
        return Ok(None);
    };
    let base = if is_pointer {
        Some(this.object.to_u64(this.target()).map_err(raise)?)
    } else {
        address(&this.object)
    };
    Ok(base.map(|base| Object::at(member, base.wrapping_add(offset))))
}

/// The address of an object that starts with a byte.
fn address(object: &Object) -> Option<u64> {
    object.address().filter(|_| object.bit_offset() == Some(0))
}

/// Remembers where the member `object` of `this` is, if its address says it all, and for all
/// objects of the type.
fn remember(this: &PyObject, name: &Bound<'_, PyString>, text: &str, object: &Object) {
    let (Some(address_of_member), None) = (address(object), object.bit_field_size()) else {
        return;
    };
    let target = this.target();
    if !target.platform().is_some_and(|platform| platform.is_64_bit) {
        return;
    }
    let ty = this.object.ty();
    let (outer, is_pointer) = match this.prog.get().unaliased_data(ty) {
        Ok(TypeData::Pointer {
            form: PointerForm::Pointer,
            referenced,
            ..
        }) => (*referenced, true),
        Ok(TypeData::Pointer { .. }) | Err(_) => return,
        Ok(_) => (ty, false),
    };
    // A virtual base class of C++ is elsewhere in each object.
    match spelunk_object::find_member(target.types(), outer.id, text) {
        Ok(Some(member)) if member.via.is_none() => {}
        _ => return,
    }
    let base = if is_pointer {
        this.object.to_u64(target).ok()
    } else {
        address(&this.object)
    };
    let Some(base) = base else {
        return;
    };
    let place = Place {
        program: this.prog.get().serial,
        name: name.clone().unbind(),
        outer: ty,
        is_pointer,
        member: object.ty(),
        offset: address_of_member.wrapping_sub(base),
    };
    let old = CACHE.with_borrow_mut(|cache| {
        cache
            .get_mut(slot(name, ty))
            .and_then(|slot| slot.replace(place))
    });
    // Outside of the borrow: letting go of a name may run other code.
    drop(old);
}

/// An attribute of the object itself, as Python finds it: a method or property of the class.
#[expect(unsafe_code, reason = "PyO3 does not offer the function")]
fn own<'py>(
    slf: &Bound<'py, PyObject>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both are live objects, and the result is a new reference, or null with an exception
    // set: what the function of CPython's stable ABI promises and `from_owned_ptr_or_err` takes.
    unsafe {
        Bound::from_owned_ptr_or_err(
            slf.py(),
            ffi::PyObject_GenericGetAttr(slf.as_ptr(), name.as_ptr()),
        )
    }
}

/// The names of the members of an object, or of what it points to.
fn member_names(object: &PyObject) -> PyResult<Vec<String>> {
    let prog = object.prog.get();
    let mut ty = object.object.ty();
    if let TypeData::Pointer { referenced, .. } = prog.unaliased_data(ty)? {
        ty = *referenced;
    }
    let ty = spelunk_object::unaliased(prog.target().types(), ty).map_err(raise)?;
    let types = prog.target().types();
    let Some(members) = types.members(ty.id).map_err(raise)? else {
        return Ok(Vec::new());
    };
    let index = members.by_name(types);
    Ok(index.names().map(ToOwned::to_owned).collect())
}

/// What `dir(obj)` lists: the object's own attributes and its members.
pub(super) fn list(slf: &Bound<'_, PyObject>) -> PyResult<Vec<String>> {
    let mut names: Vec<String> = slf.get_type().dir()?.extract()?;
    names.extend(member_names(slf.get())?);
    Ok(names)
}
