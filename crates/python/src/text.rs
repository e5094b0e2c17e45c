//! Text as Python writes it.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// `text` in quotes, as `repr()` writes it.
pub(crate) fn quote(py: Python<'_>, text: &str) -> PyResult<String> {
    PyString::new(py, text).repr()?.extract()
}
