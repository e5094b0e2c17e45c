//! The modules of the program.

use super::{PyProgram, path_text};
use crate::convert::Address;
use crate::error::raise;
use crate::module::{LoadedModuleIterator, ModuleIterator, PyModule};
use crate::object::PyObject;
use crate::work;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use spelunk_program::ModuleKind;

impl PyProgram {
    /// The module of this kind and name, made if `create` says so.
    fn module_of_kind<'py>(
        slf: &Bound<'py, Self>,
        kind: ModuleKind,
        name: &Bound<'py, PyAny>,
        create: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let name = path_text(name)?;
        let program = &slf.get().program;
        let module = match create {
            true => program.create_module(kind, &name),
            false => program.lookup_module(kind, &name),
        };
        PyModule::wrap(slf, module.map_err(raise)?)
    }
}

#[pymethods]
impl PyProgram {
    /// The modules found so far.
    ///
    ///     >>> [module.name for module in prog.modules()][0]
    ///     'kernel'
    fn modules(slf: &Bound<'_, Self>) -> ModuleIterator {
        ModuleIterator::new(slf.clone().unbind())
    }

    /// All modules that the program has loaded, and whether each was not known before.
    ///
    ///     >>> [module.name for module, new in prog.loaded_modules()][0]
    ///     'kernel'
    fn loaded_modules(slf: &Bound<'_, Self>) -> LoadedModuleIterator {
        LoadedModuleIterator::new(slf.clone().unbind())
    }

    /// Find all modules that the program has loaded, so that ``modules()`` has them.
    ///
    ///     >>> prog.create_loaded_modules()
    fn create_loaded_modules(&self, py: Python<'_>) -> PyResult<()> {
        work::run(py, self, || {
            self.program.create_loaded_modules().map_err(raise)
        })
    }

    /// The kernel or executable.
    ///
    ///     >>> prog.main_module().name
    ///     'kernel'
    ///
    /// :param name: Its name, if it must have that one.
    /// :param create: Make it if it is not there.
    /// :raises LookupError: if it is not known, or has another name
    #[pyo3(signature = (name=None, *, create=false))]
    fn main_module<'py>(
        slf: &Bound<'py, Self>,
        name: Option<&Bound<'py, PyAny>>,
        create: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        match name {
            Some(name) => Self::module_of_kind(slf, ModuleKind::Main, name, create),
            None if create => Err(PyTypeError::new_err("name must be given if create=True")),
            None => PyModule::wrap(slf, slf.get().program.main_module().map_err(raise)?),
        }
    }

    /// The shared library with this name and dynamic section.
    ///
    ///     >>> prog.shared_library_module("/lib/libc.so.6", 0x7f00001d0bc0, create=True)
    ///     prog.shared_library_module(name='/lib/libc.so.6', dynamic_address=0x7f00001d0bc0)
    ///
    /// :param create: Make it if it is not there.
    /// :raises LookupError: if it is not there
    #[pyo3(signature = (name, dynamic_address, *, create=false))]
    fn shared_library_module<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyAny>,
        dynamic_address: Address,
        create: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Address(dynamic_address) = dynamic_address;
        let kind = ModuleKind::SharedLibrary { dynamic_address };
        Self::module_of_kind(slf, kind, name, create)
    }

    /// The shared object of the kernel's with this name and dynamic section.
    ///
    ///     >>> prog.vdso_module("linux-vdso.so.1", 0x7fff2d5f53e0, create=True)
    ///     prog.vdso_module(name='linux-vdso.so.1', dynamic_address=0x7fff2d5f53e0)
    ///
    /// :param create: Make it if it is not there.
    /// :raises LookupError: if it is not there
    #[pyo3(signature = (name, dynamic_address, *, create=false))]
    fn vdso_module<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyAny>,
        dynamic_address: Address,
        create: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Address(dynamic_address) = dynamic_address;
        let kind = ModuleKind::Vdso { dynamic_address };
        Self::module_of_kind(slf, kind, name, create)
    }

    /// The relocatable module with this name and address.
    ///
    ///     >>> prog.relocatable_module("loop", 0xffffffffc0a35000)
    ///     prog.relocatable_module(name='loop', address=0xffffffffc0a35000)
    ///
    /// :param create: Make it if it is not there.
    /// :raises LookupError: if it is not there
    #[pyo3(signature = (name, address, *, create=false))]
    fn relocatable_module<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyAny>,
        address: Address,
        create: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Address(address) = address;
        Self::module_of_kind(slf, ModuleKind::Relocatable { address }, name, create)
    }

    /// The module that a ``struct module *`` stands for.
    ///
    ///     >>> prog.linux_kernel_loadable_module(prog.module("loop").object)
    ///     prog.relocatable_module(name='loop', address=0xffffffffc0a35000)
    ///
    /// :param create: Make it if it is not there.
    /// :raises LookupError: if it is not there
    #[pyo3(signature = (module_obj, *, create=false))]
    fn linux_kernel_loadable_module<'py>(
        slf: &Bound<'py, Self>,
        module_obj: &Bound<'py, PyAny>,
        create: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let object = module_obj.cast::<PyObject>().map_err(|_| {
            let class = module_obj.get_type();
            let name = class
                .name()
                .map(|name| name.to_string())
                .unwrap_or_default();
            PyTypeError::new_err(format!(
                "linux_kernel_loadable_module() argument 1 must be _drgn.Object, not {name}"
            ))
        })?;
        let program = &slf.get().program;
        let module = program.kernel_module(&object.get().object, create);
        PyModule::wrap(slf, module.map_err(raise)?)
    }

    /// The module of debugging information with this name and number.
    ///
    ///     >>> prog.extra_module("mine", create=True)
    ///     prog.extra_module(name='mine', id=0x0)
    ///
    /// :param id: Any number.
    /// :param create: Make it if it is not there.
    /// :raises LookupError: if it is not there
    #[pyo3(signature = (name, id=None, *, create=false),
           text_signature = "($self, name, id=0, *, create=False)")]
    fn extra_module<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyAny>,
        id: Option<Address>,
        create: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let id = id.map_or(0, |id| id.0);
        Self::module_of_kind(slf, ModuleKind::Extra { id }, name, create)
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
        PyModule::wrap(slf, module.map_err(raise)?)
    }
}
