//! `spelunk.TypeMember`.

use super::{PyType, text};
use crate::convert::Integer;
use crate::error::raise;
use crate::object::PyObject;
use crate::program::PyProgram;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use spelunk_object::{AbsenceReason, Object};
use spelunk_types::QualifiedType;

/// A member of a structure, union or class.
///
///     >>> member = prog.type("struct task_struct").member("pid")
///     >>> member.offset
///     2416
#[pyclass(frozen, name = "TypeMember", module = "spelunk")]
pub(crate) struct PyTypeMember {
    source: Source,
    name: Option<String>,
    bit_offset: u64,
}

/// What tells the type of a member.
enum Source {
    Known {
        prog: Py<PyProgram>,
        ty: QualifiedType,
        bit_field_size: Option<u64>,
    },
    /// A function that makes an object of the member's type when it is first needed.
    Lazy(Py<PyAny>),
}

impl PyTypeMember {
    pub(super) fn known(
        prog: Py<PyProgram>,
        ty: QualifiedType,
        name: Option<&str>,
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Self {
        Self {
            source: Source::Known {
                prog,
                ty,
                bit_field_size,
            },
            name: name.map(ToOwned::to_owned),
            bit_offset,
        }
    }

    /// The program, the type, and the width of a bit field.
    pub(crate) fn resolve(
        &self,
        py: Python<'_>,
    ) -> PyResult<(Py<PyProgram>, QualifiedType, Option<u64>)> {
        match &self.source {
            Source::Known {
                prog,
                ty,
                bit_field_size,
            } => Ok((prog.clone_ref(py), *ty, *bit_field_size)),
            Source::Lazy(function) => {
                let value = function.call0(py)?;
                resolved(value.bind(py))
            }
        }
    }

    pub(crate) fn name_text(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(crate) fn bits(&self) -> u64 {
        self.bit_offset
    }
}

/// What a type, or an absent object of it, says of a member.
pub(super) fn resolved(
    value: &Bound<'_, PyAny>,
) -> PyResult<(Py<PyProgram>, QualifiedType, Option<u64>)> {
    let py = value.py();
    if let Ok(ty) = value.cast::<PyType>() {
        let ty = ty.get();
        return Ok((ty.prog_ref().clone_ref(py), ty.ty(), None));
    }
    if let Ok(object) = value.cast::<PyObject>() {
        let object = object.get();
        if !object.object.is_absent() {
            return Err(PyValueError::new_err("object must be absent"));
        }
        let bits = object.object.bit_field_size().map(u64::from);
        return Ok((object.prog.clone_ref(py), object.object.ty(), bits));
    }
    Err(PyTypeError::new_err(
        "expected Type or Object, or a function that returns one",
    ))
}

#[pymethods]
impl PyTypeMember {
    /// A member, for `Program.struct_type()` and its like.
    ///
    /// :param object_or_type: The type; an absent object for a bit field; or a function that
    ///     returns one of these.
    #[new]
    #[pyo3(signature = (object_or_type, name=None, bit_offset=Integer(0)),
           text_signature = "(object_or_type, name=None, bit_offset=0)")]
    fn new(
        object_or_type: &Bound<'_, PyAny>,
        name: Option<String>,
        bit_offset: Integer,
    ) -> PyResult<Self> {
        let source = if object_or_type.is_callable() {
            Source::Lazy(object_or_type.clone().unbind())
        } else {
            let (prog, ty, bit_field_size) = resolved(object_or_type)?;
            Source::Known {
                prog,
                ty,
                bit_field_size,
            }
        };
        Ok(Self {
            source,
            name,
            bit_offset: u64::try_from(bit_offset.0)
                .map_err(|_| PyValueError::new_err("bit_offset must not be negative"))?,
        })
    }

    /// An absent object with the member's type, and its width if it is a bit field.
    #[getter]
    fn object(&self, py: Python<'_>) -> PyResult<PyObject> {
        let (prog, ty, bit_field_size) = self.resolve(py)?;
        let object = match bit_field_size {
            None => Object::absent(ty, AbsenceReason::Other),
            Some(bits) => {
                Object::absent_bit_field(prog.get().target(), ty, AbsenceReason::Other, Some(bits))
                    .map_err(raise)?
            }
        };
        Ok(PyObject { prog, object })
    }

    /// The type.
    #[getter]
    fn r#type(&self, py: Python<'_>) -> PyResult<PyType> {
        let (prog, ty, _) = self.resolve(py)?;
        Ok(PyType::new(prog, ty))
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
        Ok(self.resolve(py)?.2)
    }

    pub(super) fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (prog, ty, bits) = self.resolve(py)?;
        let ty = match bits {
            None => text::by_name(py, prog.get(), ty)?,
            Some(_) => self.object(py)?.into_pyobject(py)?.repr()?.to_string(),
        };
        let name = match &self.name {
            Some(name) => format!(", name={}", crate::text::quote(py, name)?),
            None => String::new(),
        };
        Ok(format!(
            "TypeMember({ty}{name}, bit_offset={})",
            self.bit_offset
        ))
    }
}
