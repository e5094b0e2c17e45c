//! `spelunk.Platform` and `spelunk.Register`.

use crate::enums::{ARCHITECTURE, PLATFORM_FLAGS, architecture_from, architecture_value};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use spelunk_base::arch::RegisterInfo;
use spelunk_base::{Architecture, ByteOrder, Platform};

/// What one must know of a machine to read its memory.
///
///     >>> Platform(Architecture.X86_64)
///     Platform(<Architecture.X86_64: 1>, <PlatformFlags.IS_64_BIT|IS_LITTLE_ENDIAN: 3>)
#[pyclass(frozen, eq, hash, name = "Platform", module = "spelunk")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PyPlatform(pub(crate) Platform);

const IS_64_BIT: u32 = 1;
const IS_LITTLE_ENDIAN: u32 = 2;

#[pymethods]
impl PyPlatform {
    /// :param flags: Left out, they are what the architecture usually has.
    #[new]
    #[pyo3(signature = (arch, flags=None))]
    fn new(arch: &Bound<'_, PyAny>, flags: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let architecture = architecture_from(arch)?;
        let mut platform = Platform::of(architecture);
        if let Some(flags) = flags {
            let flags = PLATFORM_FLAGS.value_or_none(flags)?;
            platform.is_64_bit = flags & IS_64_BIT != 0;
            platform.byte_order = if flags & IS_LITTLE_ENDIAN == 0 {
                ByteOrder::Big
            } else {
                ByteOrder::Little
            };
        } else if architecture == Architecture::Unknown {
            return Err(PyValueError::new_err(
                "cannot get default platform flags of unknown architecture",
            ));
        }
        Ok(Self(platform))
    }

    /// The instruction set.
    #[getter]
    fn arch<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        ARCHITECTURE.member(py, architecture_value(self.0.architecture))
    }

    /// Size of addresses and order of bytes.
    #[getter]
    fn flags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let is_little = self.0.byte_order == ByteOrder::Little;
        let flags =
            u32::from(self.0.is_64_bit) * IS_64_BIT + u32::from(is_little) * IS_LITTLE_ENDIAN;
        PLATFORM_FLAGS.member(py, flags)
    }

    /// The registers.
    #[getter]
    fn registers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let registers: Vec<PyRegister> = self.0.registers().iter().map(PyRegister).collect();
        PyTuple::new(py, registers)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Platform({}, {})",
            self.arch(py)?.repr()?,
            self.flags(py)?.repr()?
        ))
    }
}

/// A register of an architecture.
#[pyclass(frozen, name = "Register", module = "spelunk")]
pub(crate) struct PyRegister(&'static RegisterInfo);

impl PyRegister {
    /// The usual name.
    pub(crate) fn name(&self) -> &'static str {
        self.0.names.first().copied().unwrap_or("")
    }
}

#[pymethods]
impl PyRegister {
    /// Its names, the usual one first.
    #[getter]
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.names)
    }

    fn __eq__(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }

    fn __hash__(&self) -> usize {
        std::ptr::from_ref(self.0).addr()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Register({})", self.names(py)?.repr()?))
    }
}
