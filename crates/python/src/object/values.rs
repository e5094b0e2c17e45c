//! Objects as Python's numbers.

use super::PyObject;
use crate::convert;
use crate::error::raise;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyFloat;
use spelunk_object::{Object, Value, type_name};
use spelunk_types::TypeData;

impl PyObject {
    /// What `__index__()` gives: the value of an integer, Boolean, enumeration or pointer.
    pub(crate) fn index(&self, _py: Python<'_>) -> PyResult<i128> {
        match self.object.value(self.target()).map_err(raise)? {
            Value::Signed(number) => Ok(number),
            Value::Unsigned(number) => i128::try_from(number)
                .map_err(|_| pyo3::exceptions::PyOverflowError::new_err("integer is too large")),
            Value::Bool(value) => Ok(value.into()),
            _ => Err(self.no_integer()?),
        }
    }

    fn number(&self, what: &str) -> PyResult<Value> {
        let value = self.object.value(self.target()).map_err(raise)?;
        match value {
            Value::Struct(_) | Value::Array(_) => Err(self.not_convertible(what)?),
            number => Ok(number),
        }
    }

    fn not_convertible(&self, what: &str) -> PyResult<PyErr> {
        let name = type_name(self.target().types(), self.object.ty()).map_err(raise)?;
        Ok(PyTypeError::new_err(format!(
            "cannot convert '{name}' to {what}"
        )))
    }

    /// The value as a number of Python's, an `int` or a `float`, for a method of that number.
    fn plain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let TypeData::Pointer { .. } = self.prog.get().unaliased_data(self.object.ty())? {
            return Err(self.not_convertible("float")?);
        }
        convert::to_python(py, &self.number("float")?)
    }

    fn no_integer(&self) -> PyResult<PyErr> {
        let name = type_name(self.target().types(), self.object.ty()).map_err(raise)?;
        Ok(PyTypeError::new_err(format!(
            "'{name}' object cannot be interpreted as an integer"
        )))
    }
}

#[pymethods]
impl PyObject {
    fn __int__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.number("int")? {
            Value::Float(number) => PyFloat::new(py, number).call_method0("__int__"),
            number => convert::to_python(py, &number)?.call_method0("__index__"),
        }
    }

    fn __index__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.object.value(self.target()).map_err(raise)? {
            Value::Float(_) | Value::Struct(_) | Value::Array(_) => Err(self.no_integer()?),
            number => convert::to_python(py, &number)?.call_method0("__index__"),
        }
    }

    fn __float__(&self, py: Python<'_>) -> PyResult<f64> {
        self.plain(py)?.extract()
    }

    fn __trunc__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.plain(py)?.call_method0("__trunc__")
    }

    fn __floor__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("math")?.call_method1("floor", (self.plain(py)?,))
    }

    fn __ceil__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("math")?.call_method1("ceil", (self.plain(py)?,))
    }

    #[pyo3(signature = (ndigits=None))]
    fn __round__<'py>(
        &self,
        py: Python<'py>,
        ndigits: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(ndigits) = ndigits else {
            return self.plain(py)?.call_method0("__round__");
        };
        let rounded = self.plain(py)?.call_method1("__round__", (ndigits,))?;
        let value = convert::value(&rounded)?;
        let object =
            Object::from_value(self.target(), self.object.ty(), &value, None).map_err(raise)?;
        Ok(Bound::new(py, self.sibling(py, object))?.into_any())
    }
}
