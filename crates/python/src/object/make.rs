//! How objects are made from Python.

use super::{PyObject, from_python};
use crate::argument::{Buffer, type_name};
use crate::convert::{self, Address};
use crate::enums::absence_reason_from;
use crate::error::raise;
use crate::program::PyProgram;
use crate::types::type_argument;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use spelunk_object::{AbsenceReason, Object};
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
            return Err(from_different_programs());
        }
        return Ok(Some(Cow::Borrowed(&other.object)));
    }
    let Some(value) = convert::number(other)? else {
        return Ok(None);
    };
    let literal = Object::literal(this.target(), &value).map_err(raise)?;
    Ok(Some(Cow::Owned(literal)))
}

fn from_different_programs() -> PyErr {
    PyValueError::new_err("objects are from different programs")
}

/// What an object cannot be at once.
fn check_only_one(
    address: Option<Address>,
    value: Option<&Bound<'_, PyAny>>,
    absence_reason: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let both = match (address.is_some(), value.is_some(), absence_reason.is_some()) {
        (true, true, true) => "address, value, and absence reason",
        (true, true, false) => "address and value",
        (true, false, true) => "address and absence reason",
        (false, true, true) => "value and absence reason",
        _ => return Ok(()),
    };
    Err(PyValueError::new_err(format!("object cannot have {both}")))
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
        bit_offset: Option<Address>,
        bit_field_size: Option<Address>,
    ) -> PyResult<Self> {
        let target = prog.get().target();
        let ty = r#type
            .map(|ty| type_argument(prog.get(), ty, "type must be Type, str, or None"))
            .transpose()?;
        check_only_one(address, value, absence_reason)?;
        let without_bits = |what| match bit_offset {
            Some(_) => Err(PyValueError::new_err(format!(
                "{what} cannot have bit offset"
            ))),
            None => Ok(()),
        };
        let bits = bit_field_size.map(|bits| bits.0);
        let Some(ty) = ty else {
            let value = value.ok_or_else(|| {
                PyValueError::new_err(match address {
                    Some(_) => "reference must have type",
                    None => "absent object must have type",
                })
            })?;
            if bits.is_some() {
                return Err(PyValueError::new_err("literal cannot be bit field"));
            }
            without_bits("literal")?;
            let Some(value) = convert::number(value)? else {
                return Err(PyTypeError::new_err(format!(
                    "literal must be int, float, or bool, not '{}'",
                    type_name(value)?
                )));
            };
            let object = Object::literal(target, &value).map_err(raise)?;
            return Ok(Self::plain(prog, object));
        };
        let object = if let Some(address) = address {
            let bit_offset = bit_offset.map_or(0, |offset| offset.0);
            Object::reference(target, ty, address.0, bit_offset, bits)
        } else if let Some(value) = value {
            without_bits("value")?;
            // What is wrong with the width is said before what is wrong with the value.
            Object::absent_bit_field(target, ty, AbsenceReason::Other, bits).map_err(raise)?;
            let scalar = target.types().reference_scalar(ty.id);
            let scalar = scalar.map_err(raise)?;
            match value.cast::<PyObject>() {
                // As in C++ a reference is bound to the object, whatever its value.
                Ok(object) if scalar.is_some() => {
                    let object = object.get();
                    if !object.prog.is(&prog) {
                        return Err(from_different_programs());
                    }
                    object.object.implicit_convert(target, ty, bits)
                }
                _ => {
                    let value = from_python::value(prog.get(), ty, value)?;
                    Object::from_value(target, ty, &value, bits)
                }
            }
        } else {
            without_bits("absent object")?;
            let reason = absence_reason
                .map(absence_reason_from)
                .transpose()?
                .unwrap_or_default();
            Object::absent_bit_field(target, ty, reason, bits)
        };
        let object = object.map_err(raise)?;
        Ok(Self::plain(prog, object))
    }

    /// The value of the given type that stands in bytes.
    ///
    ///     >>> Object.from_bytes_(prog, "int", b"\x05\x00\x00\x00")
    ///     (int)5
    ///
    /// :param bit_offset: Bits from the start of the bytes to the value.
    /// :param bit_field_size: Size in bits if the value is a bit field.
    #[classmethod]
    #[pyo3(signature = (prog, r#type, bytes, *, bit_offset=Address(0), bit_field_size=None),
           text_signature = "($cls, prog, type, bytes, *, bit_offset=0, bit_field_size=None)")]
    fn from_bytes_(
        _class: &Bound<'_, pyo3::types::PyType>,
        prog: Py<PyProgram>,
        r#type: &Bound<'_, PyAny>,
        bytes: Buffer<'_>,
        bit_offset: Address,
        bit_field_size: Option<Address>,
    ) -> PyResult<Self> {
        let ty = type_argument(prog.get(), r#type, "type must be Type or str")?;
        let bits = bit_field_size.map(|bits| bits.0);
        let object = Object::from_bytes(
            prog.get().target(),
            ty,
            bytes.as_bytes(),
            bit_offset.0,
            bits,
        )
        .map_err(raise)?;
        Ok(Self::plain(prog, object))
    }
}
