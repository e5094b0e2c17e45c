//! The modules of the program.

use super::PyProgram;
use crate::convert::Address;
use crate::error::raise;
use crate::module::{ModuleIterator, PyModule};
use pyo3::exceptions::{PyLookupError, PyNotImplementedError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use spelunk_program::Module;
use std::sync::Arc;

impl PyProgram {
    fn wrap<'py>(slf: &Bound<'py, Self>, module: Arc<Module>) -> PyResult<Bound<'py, PyAny>> {
        PyModule::wrap(slf, module)
    }
}

#[pymethods]
impl PyProgram {
    /// The modules found so far.
    ///
    ///     >>> [module.name for module in prog.modules()][0]
    ///     'kernel'
    fn modules(slf: &Bound<'_, Self>) -> ModuleIterator {
        ModuleIterator::new(slf.clone().unbind(), slf.get().program.modules())
    }

    /// All modules that the program has loaded, and whether each was not known before.
    ///
    ///     >>> [module.name for module, new in prog.loaded_modules()][0]
    ///     'kernel'
    fn loaded_modules<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<(Bound<'py, PyAny>, bool)>> {
        // Those that there are were found when debugging information was loaded: a dump does not
        // change.
        slf.get()
            .program
            .modules()
            .into_iter()
            .map(|module| Ok((Self::wrap(slf, module)?, false)))
            .collect()
    }

    /// The kernel or executable.
    ///
    ///     >>> prog.main_module().name
    ///     'kernel'
    ///
    /// :param name: Its name, if it must have that one.
    /// :raises LookupError: if it is not known, or has another name
    #[pyo3(signature = (name=None, *, create=false))]
    fn main_module<'py>(
        slf: &Bound<'py, Self>,
        name: Option<&str>,
        create: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        if create {
            return Err(PyNotImplementedError::new_err(
                "modules cannot be made by hand yet",
            ));
        }
        let module = slf.get().program.main_module().map_err(raise)?;
        if name.is_some_and(|name| name != module.name) {
            return Err(PyLookupError::new_err("module not found"));
        }
        Self::wrap(slf, module)
    }

    /// The module with a name, or that an address is in.
    ///
    ///     >>> prog.module("loop").name
    ///     'loop'
    ///
    /// :raises LookupError: if there is none
    #[pyo3(signature = (address_or_name, /))]
    fn module<'py>(
        slf: &Bound<'py, Self>,
        address_or_name: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let program = &slf.get().program;
        let module = match address_or_name.cast::<PyString>() {
            Ok(name) => program.module_by_name(name.to_str()?),
            Err(_) => program.module_by_address(address_or_name.extract::<Address>()?.0),
        };
        Self::wrap(slf, module.map_err(raise)?)
    }
}
