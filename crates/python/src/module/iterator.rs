//! Modules, one by one.

use super::PyModule;
use crate::error::raise;
use crate::once::Taken;
use crate::program::PyProgram;
use crate::work;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use spelunk_program::{LoadedModules, Module, ModuleKind, Program};
use std::cmp::Reverse;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// All modules that there are: the main one, then those whose names came last.
pub(crate) fn listed(program: &Program) -> Vec<Arc<Module>> {
    let mut modules: Vec<_> = program.modules().into_iter().enumerate().collect();
    let mut first = std::collections::HashMap::new();
    for (index, module) in &modules {
        first.entry(module.name().to_owned()).or_insert(*index);
    }
    modules.sort_by_key(|(index, module)| {
        let is_main = module.kind() == ModuleKind::Main;
        (
            Reverse(is_main),
            Reverse(first.get(module.name()).copied()),
            Reverse(*index),
        )
    });
    modules.into_iter().map(|(_, module)| module).collect()
}

/// Modules, one by one.
#[pyclass(frozen, name = "_ModuleIterator", module = "spelunk")]
pub(crate) struct ModuleIterator {
    prog: Py<PyProgram>,
    modules: Vec<Arc<Module>>,
    next: AtomicUsize,
}

impl ModuleIterator {
    pub(crate) fn new(prog: Py<PyProgram>) -> Self {
        Self {
            modules: listed(&prog.get().program),
            prog,
            next: 0.into(),
        }
    }
}

#[pymethods]
impl ModuleIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.prog.get().program.module_count() != self.modules.len() {
            return Err(PyRuntimeError::new_err("modules changed during iteration"));
        }
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let module = self.modules.get(index).cloned();
        module
            .map(|module| PyModule::wrap(self.prog.bind(py), module))
            .transpose()
    }
}

/// Modules that are loaded, one by one, each with whether it was not known before.
#[pyclass(frozen, name = "_ModuleIteratorWithNew", module = "spelunk")]
pub(crate) struct LoadedModuleIterator {
    prog: Py<PyProgram>,
    modules: Taken<LoadedModules>,
}

impl LoadedModuleIterator {
    pub(crate) fn new(prog: Py<PyProgram>) -> Self {
        let modules = Taken::new(prog.get().program.loaded_modules());
        Self { prog, modules }
    }
}

#[pymethods]
impl LoadedModuleIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>, bool)>> {
        let prog = self.prog.get();
        // Debugging information may have to be loaded for the next.
        let next = self
            .modules
            .with(|modules| work::run(py, prog, || modules.next(&prog.program).map_err(raise)))?;
        next?
            .map(|(module, new)| Ok((PyModule::wrap(self.prog.bind(py), module)?, new)))
            .transpose()
    }
}
