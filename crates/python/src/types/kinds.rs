//! `spelunk.TypeKindSet`.

use crate::enums::{TYPE_KIND, type_kind_value};
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBool;
use spelunk_types::TypeKinds;
use std::sync::atomic::{AtomicU32, Ordering};

/// A set of kinds of types, which cannot be changed.
///
///     >>> TypeKind.STRUCT in TypeKindSet({TypeKind.STRUCT, TypeKind.UNION})
///     True
#[pyclass(frozen, name = "TypeKindSet", module = "spelunk")]
pub(crate) struct PyTypeKindSet {
    bits: u32,
}

fn bit(kind: &Bound<'_, PyAny>) -> PyResult<u32> {
    let value = TYPE_KIND
        .value(kind)
        .map_err(|_| PyTypeError::new_err("TypeKindSet elements must be TypeKind"))?;
    Ok(1 << (value & 31))
}

/// The set that any collection of kinds is.
fn set(kinds: &Bound<'_, PyAny>) -> PyResult<u32> {
    if let Ok(kinds) = kinds.cast::<PyTypeKindSet>() {
        return Ok(kinds.get().bits);
    }
    kinds
        .try_iter()?
        .try_fold(0, |bits, kind| Ok(bits | bit(&kind?)?))
}

/// What an operator makes of `other`, if that is a collection of kinds.
fn combined(other: &Bound<'_, PyAny>, bits: impl FnOnce(u32) -> u32) -> PyResult<Py<PyAny>> {
    let py = other.py();
    other.try_iter()?;
    match set(other) {
        Ok(other) => Ok(Py::new(py, PyTypeKindSet { bits: bits(other) })?.into_any()),
        Err(_) => Ok(py.NotImplemented()),
    }
}

impl From<TypeKinds> for PyTypeKindSet {
    fn from(kinds: TypeKinds) -> Self {
        let bits = kinds
            .iter()
            .fold(0, |bits, kind| bits | 1 << (type_kind_value(kind) & 31));
        Self { bits }
    }
}

#[pymethods]
impl PyTypeKindSet {
    #[new]
    #[pyo3(signature = (kinds=None, /))]
    fn new(kinds: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let bits = kinds.map_or(Ok(0), set)?;
        Ok(Self { bits })
    }

    fn __contains__(&self, kind: &Bound<'_, PyAny>) -> bool {
        bit(kind).is_ok_and(|bit| self.bits & bit != 0)
    }

    fn __len__(&self) -> usize {
        self.bits.count_ones() as usize
    }

    fn __iter__(&self) -> KindsIterator {
        KindsIterator(AtomicU32::new(self.bits))
    }

    fn __and__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.bits & other)
    }

    fn __rand__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.__and__(other)
    }

    fn __or__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.bits | other)
    }

    fn __ror__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.__or__(other)
    }

    fn __xor__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.bits ^ other)
    }

    fn __rxor__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.__xor__(other)
    }

    fn __sub__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.bits & !other)
    }

    fn __rsub__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| other & !self.bits)
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, operator: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let is_set = || py.import("collections.abc")?.getattr("Set");
        let other = match other.is_instance(&is_set()?)? || other.is_instance_of::<Self>() {
            true => set(other),
            false => return Ok(py.NotImplemented()),
        };
        let Ok(other) = other else {
            return Ok(py.NotImplemented());
        };
        let (bits, equal) = (self.bits, self.bits == other);
        let holds = match operator {
            CompareOp::Eq => equal,
            CompareOp::Ne => !equal,
            CompareOp::Le => bits & !other == 0,
            CompareOp::Lt => bits & !other == 0 && !equal,
            CompareOp::Ge => other & !bits == 0,
            CompareOp::Gt => other & !bits == 0 && !equal,
        };
        Ok(PyBool::new(py, holds).to_owned().into_any().unbind())
    }

    fn __hash__(&self) -> u32 {
        self.bits
    }

    /// Whether this set and another have no kind in common.
    ///
    ///     >>> TypeKindSet({TypeKind.INT}).isdisjoint({TypeKind.BOOL})
    ///     True
    fn isdisjoint(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.bits & set(other)? == 0)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut kinds = Vec::new();
        for value in (0..32).filter(|value| self.bits & (1 << value) != 0) {
            kinds.push(TYPE_KIND.member(py, value)?.str()?.to_string());
        }
        Ok(if kinds.is_empty() {
            "TypeKindSet()".into()
        } else {
            format!("TypeKindSet({{{}}})", kinds.join(", "))
        })
    }
}

/// The kinds in a set, one by one.
#[pyclass(frozen, name = "_TypeKindSetIterator", module = "spelunk")]
pub(crate) struct KindsIterator(AtomicU32);

#[pymethods]
impl KindsIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let left = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
                Some(bits & bits.wrapping_sub(1))
            })
            .unwrap_or(0);
        if left == 0 {
            return Ok(None);
        }
        TYPE_KIND.member(py, left.trailing_zeros()).map(Some)
    }
}
