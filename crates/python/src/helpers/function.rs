//! Helpers as callable objects.

use super::{call, signature};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use spelunk_linux::helper::Helper;

/// A helper of the engine. To Python's introspection, and so to `help()`, it is a function; one made
/// with `PyCFunction` would be a method of an object of PyO3's.
#[pyclass(
    frozen,
    dict,
    weakref,
    name = "helper",
    module = "spelunk.helpers.linux"
)]
pub(crate) struct Function(&'static Helper);

/// The helper as a function of its module.
pub(super) fn function<'py>(
    py: Python<'py>,
    helper: &'static Helper,
) -> PyResult<Bound<'py, PyAny>> {
    let function = Bound::new(py, Function(helper))?.into_any();
    let attributes = [
        ("__name__", helper.name.to_owned()),
        ("__qualname__", helper.name.to_owned()),
        (
            "__module__",
            format!("spelunk.helpers.linux.{}", helper.module),
        ),
        ("__text_signature__", signature::text(helper)),
        ("__doc__", signature::doc(helper)),
    ];
    for (name, value) in attributes {
        function.setattr(name, value)?;
    }
    Ok(function)
}

#[pymethods]
impl Function {
    #[pyo3(signature = (*arguments, **keywords))]
    fn __call__<'py>(
        &self,
        arguments: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        call::call(self.0, arguments, keywords)
    }

    /// Functions of a module do not bind to objects. That there is such a method tells introspection
    /// that this is a function.
    fn __get__<'py>(
        slf: Bound<'py, Self>,
        _instance: &Bound<'py, PyAny>,
        _owner: &Bound<'py, PyAny>,
    ) -> Bound<'py, Self> {
        slf
    }

    fn __repr__(&self) -> String {
        format!("<helper {} of {}>", self.0.name, self.0.module)
    }

    /// How `pickle` and `copy` name it.
    fn __reduce__(&self) -> &'static str {
        self.0.name
    }
}
