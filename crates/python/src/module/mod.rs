//! `spelunk.Module` and its kinds.

use crate::convert::signed;
use crate::enums::MODULE_FILE_STATUS;
use crate::object::PyObject;
use crate::program::PyProgram;
use crate::text::quote;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use spelunk_object::{AbsenceReason, Object};
use spelunk_program::{Module, ModuleFileStatus, ModuleKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A module of the program: the kernel, a loadable module, an executable.
#[pyclass(frozen, subclass, name = "Module", module = "spelunk")]
pub(crate) struct PyModule {
    prog: Py<PyProgram>,
    module: Arc<Module>,
}

/// The kernel or executable itself.
#[pyclass(frozen, extends = PyModule, name = "MainModule", module = "spelunk")]
pub(crate) struct MainModule;

/// A loadable kernel module.
#[pyclass(frozen, extends = PyModule, name = "RelocatableModule", module = "spelunk")]
pub(crate) struct RelocatableModule;

/// Debugging information that belongs to nothing that is loaded.
#[pyclass(frozen, extends = PyModule, name = "ExtraModule", module = "spelunk")]
pub(crate) struct ExtraModule;

impl PyModule {
    /// The module as an instance of the class for its kind.
    pub(crate) fn wrap<'py>(
        prog: &Bound<'py, PyProgram>,
        module: Arc<Module>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = prog.py();
        let kind = module.kind;
        let base = PyClassInitializer::from(Self {
            prog: prog.clone().unbind(),
            module,
        });
        Ok(match kind {
            ModuleKind::Main => Bound::new(py, base.add_subclass(MainModule))?.into_any(),
            ModuleKind::Relocatable => {
                Bound::new(py, base.add_subclass(RelocatableModule))?.into_any()
            }
            ModuleKind::Extra => Bound::new(py, base.add_subclass(ExtraModule))?.into_any(),
        })
    }

    fn start(&self) -> Option<u64> {
        self.module
            .address_ranges
            .iter()
            .map(|range| range.start)
            .min()
    }
}

fn status(py: Python<'_>, status: ModuleFileStatus) -> PyResult<Bound<'_, PyAny>> {
    MODULE_FILE_STATUS.member(
        py,
        match status {
            ModuleFileStatus::Want => 0,
            ModuleFileStatus::Have => 1,
            ModuleFileStatus::DontWant => 2,
            ModuleFileStatus::DontNeed => 3,
        },
    )
}

#[pymethods]
impl PyModule {
    /// The program.
    #[getter]
    fn prog(&self, py: Python<'_>) -> Py<PyProgram> {
        self.prog.clone_ref(py)
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        &self.module.name
    }

    /// The build ID of its files, or ``None``.
    #[getter]
    fn build_id<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let build_id = self.module.build_id.as_ref()?;
        Some(PyBytes::new(py, build_id.as_bytes()))
    }

    /// Where it is in memory, start and end; ``None`` if it is not known.
    ///
    /// :raises ValueError: if it is in several places
    #[getter]
    fn address_range(&self) -> PyResult<Option<(u64, u64)>> {
        match &*self.module.address_ranges {
            [] => Ok(None),
            [range] => Ok(Some((range.start, range.end))),
            _ => Err(pyo3::exceptions::PyValueError::new_err(
                "module has multiple address ranges",
            )),
        }
    }

    /// Where it is in memory, as starts and ends.
    #[getter]
    fn address_ranges<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ranges: Vec<_> = self
            .module
            .address_ranges
            .iter()
            .map(|range| (range.start, range.end))
            .collect();
        Ok(pyo3::types::PyTuple::new(py, ranges)?.into_any())
    }

    /// The system's object for it: a ``struct module *`` of the kernel.
    #[getter]
    fn object(&self, py: Python<'_>) -> PyResult<PyObject> {
        let prog = self.prog.clone_ref(py);
        let object = match &self.module.object {
            Some(object) => object.clone(),
            None => {
                let types = prog.get().program.types();
                let void = types
                    .void(prog.get().program.language())
                    .map_err(crate::error::raise)?;
                Object::absent(void.into(), AbsenceReason::Other)
            }
        };
        Ok(PyObject { prog, object })
    }

    /// Whether the file as it was loaded is there or wanted.
    #[getter]
    fn loaded_file_status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        status(py, self.module.loaded_file_status())
    }

    /// The path of the file as it was loaded, or ``None``.
    #[getter]
    fn loaded_file_path(&self) -> Option<String> {
        None
    }

    /// What is added to addresses in that file, or ``None``.
    #[getter]
    fn loaded_file_bias(&self) -> Option<u64> {
        None
    }

    /// Whether the file with debugging information is there or wanted.
    #[getter]
    fn debug_file_status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        status(py, self.module.debug_file_status())
    }

    /// The path of the file with debugging information, or ``None``.
    #[getter]
    fn debug_file_path(&self) -> Option<String> {
        let file = self.module.debug_file()?;
        Some(file.path().to_string_lossy().into_owned())
    }

    /// What is added to addresses in that file, or ``None``.
    #[getter]
    fn debug_file_bias(&self) -> Option<u64> {
        self.module.debug_file().map(|_| self.module.bias)
    }

    /// The kind of the supplementary file of the debug file, or ``None``.
    #[getter]
    fn supplementary_debug_file_kind(&self) -> Option<u32> {
        None
    }

    /// The path of the supplementary file of the debug file, or ``None``.
    #[getter]
    fn supplementary_debug_file_path(&self) -> Option<String> {
        None
    }

    /// Whether the file as it was loaded is wanted.
    fn wants_loaded_file(&self) -> bool {
        self.module.loaded_file_status() == ModuleFileStatus::Want
    }

    /// Whether a file with debugging information is wanted.
    fn wants_debug_file(&self) -> bool {
        self.module.debug_file_status() == ModuleFileStatus::Want
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other
            .cast::<Self>()
            .is_ok_and(|other| Arc::ptr_eq(&self.module, &other.get().module))
    }

    fn __hash__(&self) -> usize {
        Arc::as_ptr(&self.module).addr()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let name = quote(py, &self.module.name)?;
        Ok(match self.module.kind {
            ModuleKind::Main => format!("prog.main_module(name={name})"),
            ModuleKind::Relocatable => format!(
                "prog.relocatable_module(name={name}, address={:#x})",
                self.start().unwrap_or(0)
            ),
            ModuleKind::Extra => format!("prog.extra_module(name={name})"),
        })
    }
}

#[pymethods]
impl RelocatableModule {
    /// The lowest address of the module.
    #[getter]
    fn address<'py>(slf: PyRef<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let start = slf.as_super().start();
        match start {
            Some(start) => signed(py, start.into()),
            None => Ok(py.None().into_bound(py)),
        }
    }

    /// The addresses of the sections, by name.
    #[getter]
    fn section_addresses<'py>(slf: PyRef<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(slf.py());
        for (name, address) in slf.as_super().module.section_addresses.iter() {
            dict.set_item(name, address)?;
        }
        Ok(dict)
    }
}

/// Modules, one by one.
#[pyclass(frozen, name = "_ModuleIterator", module = "spelunk")]
pub(crate) struct ModuleIterator {
    prog: Py<PyProgram>,
    modules: Vec<Arc<Module>>,
    next: AtomicUsize,
}

impl ModuleIterator {
    pub(crate) fn new(prog: Py<PyProgram>, modules: Vec<Arc<Module>>) -> Self {
        Self {
            prog,
            modules,
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
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        self.modules
            .get(index)
            .map(|module| PyModule::wrap(self.prog.bind(py), Arc::clone(module)))
            .transpose()
    }
}
