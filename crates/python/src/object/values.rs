//! Objects as Python's numbers.

use super::{PyObject, from_python};
use crate::convert::{self, Integer};
use crate::error::raise;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyComplex;
use spelunk_object::{Object, Rounding, Value, type_name};
use spelunk_types::{PointerForm, TypeData, TypeKind};

impl PyObject {
    /// What `__index__()` gives: the value of an integer, Boolean, enumeration or pointer.
    pub(crate) fn index(&self, _py: Python<'_>) -> PyResult<i128> {
        match self.object.value(self.target()).map_err(raise)? {
            Value::Signed(number) => Ok(number),
            Value::Unsigned(number) => i128::try_from(number)
                .map_err(|_| pyo3::exceptions::PyOverflowError::new_err("integer is too large")),
            Value::Bool(value) => Ok(value.into()),
            _ => Err(self.wrong(NO_INTEGER)),
        }
    }

    fn wrong(&self, message: impl Fn(&str) -> String) -> PyErr {
        match type_name(self.target().types(), self.object.ty()) {
            Ok(name) => PyTypeError::new_err(message(&name)),
            Err(error) => raise(error),
        }
    }

    /// The value of an arithmetic type, and of a pointer where `pointers` says so.
    fn number(&self, pointers: bool, message: impl Fn(&str) -> String) -> PyResult<Value> {
        let data = self.prog.get().unaliased_data(self.object.ty())?;
        match data.kind() {
            TypeKind::Pointer if !pointers && !is_reference(data) => Err(self.wrong(message)),
            TypeKind::Void
            | TypeKind::Struct
            | TypeKind::Union
            | TypeKind::Class
            | TypeKind::Array
            | TypeKind::Function => Err(self.wrong(message)),
            _ => match self.object.value(self.target()).map_err(raise)? {
                Value::Struct(_) | Value::Array(_) => Err(self.wrong(message)),
                number => Ok(number),
            },
        }
    }

    /// The integer that a floating-point number is rounded to, from all of its digits; other
    /// numbers as they are.
    fn rounded<'py>(&self, py: Python<'py>, rounding: Rounding) -> PyResult<Bound<'py, PyAny>> {
        let message = |name: &str| format!("cannot round '{name}'");
        let number = match self.number(false, message)? {
            Value::Float(_) => self.object.to_integer(self.target(), rounding),
            Value::Complex(..) => return Err(self.wrong(message)),
            number => Ok(number),
        };
        convert::to_python(py, &number.map_err(raise)?)
    }
}

const NO_INTEGER: fn(&str) -> String =
    |name| format!("'{name}' object cannot be interpreted as an integer");

fn is_reference(data: &TypeData) -> bool {
    matches!(data, TypeData::Pointer { form, .. } if *form != PointerForm::Pointer)
}

#[pymethods]
impl PyObject {
    fn __int__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let message = |name: &str| format!("cannot convert '{name}' to int");
        match self.number(true, message)? {
            Value::Float(_) => {
                let integer = self
                    .object
                    .to_integer(self.target(), Rounding::TowardZero)
                    .map_err(raise)?;
                convert::to_python(py, &integer)
            }
            Value::Complex(..) => Err(self.wrong(message)),
            number => convert::to_python(py, &number)?.call_method0("__index__"),
        }
    }

    fn __index__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.number(true, NO_INTEGER)? {
            Value::Float(_) | Value::Complex(..) => Err(self.wrong(NO_INTEGER)),
            number => convert::to_python(py, &number)?.call_method0("__index__"),
        }
    }

    fn __float__(&self, py: Python<'_>) -> PyResult<f64> {
        let message = |name: &str| format!("cannot convert '{name}' to float");
        match self.number(false, message)? {
            Value::Complex(..) => Err(self.wrong(message)),
            number => convert::to_python(py, &number)?.extract(),
        }
    }

    fn __complex__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyComplex>> {
        match self.number(false, |name| format!("cannot convert '{name}' to float"))? {
            Value::Complex(real, imaginary) => Ok(PyComplex::from_doubles(py, real, imaginary)),
            number => {
                let real = convert::to_python(py, &number)?.extract()?;
                Ok(PyComplex::from_doubles(py, real, 0.0))
            }
        }
    }

    /// The real part of a complex number.
    ///
    /// >>> Object(prog, "double _Complex", 1 + 2j).real_
    /// Object(prog, 'double', value=1.0)
    #[getter]
    fn real_(&self, py: Python<'_>) -> PyResult<Self> {
        let (real, _) = self.object.complex_parts(self.target()).map_err(raise)?;
        Ok(self.sibling(py, real))
    }

    /// The imaginary part of a complex number.
    ///
    /// >>> Object(prog, "double _Complex", 1 + 2j).imag_
    /// Object(prog, 'double', value=2.0)
    #[getter]
    fn imag_(&self, py: Python<'_>) -> PyResult<Self> {
        let (_, imaginary) = self.object.complex_parts(self.target()).map_err(raise)?;
        Ok(self.sibling(py, imaginary))
    }

    fn __trunc__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.rounded(py, Rounding::TowardZero)
    }

    fn __floor__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.rounded(py, Rounding::Down)
    }

    fn __ceil__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.rounded(py, Rounding::Up)
    }

    #[pyo3(signature = (ndigits=None))]
    fn __round__<'py>(
        &self,
        py: Python<'py>,
        ndigits: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(ndigits) = ndigits else {
            let rounded = self.rounded(py, Rounding::NearestEven)?;
            return rounded.call_method0("__index__");
        };
        let message = |name: &str| format!("cannot round '{name}'");
        let target = self.target();
        let object = match self.number(false, message)? {
            Value::Float(_) => {
                let digits = ndigits.extract::<Integer>()?.0;
                let digits = digits.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
                self.object.round_to_digits(target, digits)
            }
            Value::Complex(..) => return Err(self.wrong(message)),
            number => {
                let number = convert::to_python(py, &number)?;
                let rounded = number.call_method1("__round__", (ndigits,))?;
                let rounded = from_python::value(self.prog.get(), self.object.ty(), &rounded)?;
                Object::from_value(target, self.object.ty(), &rounded, None)
            }
        };
        let object = self.sibling(py, object.map_err(raise)?);
        Ok(Bound::new(py, object)?.into_any())
    }
}
