//! What members, parameters and template parameters are made from.

use super::{PyType, text};
use crate::error::raise;
use crate::object::PyObject;
use crate::program::PyProgram;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use spelunk_object::{AbsenceReason, Object};
use spelunk_types::QualifiedType;
use std::sync::OnceLock;

/// A type or an object of a program.
pub(crate) struct Argument {
    pub(crate) prog: Py<PyProgram>,
    pub(crate) what: What,
}

pub(crate) enum What {
    Type(QualifiedType),
    /// Of a bit field, with its width.
    BitField(QualifiedType, u64),
    Object(Object),
}

impl Argument {
    fn new(given: &Bound<'_, PyAny>) -> Option<Self> {
        if let Ok(ty) = given.cast::<PyType>() {
            let ty = ty.get();
            return Some(Self {
                prog: ty.prog_ref().clone_ref(given.py()),
                what: What::Type(ty.ty()),
            });
        }
        let object = given.cast::<PyObject>().ok()?.get();
        Some(Self {
            prog: object.prog.clone_ref(given.py()),
            what: What::Object(object.object.clone()),
        })
    }

    pub(crate) fn ty(&self) -> QualifiedType {
        match &self.what {
            What::Type(ty) | What::BitField(ty, _) => *ty,
            What::Object(object) => object.ty(),
        }
    }

    pub(super) fn python_type(&self, py: Python<'_>) -> PyType {
        PyType::new(self.prog.clone_ref(py), self.ty())
    }

    pub(crate) fn bit_field_size(&self) -> Option<u64> {
        match &self.what {
            What::Type(_) => None,
            What::BitField(_, bits) => Some(*bits),
            What::Object(object) => object.bit_field_size().map(u64::from),
        }
    }

    /// The object, which is absent where only the type is known.
    pub(super) fn object(&self, py: Python<'_>) -> PyResult<PyObject> {
        let reason = AbsenceReason::Other;
        let object = match &self.what {
            What::Type(ty) => Object::absent(*ty, reason),
            What::BitField(ty, bits) => {
                let target = self.prog.get().target();
                Object::absent_bit_field(target, *ty, reason, Some(*bits)).map_err(raise)?
            }
            What::Object(object) => object.clone(),
        };
        Ok(PyObject::plain(self.prog.clone_ref(py), object))
    }

    fn is_absent(&self) -> bool {
        matches!(&self.what, What::Object(object) if object.is_absent())
    }

    /// The type by its name, or the object written out where it says more.
    pub(super) fn text(&self, py: Python<'_>) -> PyResult<String> {
        match &self.what {
            What::Object(object) if !object.is_absent() => {}
            _ if self.bit_field_size().is_none() => {
                return text::by_name(py, self.prog.get(), self.ty());
            }
            _ => {}
        }
        let object = self.object(py)?.into_pyobject(py)?;
        Ok(object.repr()?.to_string())
    }
}

/// An argument, or the function that returns it, which is called when it is first needed. What the
/// function raises is not remembered: it is called again the next time.
pub(crate) struct LazyArgument {
    /// The class that it is an argument of.
    class: &'static str,
    value: OnceLock<Argument>,
    function: Option<Py<PyAny>>,
}

const TEMPLATE_PARAMETER: &str = "TypeTemplateParameter";

impl LazyArgument {
    /// What is known already.
    pub(super) fn known(prog: Py<PyProgram>, what: What) -> Self {
        Self {
            class: "",
            value: OnceLock::from(Argument { prog, what }),
            function: None,
        }
    }

    /// What a constructor of `class` was given first.
    pub(super) fn new(class: &'static str, given: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(argument) = Argument::new(given) {
            if class == TEMPLATE_PARAMETER && argument.is_absent() {
                return Err(PyValueError::new_err(format!(
                    "{class}() first argument must not be absent Object"
                )));
            }
            return Ok(Self {
                class,
                value: OnceLock::from(argument),
                function: None,
            });
        }
        if !given.is_callable() {
            return Err(PyTypeError::new_err(format!(
                "{class}() first argument must be Object, Type, or callable returning Object or \
                 Type"
            )));
        }
        Ok(Self {
            class,
            value: OnceLock::new(),
            function: Some(given.clone().unbind()),
        })
    }

    /// The argument, as far as it is known without calling a function.
    pub(crate) fn peek(&self) -> Option<&Argument> {
        self.value.get()
    }

    pub(crate) fn get(&self, py: Python<'_>) -> PyResult<&Argument> {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let class = self.class;
        let wrong =
            || PyTypeError::new_err(format!("{class}() callable must return Object or Type"));
        // Called outside of the cell: it may come back here.
        let made = self.function.as_ref().ok_or_else(wrong)?.call0(py)?;
        let argument = Argument::new(made.bind(py)).ok_or_else(wrong)?;
        if class == TEMPLATE_PARAMETER && argument.is_absent() {
            return Err(PyValueError::new_err(format!(
                "{class}() callable must not return absent Object"
            )));
        }
        Ok(self.value.get_or_init(|| argument))
    }

    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some(argument) = self.value.get() {
            visit.call(&argument.prog)?;
        }
        visit.call(&self.function)
    }
}

/// The name that a constructor of `class` is given.
pub(super) fn name(class: &str, name: Option<&Bound<'_, PyAny>>) -> PyResult<Option<String>> {
    name.map(|name| {
        name.extract()
            .map_err(|_| PyTypeError::new_err(format!("{class} name must be str or None")))
    })
    .transpose()
}
