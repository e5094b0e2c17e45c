//! `spelunk.Module`.

use crate::convert::Address;
use crate::enums::{MODULE_FILE_STATUS, SUPPLEMENTARY_FILE_KIND};
use crate::error::raise;
use crate::object::PyObject;
use crate::program::{PyProgram, one_path};
use crate::text::quote;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use spelunk_base::BuildId;
use spelunk_object::{AbsenceReason, Object};
use spelunk_program::{Module, ModuleFile, ModuleFileStatus, ModuleKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A module of the program: the kernel, a loadable module, an executable, a library.
///
///     >>> prog.module("loop").debug_file_path
///     '/usr/lib/debug/lib/modules/6.1.0/kernel/drivers/block/loop.ko'
#[pyclass(frozen, subclass, name = "Module", module = "spelunk")]
pub(crate) struct PyModule {
    prog: Py<PyProgram>,
    module: Arc<Module>,
}

impl PyModule {
    pub(super) fn new(prog: Py<PyProgram>, module: Arc<Module>) -> Self {
        Self { prog, module }
    }

    pub(crate) fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// The program, to see whether it is the right one.
    pub(crate) fn program(&self) -> &PyProgram {
        self.prog.get()
    }

    /// The number that, with the name, the module is known by.
    pub(super) fn identity(&self) -> u64 {
        match self.module.kind() {
            ModuleKind::Main => 0,
            ModuleKind::SharedLibrary { dynamic_address }
            | ModuleKind::Vdso { dynamic_address } => dynamic_address,
            ModuleKind::Relocatable { address } => address,
            ModuleKind::Extra { id } => id,
        }
    }

    fn set_ranges(&self, ranges: Option<Vec<Range<u64>>>) -> PyResult<()> {
        let program = &self.prog.get().program;
        program
            .set_address_ranges(&self.module, ranges)
            .map_err(raise)
    }
}

fn status_value(status: ModuleFileStatus) -> u32 {
    match status {
        ModuleFileStatus::Want => 0,
        ModuleFileStatus::Have => 1,
        ModuleFileStatus::DontWant => 2,
        ModuleFileStatus::DontNeed => 3,
        ModuleFileStatus::WantSupplementary => 4,
    }
}

fn status(py: Python<'_>, status: ModuleFileStatus) -> PyResult<Bound<'_, PyAny>> {
    MODULE_FILE_STATUS.member(py, status_value(status))
}

fn status_from(attribute: &str, value: &Bound<'_, PyAny>) -> PyResult<ModuleFileStatus> {
    use ModuleFileStatus as S;
    let wrong = || PyTypeError::new_err(format!("{attribute} must be ModuleFileStatus"));
    let value = MODULE_FILE_STATUS.value(value).map_err(|_| wrong())?;
    [
        S::Want,
        S::Have,
        S::DontWant,
        S::DontNeed,
        S::WantSupplementary,
    ]
    .into_iter()
    .find(|status| status_value(*status) == value)
    .ok_or_else(wrong)
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn file_path(file: Option<&Arc<ModuleFile>>) -> Option<String> {
    file.map(|file| path(file.path()))
}

fn range(any: &Bound<'_, PyAny>, message: &'static str) -> PyResult<Range<u64>> {
    let wrong = || PyTypeError::new_err(message);
    let tuple = any.cast::<PyTuple>().map_err(|_| wrong())?;
    if tuple.len() != 2 {
        return Err(wrong());
    }
    let start: Address = tuple.get_item(0)?.extract()?;
    let end: Address = tuple.get_item(1)?.extract()?;
    Ok(start.0..end.0)
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
        self.module.name()
    }

    /// The build ID of its files, or ``None``. It can be set.
    #[getter]
    fn build_id<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let build_id = self.module.build_id()?;
        Some(PyBytes::new(py, build_id.as_bytes()))
    }

    #[setter]
    fn set_build_id(&self, build_id: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let build_id = match build_id {
            None => None,
            Some(bytes) => Some(build_id_from(bytes)?),
        };
        self.module.set_build_id(build_id);
        Ok(())
    }

    /// Where it is in memory, start and end; ``None`` if that is not known, ``(0, 0)`` if it is not
    /// in memory. It can be set.
    ///
    /// :raises ValueError: if it is in several places
    #[getter]
    fn address_range(&self) -> PyResult<Option<(u64, u64)>> {
        match self.module.address_ranges().as_deref() {
            None => Ok(None),
            Some([]) => Ok(Some((0, 0))),
            Some([range]) => Ok(Some((range.start, range.end))),
            Some(_) => Err(PyValueError::new_err("module has multiple address ranges")),
        }
    }

    #[setter]
    fn set_address_range(&self, value: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let Some(value) = value else {
            return self.set_ranges(None);
        };
        let range = range(value, "address_range must be None or (int, int)")?;
        match (range.start, range.end) {
            (0, 0) => self.set_ranges(Some(Vec::new())),
            _ => self.set_ranges(Some(vec![range])),
        }
    }

    /// Where it is in memory, as starts and ends; ``None`` if that is not known. It can be set.
    #[getter]
    fn address_ranges<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let Some(ranges) = self.module.address_ranges() else {
            return Ok(None);
        };
        let ranges = ranges.iter().map(|range| (range.start, range.end));
        PyTuple::new(py, ranges.collect::<Vec<_>>()).map(Some)
    }

    #[setter]
    fn set_address_ranges(&self, value: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let Some(value) = value else {
            return self.set_ranges(None);
        };
        let message = "address_ranges must None or sequence of (int, int)";
        let ranges = value.try_iter()?;
        let ranges: PyResult<Vec<_>> = ranges.map(|item| range(&item?, message)).collect();
        self.set_ranges(Some(ranges?))
    }

    /// The system's object for it: a ``struct module *`` of the kernel. It can be set.
    #[getter]
    fn object(&self, py: Python<'_>) -> PyResult<PyObject> {
        let prog = self.prog.clone_ref(py);
        let object = match self.module.object() {
            Some(object) => object,
            None => {
                let program = &prog.get().program;
                let void = program.types().void(program.language());
                Object::absent(void.map_err(raise)?.into(), AbsenceReason::Other)
            }
        };
        Ok(PyObject::plain(prog, object))
    }

    #[setter]
    fn set_object(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let object = value
            .cast::<PyObject>()
            .map_err(|_| PyTypeError::new_err("object must be a drgn.Object"))?
            .get();
        if !object.prog.is(&self.prog) {
            return Err(PyValueError::new_err("objects are from different programs"));
        }
        self.module.set_object(object.object.clone());
        Ok(())
    }

    /// Whether the file as it was loaded is there or wanted. Whether it is wanted can be set.
    ///
    ///     >>> module.loaded_file_status = ModuleFileStatus.DONT_WANT
    #[getter]
    fn loaded_file_status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        status(py, self.module.loaded_file_status())
    }

    #[setter]
    fn set_loaded_file_status(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let status = status_from("loaded_file_status", value)?;
        self.module.set_loaded_file_status(status).map_err(raise)
    }

    /// The path of the file as it was loaded, or ``None``.
    #[getter]
    fn loaded_file_path(&self) -> Option<String> {
        file_path(self.module.loaded_file())
    }

    /// What is added to addresses in that file, or ``None``.
    #[getter]
    fn loaded_file_bias(&self) -> Option<u64> {
        self.module.loaded_file().map(|file| file.bias())
    }

    /// Whether the file with debugging information is there or wanted. Whether it is wanted can be
    /// set.
    #[getter]
    fn debug_file_status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        status(py, self.module.debug_file_status())
    }

    #[setter]
    fn set_debug_file_status(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let status = status_from("debug_file_status", value)?;
        self.module.set_debug_file_status(status).map_err(raise)
    }

    /// The path of the file with debugging information, or ``None``.
    #[getter]
    fn debug_file_path(&self) -> Option<String> {
        file_path(self.module.debug_file())
    }

    /// What is added to addresses in that file, or ``None``.
    #[getter]
    fn debug_file_bias(&self) -> Option<u64> {
        self.module.debug_file().map(|file| file.bias())
    }

    /// The kind of the supplementary file of the debug file, or ``None``.
    #[getter]
    fn supplementary_debug_file_kind<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let file = self.module.supplementary_file();
        file.map(|_| SUPPLEMENTARY_FILE_KIND.member(py, 1))
            .transpose()
    }

    /// The path of the supplementary file of the debug file, or ``None``.
    #[getter]
    fn supplementary_debug_file_path(&self) -> Option<String> {
        let file = self.module.supplementary_file()?;
        Some(path(&file))
    }

    /// Whether the file as it was loaded is wanted.
    ///
    ///     >>> module.wants_loaded_file()
    ///     True
    fn wants_loaded_file(&self) -> bool {
        self.module.wants_loaded_file()
    }

    /// Whether a file with debugging information, or the supplementary file of it, is wanted.
    ///
    ///     >>> module.wants_debug_file()
    ///     True
    fn wants_debug_file(&self) -> bool {
        self.module.wants_debug_file()
    }

    /// The supplementary file that the debug file, which was found, waits for.
    ///
    ///     >>> module.wanted_supplementary_debug_file().supplementary_path
    ///     '../../.dwz/x86_64-linux-gnu/hello.debug'
    ///
    /// :raises ValueError: if it waits for none
    fn wanted_supplementary_debug_file<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let wanted = self.module.wanted_supplementary_file().map_err(raise)?;
        let class = py.import("spelunk._modules")?;
        class.getattr("WantedSupplementaryFile")?.call1((
            SUPPLEMENTARY_FILE_KIND.member(py, 1)?,
            path(&wanted.path),
            path(&wanted.supplementary_path),
            PyBytes::new(py, &wanted.checksum),
        ))
    }

    /// Use a file for the module, if it is the module's and wanted.
    ///
    ///     >>> module.try_file("/usr/lib/debug/loop.ko")
    ///     >>> module.wants_debug_file()
    ///     False
    ///
    /// :param path: The file; one that cannot be used is ignored.
    /// :param fd: A descriptor of the file, which is closed in any case.
    /// :param force: Whatever its build ID.
    #[pyo3(signature = (path, *, fd=-1, force=false),
           text_signature = "($self, path, *, fd=-1, force=False)")]
    fn try_file(
        &self,
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        fd: i32,
        force: bool,
    ) -> PyResult<()> {
        let given = one_path(path);
        let use_file = |path: PathBuf| {
            let program = &self.prog.get().program;
            py.detach(|| program.try_file(&self.module, &path, force))
                .map(drop)
                .map_err(raise)
        };
        if fd < 0 {
            return use_file(given?);
        }
        let used = match path_of(fd) {
            Some(path) => given.and_then(|_| use_file(path)),
            // As a file that cannot be opened.
            None => return given.map(drop),
        };
        let closed = py.import("os")?.call_method1("close", (fd,));
        used.and(closed.map(drop))
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
        let name = quote(py, self.module.name())?;
        Ok(match self.module.kind() {
            ModuleKind::Main => format!("prog.main_module(name={name})"),
            ModuleKind::SharedLibrary { dynamic_address } => format!(
                "prog.shared_library_module(name={name}, dynamic_address={dynamic_address:#x})"
            ),
            ModuleKind::Vdso { dynamic_address } => {
                format!("prog.vdso_module(name={name}, dynamic_address={dynamic_address:#x})")
            }
            ModuleKind::Relocatable { address } => {
                format!("prog.relocatable_module(name={name}, address={address:#x})")
            }
            ModuleKind::Extra { id } => format!("prog.extra_module(name={name}, id={id:#x})"),
        })
    }
}

