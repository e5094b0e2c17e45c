//! Numbers and plain values on their way between Python and the engine.

use crate::object::PyObject;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyDict, PyFloat, PyInt, PyList};
use spelunk_object::Value;

/// An argument that is an integer or has `__index__()`, such as an object: `IntegerLike`.
pub(crate) struct Integer(pub(crate) i128);

impl<'py> FromPyObject<'_, 'py> for Integer {
    type Error = PyErr;

    fn extract(any: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        integer(&any).map(Self)
    }
}

/// An `IntegerLike` argument that is an address, or another number of up to 64 bits.
#[derive(Clone, Copy)]
pub(crate) struct Address(pub(crate) u64);

impl<'py> FromPyObject<'_, 'py> for Address {
    type Error = PyErr;

    fn extract(any: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if any.is_exact_instance_of::<PyInt>() {
            return any.extract().map(Self);
        }
        let number = integer(&any)?;
        u64::try_from(number).map(Self).map_err(|_| {
            PyOverflowError::new_err(if number < 0 {
                "can't convert negative int to unsigned"
            } else {
                "Python int too large to convert to C unsigned long"
            })
        })
    }
}

/// What `any.__index__()` is.
fn integer(any: &Bound<'_, PyAny>) -> PyResult<i128> {
    if any.is_instance_of::<PyInt>() {
        return any.extract();
    }
    if let Ok(object) = any.cast_exact::<PyObject>() {
        return object.get().index(any.py());
    }
    if !any.hasattr("__index__")? {
        return Err(PyTypeError::new_err(format!(
            "'{}' object cannot be interpreted as an integer",
            any.get_type().name()?
        )));
    }
    any.call_method0("__index__")?.extract()
}

/// A number as the engine takes it; `None` for anything else than a number.
pub(crate) fn number(any: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if let Ok(value) = any.cast::<PyBool>() {
        return Ok(Some(Value::Bool(value.is_true())));
    }
    if any.is_instance_of::<PyInt>() {
        if let Ok(value) = any.extract::<i128>() {
            return Ok(Some(Value::Signed(value)));
        }
        return any.extract().map(Value::Wide).map(Some);
    }
    if let Ok(value) = any.cast::<PyFloat>() {
        return Ok(Some(Value::Float(value.value())));
    }
    if let Ok(value) = any.cast::<PyComplex>() {
        return Ok(Some(Value::Complex(value.real(), value.imag())));
    }
    Ok(None)
}

/// A value of the engine as Python shows it.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Signed(number) => signed(py, *number)?,
        Value::Unsigned(number) => match u64::try_from(*number) {
            Ok(number) => number.into_pyobject(py)?.into_any(),
            Err(_) => number.into_pyobject(py)?.into_any(),
        },
        Value::Wide(number) => number.into_pyobject(py)?.into_any(),
        Value::Float(number) => PyFloat::new(py, *number).into_any(),
        Value::Complex(real, imaginary) => {
            PyComplex::from_doubles(py, *real, *imaginary).into_any()
        }
        Value::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Value::Struct(members) => {
            let dict = PyDict::new(py);
            for (name, member) in members {
                dict.set_item(&**name, to_python(py, member)?)?;
            }
            dict.into_any()
        }
        Value::Encoded(..) => return Err(PyTypeError::new_err("value has no form in Python")),
        Value::Array(elements) => {
            let elements: PyResult<Vec<_>> = elements
                .iter()
                .map(|element| to_python(py, element))
                .collect();
            PyList::new(py, elements?)?.into_any()
        }
    })
}

/// An integer. Most fit 64 bits, for which Python has a faster way.
pub(crate) fn signed(py: Python<'_>, number: i128) -> PyResult<Bound<'_, PyAny>> {
    Ok(match i64::try_from(number) {
        Ok(number) => number.into_pyobject(py)?.into_any(),
        Err(_) => number.into_pyobject(py)?.into_any(),
    })
}
