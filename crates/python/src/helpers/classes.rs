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
        py.import("spelunk._records")?
            .call_method1("record_class", description(class))
    })
}

/// A field: `(name, annotation, doc, hexadecimal)`.
type FieldDescription = (&'static str, &'static str, &'static str, bool);

/// A sum of fields: `(name, fields, doc)`.
type SumDescription = (&'static str, Vec<&'static str>, &'static str);

/// A class: `(module, name, tuple, doc, fields, sums)`.
pub(super) type Description = (
    &'static str,
    &'static str,
    bool,
    &'static str,
    Vec<FieldDescription>,
    Vec<SumDescription>,
);

/// `class` as plain values, for Python.
pub(super) fn description(class: &RecordClass) -> Description {
    let fields = class
        .fields
        .iter()
        .map(|field| {
            (
                field.name,
                field.annotation,
                field.doc,
                field.is_hexadecimal,
            )
        })
        .collect();
    let sums = class
        .sums
        .iter()
        .map(|sum| (sum.name, sum.fields.to_vec(), sum.doc))
        .collect();
    (
        class.module,
        class.name,
        class.is_tuple,
        class.doc,
        fields,
        sums,
    )
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
