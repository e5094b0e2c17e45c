//! `spelunk.Type` and what it consists of.

mod argument;
mod attributes;
mod kinds;
mod made;
mod member;
mod parts;
mod text;

use crate::error::raise;
use crate::program::PyProgram;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use spelunk_object::{Target, type_name};
use spelunk_types::{QualifiedType, Type, TypeKind, TypeStore};
use std::sync::OnceLock;

pub(crate) use argument::Argument;
pub(crate) use attributes::expect_type;
pub(crate) use kinds::PyTypeKindSet;
pub(crate) use made::{MadeType, MadeTypes};
pub(crate) use member::PyTypeMember;
pub(crate) use parts::{PyTypeEnumerator, PyTypeParameter, PyTypeTemplateParameter};

/// A type of the program.
///
///     >>> prog.type("struct list_head").members[0].name
///     'next'
#[pyclass(frozen, name = "Type", module = "spelunk")]
pub(crate) struct PyType {
    prog: Py<PyProgram>,
    ty: QualifiedType,
    /// Members, enumerators or parameters, once they were asked for.
    parts: OnceLock<Py<PyTuple>>,
    template_parameters: OnceLock<Py<PyTuple>>,
}

impl PyType {
    pub(crate) fn new(prog: Py<PyProgram>, ty: QualifiedType) -> Self {
        Self {
            prog,
            ty,
            parts: OnceLock::new(),
            template_parameters: OnceLock::new(),
        }
    }

    pub(crate) fn ty(&self) -> QualifiedType {
        self.ty
    }

    pub(crate) fn target(&self) -> &dyn Target {
        self.prog.get().target()
    }

    pub(crate) fn prog_ref(&self) -> &Py<PyProgram> {
        &self.prog
    }

    fn types(&self) -> &TypeStore {
        self.target().types()
    }

    fn get(&self) -> PyResult<&Type> {
        self.types().get(self.ty.id).map_err(raise)
    }

    pub(crate) fn type_kind(&self) -> PyResult<TypeKind> {
        Ok(self.get()?.data.kind())
    }

    fn sibling(&self, py: Python<'_>, ty: QualifiedType) -> Self {
        Self::new(self.prog.clone_ref(py), ty)
    }

    fn type_name_text(&self) -> PyResult<String> {
        type_name(self.types(), self.ty).map_err(raise)
    }
}

/// An argument that is a type of `prog` or the name of one; `expected` is what to say of others.
pub(crate) fn type_argument(
    prog: &PyProgram,
    argument: &Bound<'_, PyAny>,
    expected: &'static str,
) -> PyResult<QualifiedType> {
    if let Ok(ty) = argument.cast::<PyType>() {
        return own_type(prog, ty.get());
    }
    match argument.cast::<PyString>() {
        Ok(name) => prog.program.type_(name.to_str()?, None).map_err(raise),
        Err(_) => Err(PyTypeError::new_err(expected)),
    }
}

/// The type, if it is one of `prog`.
pub(crate) fn own_type(prog: &PyProgram, ty: &PyType) -> PyResult<QualifiedType> {
    if ty.prog.get().serial != prog.serial {
        return Err(PyValueError::new_err("type is from different program"));
    }
    Ok(ty.ty)
}