fn build_id_from(bytes: &Bound<'_, PyAny>) -> PyResult<BuildId> {
    let wrong = || {
        let class = bytes.get_type();
        let name = class
            .name()
            .map(|name| name.to_string())
            .unwrap_or_default();
        PyTypeError::new_err(format!("a bytes-like object is required, not '{name}'"))
    };
    // A number of bytes is none.
    let is_number = bytes.is_instance_of::<pyo3::types::PyInt>();
    let is_text = bytes.is_instance_of::<pyo3::types::PyString>();
    if is_number || is_text {
        return Err(wrong());
    }
    let builtins = bytes.py().import("builtins")?;
    let bytes = builtins
        .getattr("bytes")?
        .call1((bytes,))
        .map_err(|_| wrong())?;
    let bytes = bytes.cast::<PyBytes>()?.as_bytes();
    if bytes.is_empty() {
        return Err(PyValueError::new_err("build ID cannot be empty"));
    }
    BuildId::new(bytes).ok_or_else(|| PyValueError::new_err("build ID cannot be over 64 bytes"))
}

/// The path under which the file behind a descriptor can be opened, if there is one.
fn path_of(fd: i32) -> Option<PathBuf> {
    let link = PathBuf::from(format!("/proc/self/fd/{fd}"));
    let named = std::fs::read_link(&link).ok()?;
    Some(if named.exists() { named } else { link })
}
