//! The engine's helpers as functions of Python, made from their records.

mod call;
mod classes;
mod signature;
mod values;

use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};
use spelunk_linux::helper::Helper;

/// The helpers of the engine's module `module`: their names and functions.
#[pyfunction]
pub(crate) fn helper_functions<'py>(
    py: Python<'py>,
    module: &str,
) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
    spelunk_linux::helpers()
        .iter()
        .filter(|helper| helper.module == module)
        .map(|helper| Ok((helper.name, function(py, helper)?)))
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

fn function<'py>(py: Python<'py>, helper: &'static Helper) -> PyResult<Bound<'py, PyAny>> {
    // Python keeps pointers to both for as long as the process lives, and helpers are as few as
    // they are.
    let name = signature::c_string(helper.name.to_owned())?;
    let doc = signature::c_string(signature::documentation(helper))?;
    let call = move |arguments: &Bound<'_, PyTuple>,
                     keywords: Option<&Bound<'_, PyDict>>|
          -> PyResult<Py<PyAny>> {
        call::call(helper, arguments, keywords).map(Bound::unbind)
    };
    let function = PyCFunction::new_closure(py, Some(name), Some(doc), call)?.into_any();
    function.setattr(
        "__module__",
        format!("spelunk.helpers.linux.{}", helper.module),
    )?;
    Ok(function)
}
