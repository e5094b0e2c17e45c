//! Values as Python says them: numbers, mappings of members, sequences of elements.

use super::PyObject;
use crate::convert;
use crate::error::raise;
use crate::program::PyProgram;
use pyo3::exceptions::{PyRecursionError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyComplex, PyDict, PyFloat, PyInt, PyString};
use spelunk_object::{Object, Value, is_complete, lookup_member, type_name, unaliased};
use spelunk_types::{QualifiedType, TypeData};

/// Structures and arrays in each other.
const MAX_DEPTH: u32 = 128;
/// Floating-point numbers up to this size are those of Python, or smaller.
const DOUBLE: u64 = 8;

/// What `any` says, as the value of an object of type `ty`. What such a type cannot have as a
/// value, the engine says when it makes the object.
pub(super) fn value(
    prog: &PyProgram,
    ty: QualifiedType,
    any: &Bound<'_, PyAny>,
) -> PyResult<Value> {
    Maker { prog }.value(ty, any, 0)
}

struct Maker<'a> {
    prog: &'a PyProgram,
}

impl Maker<'_> {
    fn value(&self, ty: QualifiedType, any: &Bound<'_, PyAny>, depth: u32) -> PyResult<Value> {
        if depth > MAX_DEPTH {
            return Err(PyRecursionError::new_err("value is nested too deeply"));
        }
        match self.prog.unaliased_data(ty)? {
            TypeData::Bool { .. } => {
                self.expect_number(ty, any)?;
                any.is_truthy().map(Value::Bool)
            }
            TypeData::Float {
                size, is_complex, ..
            } => {
                if let Some(value) = self.exact(*is_complex, any)? {
                    return Ok(value);
                }
                self.expect_number(ty, any)?;
                if *is_complex && any.hasattr("__complex__")? {
                    return self.number(ty, &any.py().get_type::<PyComplex>().call1((any,))?);
                }
                if *is_complex || (*size > DOUBLE && any.is_instance_of::<PyInt>()) {
                    return self.number(ty, any);
                }
                any.extract().map(Value::Float)
            }
            TypeData::Int { .. }
            | TypeData::Enum {
                compatible: Some(_),
                ..
            }
            | TypeData::Pointer { .. } => {
                if any.is_exact_instance_of::<PyInt>() {
                    return self.number(ty, any);
                }
                self.expect_number(ty, any)?;
                self.number(ty, &any.py().get_type::<PyInt>().call1((any,))?)
            }
            TypeData::Compound { .. } if self.is_complete(ty)? => self.members(ty, any, depth),
            TypeData::Array { element, length } => self.elements(ty, *element, *length, any, depth),
            // Such an object cannot be made, of whatever value.
            _ => Ok(Value::Bool(false)),
        }
    }

    fn is_complete(&self, ty: QualifiedType) -> PyResult<bool> {
        is_complete(self.prog.target().types(), ty).map_err(raise)
    }

    /// The `TypeError` of what cannot be a value of type `ty`.
    fn unsuitable(&self, ty: QualifiedType, wanted: &str) -> PyErr {
        match type_name(self.prog.target().types(), ty) {
            Ok(name) => PyTypeError::new_err(format!("'{name}' value must be {wanted}")),
            Err(error) => raise(error),
        }
    }

    fn expect_number(&self, ty: QualifiedType, any: &Bound<'_, PyAny>) -> PyResult<()> {
        let class = any.get_type();
        let is_number = any.is_instance_of::<PyInt>()
            || any.is_instance_of::<PyFloat>()
            || any.is_instance_of::<PyComplex>()
            || class.hasattr("__index__")?
            || class.hasattr("__int__")?
            || class.hasattr("__float__")?
            || class.hasattr("__complex__")?;
        if is_number {
            return Ok(());
        }
        Err(self.unsuitable(ty, "number"))
    }

    fn number(&self, ty: QualifiedType, any: &Bound<'_, PyAny>) -> PyResult<Value> {
        convert::number(any)?.ok_or_else(|| self.unsuitable(ty, "number"))
    }

    /// The number that another object is, with all of its digits, for a floating-point type.
    fn exact(&self, is_complex: bool, any: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
        let Some(object) = self.own_object(any) else {
            return Ok(None);
        };
        let is_exact = match self.prog.unaliased_data(object.ty())? {
            TypeData::Float {
                is_complex: of_complex,
                ..
            } => is_complex || !of_complex,
            TypeData::Int { .. } => object.bit_field_size().is_none(),
            _ => false,
        };
        is_exact.then(|| self.encoded(object)).transpose()
    }

    fn own_object<'a>(&self, any: &'a Bound<'_, PyAny>) -> Option<&'a Object> {
        let object = any.cast::<PyObject>().ok()?.get();
        (object.prog.get().serial == self.prog.serial).then_some(&object.object)
    }

    fn encoded(&self, object: &Object) -> PyResult<Value> {
        let bytes = object.to_bytes(self.prog.target()).map_err(raise)?;
        Ok(Value::Encoded(object.ty(), bytes.into()))
    }

    /// The value of another object, which suits the type if it is of the same form.
    fn of_object(&self, ty: QualifiedType, any: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
        let Ok(object) = any.cast::<PyObject>() else {
            return Ok(None);
        };
        if let Some(own) = self.own_object(any) {
            let types = self.prog.target().types();
            let unaliased = |ty| unaliased(types, ty).map_err(raise);
            if unaliased(own.ty())?.id == unaliased(ty)?.id {
                return self.encoded(own).map(Some);
            }
        }
        let object = object.get();
        if !matches!(
            object.prog.get().unaliased_data(object.object.ty())?,
            TypeData::Compound { .. } | TypeData::Array { .. }
        ) {
            return Ok(None);
        }
        object
            .object
            .value(object.target())
            .map(Some)
            .map_err(raise)
    }

    fn members(&self, ty: QualifiedType, any: &Bound<'_, PyAny>, depth: u32) -> PyResult<Value> {
        if let Some(value) = self.of_object(ty, any)? {
            return Ok(value);
        }
        let items = match any.cast::<PyDict>() {
            Ok(dict) => dict.items().into_any(),
            Err(_) if any.hasattr("items")? => any.call_method0("items")?,
            Err(_) => return Err(self.unsuitable(ty, "dictionary or mapping")),
        };
        let mut members = Vec::new();
        for item in items.try_iter()? {
            let (name, member): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
            let Ok(name) = name.cast::<PyString>() else {
                return Err(PyTypeError::new_err("member key must be string"));
            };
            let name = name.to_str()?;
            let found = lookup_member(self.prog.target().types(), ty.id, name).map_err(raise)?;
            members.push((name.into(), self.value(found.ty, &member, depth + 1)?));
        }
        Ok(Value::Struct(members))
    }

    fn elements(
        &self,
        ty: QualifiedType,
        element: QualifiedType,
        length: Option<u64>,
        any: &Bound<'_, PyAny>,
        depth: u32,
    ) -> PyResult<Value> {
        if let Some(value) = self.of_object(ty, any)? {
            return Ok(value);
        }
        if let Ok(bytes) = any.cast::<PyBytes>() {
            let bytes = bytes.as_bytes();
            return Ok(Value::Array(
                bytes.iter().map(|byte| Value::from(*byte)).collect(),
            ));
        }
        let items = any.try_iter().map_err(|error| {
            match error.is_instance_of::<PyTypeError>(any.py()) {
                true => self.unsuitable(ty, "iterable"),
                false => error,
            }
        })?;
        // One too many is enough to say so: an iterator need not end.
        let most = length
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(0)
            .saturating_add(1);
        let elements = items
            .take(most)
            .map(|item| self.value(element, &item?, depth + 1));
        elements.collect::<PyResult<_>>().map(Value::Array)
    }
}
