//! Enumerators, parameters and template parameters.

use super::PyType;
use super::argument::{self, LazyArgument, What};
use super::made::own;
use crate::convert::{Integer, signed};
use crate::error::raise;
use crate::object::PyObject;
use crate::program::PyProgram;
use crate::text::quote;
use pyo3::exceptions::PyIndexError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use spelunk_object::{Object, Value};
use spelunk_types::{QualifiedType, TemplateParameter, TemplateValue, TypeStore};

/// A name of an enumeration and its value.
///
///     >>> prog.type("enum pid_type").enumerators[0].name
///     'PIDTYPE_PID'
#[pyclass(frozen, eq, sequence, name = "TypeEnumerator", module = "spelunk")]
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
            _ => Err(PyIndexError::new_err("TypeEnumerator index out of range")),
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
    pub(crate) argument: LazyArgument,
    pub(crate) name: Option<String>,
}

impl PyTypeParameter {
    pub(super) fn known(prog: Py<PyProgram>, ty: QualifiedType, name: Option<&str>) -> Self {
        Self {
            argument: LazyArgument::known(prog, What::Type(ty)),
            name: name.map(ToOwned::to_owned),
        }
    }
}

#[pymethods]
impl PyTypeParameter {
    /// A parameter, for `Program.function_type()`.
    ///
    ///     >>> TypeParameter(prog.type("int"), "x")
    ///     TypeParameter(prog.type('int'), name='x')
    ///
    /// :param default_argument_or_type: The type; an object, which is the default argument; or a
    ///     function that returns one of these, called when it is needed.
    #[new]
    #[pyo3(signature = (default_argument_or_type, name=None))]
    fn new(
        default_argument_or_type: &Bound<'_, PyAny>,
        name: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self {
            argument: LazyArgument::new("TypeParameter", default_argument_or_type)?,
            name: argument::name("TypeParameter", name)?,
        })
    }

    /// The default argument: an absent object where it is not known.
    #[getter]
    fn default_argument(&self, py: Python<'_>) -> PyResult<PyObject> {
        self.argument.get(py)?.object(py)
    }

    /// The type.
    #[getter]
    fn r#type(&self, py: Python<'_>) -> PyResult<PyType> {
        Ok(self.argument.get(py)?.python_type(py))
    }

    /// The name, or ``None`` where it is not known.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let argument = self.argument.get(py)?.text(py)?;
        Ok(match &self.name {
            Some(name) => format!("TypeParameter({argument}, name={})", quote(py, name)?),
            None => format!("TypeParameter({argument})"),
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.argument.traverse(&visit)
    }
}

/// A parameter of a C++ template.
///
///     >>> prog.type("struct std::vector<int>").template_parameters[0].argument
///     int
#[pyclass(frozen, name = "TypeTemplateParameter", module = "spelunk")]
pub(crate) struct PyTypeTemplateParameter {
    pub(crate) argument: LazyArgument,
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
        let what = match parameter.value {
            None => What::Type(parameter.ty),
            Some(TemplateValue::Constant(value)) => What::Object(
                Object::from_value(target, parameter.ty, &Value::from(value), None)
                    .map_err(raise)?,
            ),
            Some(TemplateValue::Address(address)) => {
                What::Object(Object::at(parameter.ty, address))
            }
        };
        Ok(Self {
            argument: LazyArgument::known(prog.clone_ref(py), what),
            name: parameter.name.as_deref().map(ToOwned::to_owned),
            is_default: parameter.is_default,
        })
    }

    /// What the engine knows of it; `None` if it cannot be made, or is of another program.
    pub(super) fn known_to(&self, py: Python<'_>, store: &TypeStore) -> Option<TemplateParameter> {
        let argument = self.argument.get(py).ok()?;
        let ty = own(store, &argument.prog, argument.ty()).ok()?;
        let value = match &argument.what {
            What::Object(object) => Some(match object.address() {
                Some(address) => TemplateValue::Address(address),
                None => TemplateValue::Constant(object.to_i128(argument.prog.get().target()).ok()?),
            }),
            What::Type(_) | What::BitField(..) => None,
        };
        Some(TemplateParameter {
            name: self.name.as_deref().map(Into::into),
            ty,
            value,
            is_default: self.is_default,
        })
    }
}

#[pymethods]
impl PyTypeTemplateParameter {
    /// A template parameter, for `Program.class_type()` and its like.
    ///
    ///     >>> TypeTemplateParameter(prog.type("int"), "T")
    ///     TypeTemplateParameter(prog.type('int'), name='T')
    ///
    /// :param argument: The type or the value that the parameter stands for; or a function that
    ///     returns one of these, called when it is needed.
    #[new]
    #[pyo3(signature = (argument, name=None, is_default=false))]
    fn new(
        argument: &Bound<'_, PyAny>,
        name: Option<&Bound<'_, PyAny>>,
        is_default: bool,
    ) -> PyResult<Self> {
        Ok(Self {
            argument: LazyArgument::new("TypeTemplateParameter", argument)?,
            name: argument::name("TypeTemplateParameter", name)?,
            is_default,
        })
    }

    /// The type or value that the parameter stands for.
    #[getter]
    fn argument<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let argument = self.argument.get(py)?;
        Ok(match argument.what {
            What::Object(_) => Bound::new(py, argument.object(py)?)?.into_any(),
            _ => Bound::new(py, argument.python_type(py))?.into_any(),
        })
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
        let argument = self.argument.get(py)?.text(py)?;
        let mut text = format!("TypeTemplateParameter({argument}");
        if let Some(name) = &self.name {
            text += &format!(", name={}", quote(py, name)?);
        }
        if self.is_default {
            text += ", is_default=True";
        }
        text.push(')');
        Ok(text)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.argument.traverse(&visit)
    }
}
