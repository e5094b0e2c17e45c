//! `spelunk.TypeMember`.

use super::PyType;
use super::argument::{self, Argument, LazyArgument, What};
use crate::convert::Address;
use crate::object::PyObject;
use crate::program::PyProgram;
use crate::text::quote;
use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use spelunk_types::QualifiedType;

/// A member of a structure, union or class.
///
///     >>> member = prog.type("struct task_struct").member("pid")
///     >>> member.offset
///     2416
#[pyclass(frozen, name = "TypeMember", module = "spelunk")]
pub(crate) struct PyTypeMember {
    argument: LazyArgument,
    name: Option<String>,
    bit_offset: u64,
}

impl PyTypeMember {
    pub(super) fn known(
        prog: Py<PyProgram>,
        ty: QualifiedType,
        name: Option<&str>,
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Self {
        let what = match bit_field_size {
            None => What::Type(ty),
            Some(bits) => What::BitField(ty, bits),
        };
        Self {
            argument: LazyArgument::known(prog, what),
            name: name.map(ToOwned::to_owned),
            bit_offset,
        }
    }

    /// What it is, after the function that says so was called.
    pub(super) fn argument(&self, py: Python<'_>) -> PyResult<&Argument> {
        self.argument.get(py)
    }

    /// What it is, if that is known already.
    pub(crate) fn peek(&self) -> Option<&Argument> {
        self.argument.peek()
    }

    pub(super) fn name_text(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn bits(&self) -> u64 {
        self.bit_offset
    }
}

#[pymethods]
impl PyTypeMember {
    /// A member, for `Program.struct_type()` and its like.
    ///
    ///     >>> TypeMember(prog.type("int"), "x", bit_offset=32)
    ///     TypeMember(prog.type('int'), name='x', bit_offset=32)
    ///     >>> TypeMember(lambda: prog.pointer_type(node), "next")    # called when it is needed
    ///
    /// :param object_or_type: The type; an object (absent, with a ``bit_field_size``, for a bit
    ///     field); or a function that returns one of these.
    #[new]
    #[pyo3(signature = (object_or_type, name=None, bit_offset=Address(0)),
           text_signature = "(object_or_type, name=None, bit_offset=0)")]
    fn new(
        object_or_type: &Bound<'_, PyAny>,
        name: Option<&Bound<'_, PyAny>>,
        bit_offset: Address,
    ) -> PyResult<Self> {
        Ok(Self {
            argument: LazyArgument::new("TypeMember", object_or_type)?,
            name: argument::name("TypeMember", name)?,
            bit_offset: bit_offset.0,
        })
    }

    /// The member's default initializer, or else an absent object of its type, with its width if
    /// it is a bit field.
    #[getter]
    fn object(&self, py: Python<'_>) -> PyResult<PyObject> {
        self.argument(py)?.object(py)
    }

    /// The type.
    #[getter]
    fn r#type(&self, py: Python<'_>) -> PyResult<PyType> {
        Ok(self.argument(py)?.python_type(py))
    }

    /// The name; ``None`` for an anonymous member.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Bits from the start of the structure.
    #[getter]
    fn bit_offset(&self) -> u64 {
        self.bit_offset
    }

    /// Bytes from the start of the structure.
    ///
    /// :raises ValueError: if the member does not start at a byte
    #[getter]
    fn offset(&self) -> PyResult<u64> {
        if !self.bit_offset.is_multiple_of(8) {
            return Err(PyValueError::new_err("member is not byte-aligned"));
        }
        Ok(self.bit_offset / 8)
    }

    /// The width in bits of a bit field; ``None`` for others.
    #[getter]
    fn bit_field_size(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        Ok(self.argument(py)?.bit_field_size())
    }

    pub(super) fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let argument = self.argument(py)?.text(py)?;
        let name = match &self.name {
            Some(name) => format!(", name={}", quote(py, name)?),
            None => String::new(),
        };
        Ok(format!(
            "TypeMember({argument}{name}, bit_offset={})",
            self.bit_offset
        ))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.argument.traverse(&visit)
    }
}
