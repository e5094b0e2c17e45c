//! The engine's helpers as functions of Python, made from their records.

mod call;
mod classes;
mod function;
mod signature;
mod values;

use pyo3::prelude::*;

/// The helpers of the engine's module `module`: their names and functions.
#[pyfunction]
pub(crate) fn helper_functions<'py>(
    py: Python<'py>,
    module: &str,
) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
    spelunk_linux::helpers()
        .iter()
        .filter(|helper| helper.module == module)
        .map(|helper| Ok((helper.name, function::function(py, helper)?)))
        .collect()
}

/// The records of all helpers, as plain values: `(module, name, parameters, returns, doc)`, with
/// parameters as `(name, annotation, default or None, keyword only)`. For stubs.
#[pyfunction]
pub(crate) fn helper_records(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    spelunk_linux::helpers()
        .iter()
        .map(|helper| {
            let parameters: Vec<_> = signature::parameters(helper)
                .into_iter()
                .map(|p| (p.name, p.annotation, p.default, p.keyword_only))
                .collect();
            let record = (
                helper.module,
                helper.name,
                parameters,
                signature::returns(helper),
                signature::doc(helper),
            );
            Ok(record.into_pyobject(py)?.into_any())
        })
        .collect()
}

/// The classes of the engine's module `module` whose instances its helpers return.
#[pyfunction]
pub(crate) fn helper_classes<'py>(
    py: Python<'py>,
    module: &str,
) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
    spelunk_linux::record_classes()
        .iter()
        .filter(|class| class.module == module)
        .map(|class| Ok((class.name, classes::record(py, class)?)))
        .collect()
}

/// All those classes as plain values: `(module, name, tuple, doc, fields, sums)`, with fields as
/// `(name, annotation, doc, hexadecimal)` and sums as `(name, fields, doc)`. For stubs.
#[pyfunction]
pub(crate) fn helper_class_records() -> Vec<classes::Description> {
    spelunk_linux::record_classes()
        .iter()
        .map(|class| classes::description(class))
        .collect()
}
