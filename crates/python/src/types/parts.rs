//! Enumerators, parameters and template parameters.

use super::member::resolved;
use super::{PyType, text};
use crate::convert::{Integer, signed};
use crate::error::raise;
use crate::object::PyObject;
use crate::program::PyProgram;
use crate::text::quote;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use spelunk_object::{AbsenceReason, Object, Value};
use spelunk_types::{QualifiedType, TemplateParameter, TemplateValue};

/// A name of an enumeration and its value.
///
///     >>> prog.type("enum pid_type").enumerators[0].name
///     'PIDTYPE_PID'
#[pyclass(frozen, eq, name = "TypeEnumerator", module = "spelunk")]
#[derive(PartialEq, Eq)]
pub(crate) struct PyTypeEnumerator {
    pub(crate) name: String,
    pub(crate) value: i128,
}

impl PyTypeEnumerator {
    pub(super) fn new(name: &str, value: i128) -> Self {
        Self {
            name: name.to_owned(),
            value,
        }
    }
}

#[pymethods]
impl PyTypeEnumerator {
    #[new]
    fn py_new(name: String, value: Integer) -> Self {
        Self {
            name,
            value: value.0,
        }
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// The value.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        signed(py, self.value)
    }

    fn __len__(&self) -> usize {
        2
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        match index {
            0 | -2 => Ok(self.name.as_str().into_pyobject(py)?.into_any()),
            1 | -1 => self.value(py),
            _ => Err(PyIndexError::new_err("enumerator index out of range")),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let name = quote(py, &self.name)?;
        Ok(format!("TypeEnumerator({name}, {})", self.value))
    }
}

/// A parameter of a function type.
///
///     >>> prog.function("__schedule").type_.parameters[0].name
///     'sched_mode'
#[pyclass(frozen, name = "TypeParameter", module = "spelunk")]
pub(crate) struct PyTypeParameter {
    pub(crate) prog: Py<PyProgram>,
    pub(crate) ty: QualifiedType,
    pub(crate) name: Option<String>,
}

impl PyTypeParameter {
    pub(super) fn known(prog: Py<PyProgram>, ty: QualifiedType, name: Option<&str>) -> Self {
        Self {
            prog,
            ty,
            name: name.map(ToOwned::to_owned),
        }
    }
}

#[pymethods]
impl PyTypeParameter {
    #[new]
    #[pyo3(signature = (default_argument_or_type, name=None))]
    fn new(default_argument_or_type: &Bound<'_, PyAny>, name: Option<String>) -> PyResult<Self> {
        let made;
        let source = if default_argument_or_type.is_callable() {
            made = default_argument_or_type.call0()?;
            &made
        } else {
            default_argument_or_type
        };
        let (prog, ty, _) = resolved(source)?;
        Ok(Self { prog, ty, name })
    }

    /// The default argument: an absent object where it is not known.
    #[getter]
    fn default_argument(&self, py: Python<'_>) -> PyObject {
        PyObject {
            prog: self.prog.clone_ref(py),
            object: Object::absent(self.ty, AbsenceReason::Other),
        }
    }

    /// The type.
    #[getter]
    fn r#type(&self, py: Python<'_>) -> PyType {
        PyType::new(self.prog.clone_ref(py), self.ty)
    }

    /// The name, or ``None`` where it is not known.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let ty = text::by_name(py, self.prog.get(), self.ty)?;
        Ok(match &self.name {
            Some(name) => format!("TypeParameter({ty}, name={})", quote(py, name)?),
            None => format!("TypeParameter({ty})"),
        })
    }
}

/// A parameter of a C++ template.
#[pyclass(frozen, name = "TypeTemplateParameter", module = "spelunk")]
pub(crate) struct PyTypeTemplateParameter {
    /// A type or an object.
    argument: Py<PyAny>,
    name: Option<String>,
    is_default: bool,
}

impl PyTypeTemplateParameter {
    pub(super) fn known(
        py: Python<'_>,
        prog: &Py<PyProgram>,
        parameter: &TemplateParameter,
    ) -> PyResult<Self> {
        let target = prog.get().target();
        let object = match parameter.value {
            None => None,
            Some(TemplateValue::Constant(value)) => Some(
                Object::from_value(target, parameter.ty, &Value::Signed(value), None)
                    .map_err(raise)?,
            ),
            Some(TemplateValue::Address(address)) => Some(Object::at(parameter.ty, address)),
        };
        let argument = match object {
            None => Py::new(py, PyType::new(prog.clone_ref(py), parameter.ty))?.into_any(),
            Some(object) => Py::new(
                py,
                PyObject {
                    prog: prog.clone_ref(py),
                    object,
                },
            )?
            .into_any(),
        };
        Ok(Self {
            argument,
            name: parameter.name.as_deref().map(ToOwned::to_owned),
            is_default: parameter.is_default,
        })
    }
}

#[pymethods]
impl PyTypeTemplateParameter {
    #[new]
    #[pyo3(signature = (argument, name=None, is_default=false))]
    fn new(argument: Py<PyAny>, name: Option<String>, is_default: bool) -> Self {
        Self {
            argument,
            name,
            is_default,
        }
    }

    /// The type or value that the parameter stands for.
    #[getter]
    fn argument(&self, py: Python<'_>) -> Py<PyAny> {
        self.argument.clone_ref(py)
    }

    /// The name, or ``None`` where it is not known.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether the argument is the parameter's default.
    #[getter]
    fn is_default(&self) -> bool {
        self.is_default
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut text = format!("TypeTemplateParameter({}", self.argument.bind(py).repr()?);
        if let Some(name) = &self.name {
            text += &format!(", name={}", quote(py, name)?);
        }
        if self.is_default {
            text += ", is_default=True";
        }
        text.push(')');
        Ok(text)
    }
}
