//! Who looks for modules' files, and where.

use super::PyProgram;
use super::finders::{enable, enabled, names, place};
use crate::debug_info_options::PyDebugInfoOptions;
use crate::error::raise;
use crate::module::PyModule;
use crate::work;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PySet, PyTuple};
use spelunk_program::Module;
use std::sync::Arc;

impl PyProgram {
    fn modules_of(&self, modules: &Bound<'_, PyAny>) -> PyResult<Vec<Arc<Module>>> {
        let module = |module: PyResult<Bound<'_, PyAny>>| {
            let any = module?;
            let Ok(module) = any.cast::<PyModule>() else {
                let class = any.get_type();
                return Err(PyTypeError::new_err(format!(
                    "expected Module, not {}",
                    class.name()?
                )));
            };
            let module = module.get();
            if module.program().serial != self.serial {
                return Err(PyValueError::new_err("module from wrong program"));
            }
            Ok(Arc::clone(module.module()))
        };
        modules.try_iter()?.map(module).collect()
    }
}

#[pymethods]
impl PyProgram {
    /// Look for the files that modules want, by the enabled finders of debugging information.
    ///
    ///     >>> prog.load_module_debug_info(prog.main_module(), prog.module("loop"))
    ///
    /// What is not found is no error: see ``Module.wants_debug_file()``.
    #[pyo3(signature = (*modules))]
    fn load_module_debug_info(&self, py: Python<'_>, modules: &Bound<'_, PyTuple>) -> PyResult<()> {
        let modules = self.modules_of(modules)?;
        work::run(py, self, || {
            self.program.load_module_debug_info(&modules).map_err(raise)
        })
    }

    /// Look for the files that modules want in the usual places, as the finder ``standard`` does.
    ///
    ///     >>> prog.find_standard_debug_info([prog.module("loop")])
    ///
    /// :param options: Where and how, if not as ``debug_info_options`` say.
    #[pyo3(signature = (modules, options=None))]
    fn find_standard_debug_info(
        &self,
        py: Python<'_>,
        modules: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let options = match options {
            None => self.program.debug_info_options().get(),
            Some(options) => options
                .cast::<PyDebugInfoOptions>()
                .map_err(|_| PyTypeError::new_err("options must be DebugInfoOptions or None"))?
                .get()
                .0
                .get(),
        };
        let modules = self.modules_of(modules)?;
        py.detach(|| self.program.find_standard_debug_info(&modules, &options))
            .map_err(raise)
    }

    /// Where and how files with debugging information are searched. It can be changed and set.
    ///
    ///     >>> prog.debug_info_options.try_build_id = False
    #[getter]
    fn debug_info_options(&self) -> PyDebugInfoOptions {
        PyDebugInfoOptions(self.program.debug_info_options().clone())
    }

    #[setter]
    fn set_debug_info_options(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let options = value
            .cast::<PyDebugInfoOptions>()
            .map_err(|_| PyTypeError::new_err("debug_info_options must be DebugInfoOptions"))?;
        self.program.debug_info_options().set(options.get().0.get());
        Ok(())
    }

    /// Make a function known that finds modules' files. It is not asked before it is enabled.
    ///
    ///     >>> def find(modules):
    ///     ...     for module in modules:
    ///     ...         if module.wants_debug_file():
    ///     ...             module.try_file(f"/debug/{module.name}")
    ///     >>> prog.register_debug_info_finder("mine", find, enable_index=0)
    ///
    /// :param fn: Called with a list of the modules that want files; gives them some with
    ///     ``Module.try_file()``.
    /// :param enable_index: Its place among the enabled finders; at the end for -1.
    /// :raises ValueError: if there is a finder of that name
    #[pyo3(signature = (name, r#fn, *, enable_index=None))]
    fn register_debug_info_finder(
        slf: &Bound<'_, Self>,
        name: &str,
        r#fn: &Bound<'_, PyAny>,
        enable_index: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (this, place) = (slf.get(), place(enable_index)?);
        let finder = Self::finder(slf, r#fn, false)?;
        let finders = this.program.module_file_finders();
        finders
            .register(name, Arc::clone(&finder) as _, place)
            .map_err(raise)?;
        this.keep(finder);
        Ok(())
    }

    /// The names of all finders of debugging information.
    ///
    ///     >>> prog.registered_debug_info_finders()
    ///     {'debuginfod', 'standard'}
    fn registered_debug_info_finders(&self, py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, self.program.module_file_finders())
    }

    /// The names of the finders of debugging information that are asked, in order.
    ///
    ///     >>> prog.enabled_debug_info_finders()
    ///     ['standard', 'debuginfod']
    ///
    /// ``standard`` looks in the usual places, ``debuginfod`` downloads what is still missing from the
    /// servers in the environment variable ``DEBUGINFOD_URLS``, if there are any.
    fn enabled_debug_info_finders(&self) -> Vec<String> {
        enabled(self.program.module_file_finders())
    }

    /// Choose which finders of debugging information are asked, in which order, until all files are
    /// found.
    ///
    ///     >>> prog.set_enabled_debug_info_finders(["mine", "standard"])
    ///
    /// :raises ValueError: if there is no such finder, or a name stands twice
    fn set_enabled_debug_info_finders(&self, names: &Bound<'_, PyAny>) -> PyResult<()> {
        enable(self.program.module_file_finders(), names)
    }
}
