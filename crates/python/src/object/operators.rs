//! Operators on objects: C's, and what Python needs of them.

use super::{PyObject, operand};
use crate::convert::Integer;
use crate::error::raise;
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PySlice;
use spelunk_object::{BinaryOperator as Op, UnaryOperator, type_name};
use std::sync::atomic::{AtomicUsize, Ordering as AtomicOrdering};

impl PyObject {
    /// `self operator other`, or `other operator self`; Python's `NotImplemented` where `other`
    /// is nothing that C could compute with.
    fn binary<'py>(
        slf: &Bound<'py, Self>,
        operator: Op,
        other: &Bound<'py, PyAny>,
        reflected: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let this = slf.get();
        let Some(other) = operand(this, other)? else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        let target = this.target();
        let result = if reflected {
            other.binary(target, operator, &this.object)
        } else {
            this.object.binary(target, operator, &other)
        };
        let result = this.sibling(py, result.map_err(raise)?);
        Ok(Bound::new(py, result)?.into_any())
    }

    fn unary(&self, py: Python<'_>, operator: UnaryOperator) -> PyResult<Self> {
        let result = self.object.unary(self.target(), operator).map_err(raise)?;
        Ok(self.sibling(py, result))
    }

    fn slice(&self, py: Python<'_>, slice: &Bound<'_, PySlice>) -> PyResult<Self> {
        let bound = |name: &str| -> PyResult<Option<i64>> {
            let value = slice.getattr(name)?;
            if value.is_none() {
                return Ok(None);
            }
            let value: Integer = value.extract()?;
            small(value.0).map(Some)
        };
        if !slice.getattr("step")?.is_none() && bound("step")? != Some(1) {
            return Err(PyValueError::new_err("object slice step must be 1"));
        }
        let part = self
            .object
            .slice(self.target(), bound("start")?, bound("stop")?)
            .map_err(raise)?;
        Ok(self.sibling(py, part))
    }

    /// An element, for any integer index.
    fn element(&self, py: Python<'_>, index: i128) -> PyResult<Self> {
        let element = self
            .object
            .index(self.target(), small(index)?)
            .map_err(raise)?;
        Ok(self.sibling(py, element))
    }
}

/// An index or a bound of a slice.
fn small(index: i128) -> PyResult<i64> {
    i64::try_from(index).map_err(|_| PyOverflowError::new_err("int too big to convert"))
}

type Any<'py> = Bound<'py, PyAny>;

#[pymethods]
impl PyObject {
    fn __add__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Add, other, false)
    }

    fn __radd__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Add, other, true)
    }

    fn __sub__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Subtract, other, false)
    }

    fn __rsub__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Subtract, other, true)
    }

    fn __mul__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Multiply, other, false)
    }

    fn __rmul__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Multiply, other, true)
    }

    fn __truediv__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Divide, other, false)
    }

    fn __rtruediv__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Divide, other, true)
    }

    fn __mod__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Remainder, other, false)
    }

    fn __rmod__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Remainder, other, true)
    }

    fn __lshift__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::ShiftLeft, other, false)
    }

    fn __rlshift__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::ShiftLeft, other, true)
    }

    fn __rshift__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::ShiftRight, other, false)
    }

    fn __rrshift__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::ShiftRight, other, true)
    }

    fn __and__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::And, other, false)
    }

    fn __rand__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::And, other, true)
    }

    fn __xor__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Xor, other, false)
    }

    fn __rxor__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Xor, other, true)
    }

    fn __or__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Or, other, false)
    }

    fn __ror__<'py>(slf: &Bound<'py, Self>, other: &Any<'py>) -> PyResult<Any<'py>> {
        Self::binary(slf, Op::Or, other, true)
    }

    fn __pos__(&self, py: Python<'_>) -> PyResult<Self> {
        self.unary(py, UnaryOperator::Plus)
    }

    fn __neg__(&self, py: Python<'_>) -> PyResult<Self> {
        self.unary(py, UnaryOperator::Minus)
    }

    fn __invert__(&self, py: Python<'_>) -> PyResult<Self> {
        self.unary(py, UnaryOperator::Not)
    }

    fn __bool__(&self) -> PyResult<bool> {
        self.object.truth(self.target()).map_err(raise)
    }

    fn __richcmp__<'py>(
        slf: &Bound<'py, Self>,
        other: &Any<'py>,
        operator: CompareOp,
    ) -> PyResult<Any<'py>> {
        let py = slf.py();
        let this = slf.get();
        let Some(other) = operand(this, other)? else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        let (target, object) = (this.target(), &this.object);
        let holds = match operator {
            CompareOp::Eq => object.equals(target, &other),
            CompareOp::Ne => object.equals(target, &other).map(|is_equal| !is_equal),
            _ => object
                .compare(target, &other)
                .map(|order| order.is_some_and(|order| operator.matches(order))),
        }
        .map_err(raise)?;
        Ok(pyo3::types::PyBool::new(py, holds).to_owned().into_any())
    }

    fn __len__(&self) -> PyResult<usize> {
        let length = self.object.len(self.target()).map_err(raise)?;
        usize::try_from(length).map_err(|_| PyOverflowError::new_err("array is too long"))
    }

    fn __getitem__(&self, py: Python<'_>, index: &Any<'_>) -> PyResult<Self> {
        if let Ok(slice) = index.cast::<PySlice>() {
            return self.slice(py, slice);
        }
        if !index.hasattr("__index__")? {
            let hint = self.object.container_hint(self.target());
            return Err(PyTypeError::new_err(format!(
                "object subscript must be integer or slice, not {}{hint}",
                index.get_type().name()?
            )));
        }
        let index: Integer = index.extract()?;
        self.element(py, index.0)
    }

    fn __iter__(slf: Bound<'_, Self>) -> PyResult<Elements> {
        Elements::of(slf, false)
    }

    /// The elements of an array from the last to the first.
    fn __reversed__(slf: Bound<'_, Self>) -> PyResult<Elements> {
        Elements::of(slf, true)
    }
}

/// The elements of an array, one by one.
#[pyclass(frozen, module = "spelunk", name = "_ObjectIterator")]
pub(crate) struct Elements {
    array: Py<PyObject>,
    /// How many were given out.
    next: AtomicUsize,
    length: usize,
    from_the_end: bool,
}

impl Elements {
    fn of(array: Bound<'_, PyObject>, from_the_end: bool) -> PyResult<Self> {
        let length = array.get().__len__().map_err(|error| {
            if !error.is_instance_of::<PyTypeError>(array.py()) {
                return error;
            }
            let this = array.get();
            match type_name(this.target().types(), this.object.ty()) {
                Ok(name) => PyTypeError::new_err(format!(
                    "'{name}' is not iterable{}",
                    this.object.container_hint(this.target())
                )),
                Err(error) => raise(error),
            }
        })?;
        Ok(Self {
            array: array.unbind(),
            next: 0.into(),
            length,
            from_the_end,
        })
    }
}

#[pymethods]
impl Elements {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<PyObject>> {
        let count = self.next.fetch_add(1, AtomicOrdering::Relaxed);
        if count >= self.length {
            self.next.store(self.length, AtomicOrdering::Relaxed);
            return Ok(None);
        }
        let index = match self.from_the_end {
            true => self.length - 1 - count,
            false => count,
        };
        self.array.get().element(py, index as i128).map(Some)
    }

    fn __length_hint__(&self) -> usize {
        self.length
            .saturating_sub(self.next.load(AtomicOrdering::Relaxed))
    }
}
