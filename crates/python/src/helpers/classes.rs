//! The classes and enumerations that helpers return, made in Python when they are first needed.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use spelunk_linux::helper::{EnumClass, RecordClass};

/// All classes made so far, by the address of the engine's description.
static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

pub(super) fn record<'py>(
    py: Python<'py>,
    class: &'static RecordClass,
) -> PyResult<Bound<'py, PyAny>> {
    made(py, std::ptr::from_ref(class).addr(), || {
        let fields: Vec<_> = class
            .fields
            .iter()
            .map(|field| (field.name, field.doc))
            .collect();
        py.import("spelunk._records")?.call_method1(
            "record_class",
            (class.module, class.name, class.is_tuple, class.doc, fields),
        )
    })
}

pub(super) fn enumeration<'py>(
    py: Python<'py>,
    class: &'static EnumClass,
) -> PyResult<Bound<'py, PyAny>> {
    made(py, std::ptr::from_ref(class).addr(), || {
        py.import("spelunk._records")?.call_method1(
            "enum_class",
            (class.module, class.name, class.doc, class.members.to_vec()),
        )
    })
}

fn made<'py>(
    py: Python<'py>,
    key: usize,
    make: impl FnOnce() -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let classes = CLASSES
        .get_or_init(py, || PyDict::new(py).unbind())
        .bind(py);
    if let Some(class) = classes.get_item(key)? {
        return Ok(class);
    }
    let class = make()?;
    // Two threads may make it at once; all see the first.
    classes.call_method1("setdefault", (key, class))
}
