//! The classes of modules, one for each kind.

use super::PyModule;
use crate::program::PyProgram;
use pyo3::prelude::*;
use spelunk_program::{Module, ModuleKind};
use std::sync::Arc;

/// The kernel or executable itself.
///
///     >>> prog.main_module()
///     prog.main_module(name='kernel')
#[pyclass(frozen, extends = PyModule, name = "MainModule", module = "spelunk")]
pub(crate) struct MainModule;

/// A shared library.
///
///     >>> prog.shared_library_module("/lib/libc.so.6", 0x7f00001d0bc0).dynamic_address
///     139637978106816
#[pyclass(frozen, extends = PyModule, name = "SharedLibraryModule", module = "spelunk")]
pub(crate) struct SharedLibraryModule;

/// The shared object that the kernel puts into each process.
///
///     >>> prog.vdso_module("linux-vdso.so.1", 0x7fff2d5f53e0)
///     prog.vdso_module(name='linux-vdso.so.1', dynamic_address=0x7fff2d5f53e0)
#[pyclass(frozen, extends = PyModule, name = "VdsoModule", module = "spelunk")]
pub(crate) struct VdsoModule;

/// A relocatable file whose sections were placed one by one: a loadable kernel module.
///
///     >>> hex(prog.module("loop").address)
///     '0xffffffffc0a35000'
#[pyclass(frozen, extends = PyModule, name = "RelocatableModule", module = "spelunk")]
pub(crate) struct RelocatableModule;

/// Debugging information that belongs to nothing that is loaded.
///
///     >>> prog.extra_module("mine", create=True).try_file("program.debug")
#[pyclass(frozen, extends = PyModule, name = "ExtraModule", module = "spelunk")]
pub(crate) struct ExtraModule;

impl PyModule {
    /// The module as an instance of the class for its kind.
    pub(crate) fn wrap<'py>(
        prog: &Bound<'py, PyProgram>,
        module: Arc<Module>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = prog.py();
        let kind = module.kind();
        let base = PyClassInitializer::from(Self::new(prog.clone().unbind(), module));
        Ok(match kind {
            ModuleKind::Main => Bound::new(py, base.add_subclass(MainModule))?.into_any(),
            ModuleKind::SharedLibrary { .. } => {
                Bound::new(py, base.add_subclass(SharedLibraryModule))?.into_any()
            }
            ModuleKind::Vdso { .. } => Bound::new(py, base.add_subclass(VdsoModule))?.into_any(),
            ModuleKind::Relocatable { .. } => {
                Bound::new(py, base.add_subclass(RelocatableModule))?.into_any()
            }
            ModuleKind::Extra { .. } => Bound::new(py, base.add_subclass(ExtraModule))?.into_any(),
        })
    }
}

#[pymethods]
impl SharedLibraryModule {
    /// The address of the library's dynamic section.
    #[getter]
    fn dynamic_address(slf: PyRef<'_, Self>) -> u64 {
        slf.as_super().identity()
    }
}

#[pymethods]
impl VdsoModule {
    /// The address of its dynamic section.
    #[getter]
    fn dynamic_address(slf: PyRef<'_, Self>) -> u64 {
        slf.as_super().identity()
    }
}

#[pymethods]
impl RelocatableModule {
    /// The address that identifies the module; for kernel modules that of its code.
    #[getter]
    fn address(slf: PyRef<'_, Self>) -> u64 {
        slf.as_super().identity()
    }

    /// The addresses of the sections, by name: a mapping that can be changed until the module has a
    /// file.
    ///
    ///     >>> module.section_addresses[".text"] = 0xffffffffc0a35000
    #[getter]
    fn section_addresses<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let class = slf.py().import("spelunk._modules")?;
        class.getattr("ModuleSectionAddresses")?.call1((slf,))
    }
}

#[pymethods]
impl ExtraModule {
    /// The number that identifies it beside its name.
    #[getter]
    fn id(slf: PyRef<'_, Self>) -> u64 {
        slf.as_super().identity()
    }
}
