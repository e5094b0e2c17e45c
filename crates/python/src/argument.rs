//! Arguments as callers in Python give them.

use crate::convert::Integer;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// An argument that counts as true or false, of whatever type.
#[derive(Clone, Copy)]
pub(crate) struct Truth(pub(crate) bool);

impl<'py> FromPyObject<'_, 'py> for Truth {
    type Error = PyErr;

    fn extract(any: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        any.is_truthy().map(Self)
    }
}

/// A number of bytes to read, or to read at most.
#[derive(Clone, Copy)]
pub(crate) struct Size(pub(crate) u64);

impl<'py> FromPyObject<'_, 'py> for Size {
    type Error = PyErr;

    fn extract(any: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Integer(size) = any.extract()?;
        if size < 0 {
            return Err(PyValueError::new_err("negative size"));
        }
        isize::try_from(size)
            .map(|size| Self(size.unsigned_abs() as u64))
            .map_err(|_| PyOverflowError::new_err("Python int too large to convert to C ssize_t"))
    }
}

/// The bytes of a bytes-like object: `bytes`, `bytearray`, `memoryview`, an array.
pub(crate) struct Buffer<'py>(Bound<'py, PyBytes>);

impl Buffer<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl<'py> FromPyObject<'_, 'py> for Buffer<'py> {
    type Error = PyErr;

    fn extract(any: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = any.cast::<PyBytes>() {
            return Ok(Self(bytes.to_owned()));
        }
        let Ok(view) = PyMemoryView::from(&any) else {
            return Err(PyTypeError::new_err(format!(
                "a bytes-like object is required, not '{}'",
                type_name(&any)?
            )));
        };
        Ok(Self(view.call_method0("tobytes")?.cast_into()?))
    }
}

/// A path given as `str`, `bytes` or `os.PathLike`.
#[derive(Default)]
pub(crate) struct PathArgument(pub(crate) PathBuf);

impl<'py> FromPyObject<'_, 'py> for PathArgument {
    type Error = PyErr;

    fn extract(any: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let bytes = any.py().import("os")?.call_method1("fsencode", (any,))?;
        let bytes = bytes.cast::<PyBytes>()?.as_bytes().to_vec();
        Ok(Self(OsString::from_vec(bytes).into()))
    }
}

/// The name of the type of `any`, as messages say it.
pub(crate) fn type_name(any: &Bound<'_, PyAny>) -> PyResult<String> {
    any.get_type().fully_qualified_name()?.extract()
}
