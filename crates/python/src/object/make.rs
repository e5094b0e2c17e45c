//! How objects are made from Python.

use super::PyObject;
use crate::convert::{self, Address, Integer};
use crate::enums::absence_reason_from;
use crate::error::raise;
use crate::program::PyProgram;
use crate::types::type_argument;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use spelunk_object::Object;
use std::borrow::Cow;

/// What stands beside an object in an expression: another object, or a number as C's literal.
/// `None` for what is neither.
pub(crate) fn operand<'a>(
    this: &PyObject,
    other: &'a Bound<'_, PyAny>,
) -> PyResult<Option<Cow<'a, Object>>> {
    if let Ok(other) = other.cast::<PyObject>() {
        let other = other.get();
        if !other.prog.is(&this.prog) {
            return Err(PyValueError::new_err("objects are from different programs"));
        }
        return Ok(Some(Cow::Borrowed(&other.object)));
    }
    let Some(value) = convert::number(other)? else {
        return Ok(None);
    };
    let literal = Object::literal(this.target(), &value).map_err(raise)?;
    Ok(Some(Cow::Owned(literal)))
}

fn bits(name: &str, value: Option<Integer>) -> PyResult<Option<u64>> {
    value
        .map(|value| {
            u64::try_from(value.0)
                .map_err(|_| PyValueError::new_err(format!("{name} must not be negative")))
        })
        .transpose()
}

#[pymethods]
impl PyObject {
    /// An object of the given type with a value, at an address, or absent. A number alone is
    /// what the same literal would be in C.
    ///
    ///     >>> Object(prog, "int", 5) + 1
    ///     (int)6
    #[new]
    #[pyo3(signature = (prog, r#type=None, value=None, *, address=None, absence_reason=None,
                        bit_offset=None, bit_field_size=None))]
    fn new(
        prog: Py<PyProgram>,
        r#type: Option<&Bound<'_, PyAny>>,
        value: Option<&Bound<'_, PyAny>>,
        address: Option<Address>,
        absence_reason: Option<&Bound<'_, PyAny>>,
        bit_offset: Option<Integer>,
        bit_field_size: Option<Integer>,
    ) -> PyResult<Self> {
        let target = prog.get().target();
        let ty = r#type
            .map(|ty| type_argument(prog.get(), ty, "type must be Type, str, or None"))
            .transpose()?;
        let given = [
            ("address", address.is_some()),
            ("value", value.is_some()),
            ("absence reason", absence_reason.is_some()),
        ];
        let mut given = given.iter().filter(|(_, given)| *given);
        if let (Some((first, _)), Some((second, _))) = (given.next(), given.next()) {
            return Err(PyValueError::new_err(format!(
                "object cannot have {first} and {second}"
            )));
        }
        if bit_offset.is_some() && address.is_none() {
            return Err(PyValueError::new_err(
                "bit_offset is only valid with address",
            ));
        }
        let bit_field_size = bits("bit_field_size", bit_field_size)?;
        let Some(ty) = ty else {
            let value = value.ok_or_else(|| {
                PyValueError::new_err(match address {
                    Some(_) => "reference must have type",
                    None => "absent object must have type",
                })
            })?;
            if bit_field_size.is_some() {
                return Err(PyValueError::new_err("literal cannot be a bit field"));
            }
            let Some(value) = convert::number(value)? else {
                return Err(PyTypeError::new_err(format!(
                    "literal must be int, float, or bool, not '{}'",
                    value.get_type().name()?
                )));
            };
            let object = Object::literal(target, &value).map_err(raise)?;
            return Ok(Self { prog, object });
        };
        let object = if let Some(address) = address {
            let bit_offset = bits("bit_offset", bit_offset)?.unwrap_or(0);
            Object::reference(target, ty, address.0, bit_offset, bit_field_size)
        } else if let Some(value) = value {
            Object::from_value(target, ty, &convert::value(value)?, bit_field_size)
        } else {
            let reason = absence_reason
                .map(absence_reason_from)
                .transpose()?
                .unwrap_or_default();
            Object::absent_bit_field(target, ty, reason, bit_field_size)
        };
        let object = object.map_err(raise)?;
        Ok(Self { prog, object })
    }

    /// The value of the given type that stands in bytes.
    ///
    ///     >>> Object.from_bytes_(prog, "int", b"\x05\x00\x00\x00")
    ///     (int)5
    #[classmethod]
    #[pyo3(signature = (prog, r#type, bytes, *, bit_offset=Integer(0), bit_field_size=None))]
    fn from_bytes_(
        _class: &Bound<'_, pyo3::types::PyType>,
        prog: Py<PyProgram>,
        r#type: &Bound<'_, PyAny>,
        bytes: &Bound<'_, PyAny>,
        bit_offset: Integer,
        bit_field_size: Option<Integer>,
    ) -> PyResult<Self> {
        let ty = type_argument(prog.get(), r#type, "type must be Type or str")?;
        let copied;
        let bytes = match bytes.cast::<PyBytes>() {
            Ok(bytes) => bytes.as_bytes(),
            Err(_) => {
                copied = bytes.extract::<Vec<u8>>()?;
                &copied
            }
        };
        let object = Object::from_bytes(
            prog.get().target(),
            ty,
            bytes,
            bits("bit_offset", Some(bit_offset))?.unwrap_or(0),
            bits("bit_field_size", bit_field_size)?,
        )
        .map_err(raise)?;
        Ok(Self { prog, object })
    }
}
