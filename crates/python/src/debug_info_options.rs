//! `spelunk.DebugInfoOptions`.

use crate::enums::KMOD_SEARCH_METHOD;
use crate::program::one_path;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use spelunk_program::{DebugInfoOptions, KmodSearchMethod, SharedOptions};
use std::path::PathBuf;

/// Where and how files with debugging information are searched. All options can be set.
///
///     >>> prog.debug_info_options.directories = ("/usr/lib/debug", "/mnt/usr/lib/debug")
///     >>> DebugInfoOptions(prog.debug_info_options, try_debug_link=False).try_debug_link
///     False
#[pyclass(frozen, name = "DebugInfoOptions", module = "spelunk")]
pub(crate) struct PyDebugInfoOptions(pub(crate) SharedOptions);

const METHODS: [KmodSearchMethod; 5] = [
    KmodSearchMethod::None,
    KmodSearchMethod::Depmod,
    KmodSearchMethod::Walk,
    KmodSearchMethod::DepmodOrWalk,
    KmodSearchMethod::DepmodAndWalk,
];

fn method<'py>(py: Python<'py>, method: KmodSearchMethod) -> PyResult<Bound<'py, PyAny>> {
    let value = METHODS.iter().position(|known| *known == method);
    KMOD_SEARCH_METHOD.member(py, value.map_or(0, |value| value as u32))
}

fn method_from(value: &Bound<'_, PyAny>) -> PyResult<KmodSearchMethod> {
    let wrong = || PyTypeError::new_err("try_kmod must be KmodSearchMethod");
    let value = KMOD_SEARCH_METHOD.value(value).map_err(|_| wrong())?;
    METHODS.get(value as usize).copied().ok_or_else(wrong)
}

fn directories<'py>(py: Python<'py>, paths: &[PathBuf]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, paths.iter().map(|path| path.to_string_lossy()))
}

fn directories_from(value: &Bound<'_, PyAny>) -> PyResult<Vec<PathBuf>> {
    value.try_iter()?.map(|path| one_path(&path?)).collect()
}

#[pymethods]
impl PyDebugInfoOptions {
    /// A copy of ``options``, or else the usual ones, but for those that are given.
    #[new]
    #[pyo3(signature = (options=None, /, **others),
           text_signature = "(options=None, /, *, directories=..., try_module_name=..., \
                             try_build_id=..., debug_link_directories=..., try_debug_link=..., \
                             try_procfs=..., try_embedded_vdso=..., try_reuse=..., \
                             try_supplementary=..., kernel_directories=..., try_kmod=...)")]
    fn new<'py>(
        py: Python<'py>,
        options: Option<&Bound<'_, PyAny>>,
        others: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        let copied = match options {
            None => DebugInfoOptions::default(),
            Some(options) => options
                .cast::<Self>()
                .map_err(|_| PyTypeError::new_err("options must be DebugInfoOptions"))?
                .get()
                .0
                .get(),
        };
        let new = Bound::new(py, Self(SharedOptions::new(copied)))?;
        for (name, value) in others.into_iter().flatten() {
            let name: String = name.extract()?;
            if name.starts_with('_') || !new.hasattr(&*name)? {
                return Err(PyTypeError::new_err(format!(
                    "'{name}' is an invalid keyword argument for DebugInfoOptions()"
                )));
            }
            new.setattr(&*name, value)?;
        }
        Ok(new)
    }

    /// Directories of debug files: ``("/usr/lib/debug",)``.
    #[getter]
    fn directories<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        directories(py, &self.0.get().directories)
    }

    #[setter]
    fn set_directories(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let paths = directories_from(value)?;
        if paths.iter().any(|path| path.as_os_str().is_empty()) {
            return Err(PyValueError::new_err("string cannot be empty"));
        }
        self.0.change(|options| options.directories = paths);
        Ok(())
    }

    /// Whether the file is tried that a module is called by, if it is called by a path.
    #[getter]
    fn try_module_name(&self) -> bool {
        self.0.get().try_module_name
    }

    #[setter]
    fn set_try_module_name(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        self.0.change(|options| options.try_module_name = value);
        Ok(())
    }

    /// Whether files are searched by build ID, in ``.build-id/`` below each of ``directories``.
    #[getter]
    fn try_build_id(&self) -> bool {
        self.0.get().try_build_id
    }

    #[setter]
    fn set_try_build_id(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        self.0.change(|options| options.try_build_id = value);
        Ok(())
    }

    /// Where debug files are that debug links name: ``("$ORIGIN", "$ORIGIN/.debug", "")``. ``$ORIGIN``
    /// is the folder of the file with the link; an empty string stands for that folder below each of
    /// ``directories``.
    #[getter]
    fn debug_link_directories<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        directories(py, &self.0.get().debug_link_directories)
    }

    #[setter]
    fn set_debug_link_directories(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let paths = directories_from(value)?;
        self.0
            .change(|options| options.debug_link_directories = paths);
        Ok(())
    }

    /// Whether debug links are followed: a name and a checksum in the file as it was loaded.
    #[getter]
    fn try_debug_link(&self) -> bool {
        self.0.get().try_debug_link
    }

    #[setter]
    fn set_try_debug_link(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        self.0.change(|options| options.try_debug_link = value);
        Ok(())
    }

    /// Whether files of processes are taken from ``/proc``.
    #[getter]
    fn try_procfs(&self) -> bool {
        self.0.get().try_procfs
    }

    #[setter]
    fn set_try_procfs(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        self.0.change(|options| options.try_procfs = value);
        Ok(())
    }

    /// Whether a vdso is taken from the program's memory.
    #[getter]
    fn try_embedded_vdso(&self) -> bool {
        self.0.get().try_embedded_vdso
    }

    #[setter]
    fn set_try_embedded_vdso(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        self.0.change(|options| options.try_embedded_vdso = value);
        Ok(())
    }

    /// Whether the loaded file is tried as the debug file, and the other way around.
    #[getter]
    fn try_reuse(&self) -> bool {
        self.0.get().try_reuse
    }

    #[setter]
    fn set_try_reuse(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        self.0.change(|options| options.try_reuse = value);
        Ok(())
    }

    /// Whether supplementary files are searched.
    #[getter]
    fn try_supplementary(&self) -> bool {
        self.0.get().try_supplementary
    }

    #[setter]
    fn set_try_supplementary(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        self.0.change(|options| options.try_supplementary = value);
        Ok(())
    }

    /// Directories of a kernel's files: ``("",)``. An empty string stands for the usual places
    /// (``/boot``, ``/lib/modules``), also below each of ``directories``.
    #[getter]
    fn kernel_directories<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        directories(py, &self.0.get().kernel_directories)
    }

    #[setter]
    fn set_kernel_directories(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let paths = directories_from(value)?;
        self.0.change(|options| options.kernel_directories = paths);
        Ok(())
    }

    /// How the files of loadable kernel modules are searched: a `KmodSearchMethod`.
    #[getter]
    fn try_kmod<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        method(py, self.0.get().try_kmod)
    }

    #[setter]
    fn set_try_kmod(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = method_from(value)?;
        self.0.change(|options| options.try_kmod = value);
        Ok(())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let options = self.0.get();
        let paths = |paths: &[PathBuf]| -> PyResult<String> {
            Ok(directories(py, paths)?.repr()?.to_string())
        };
        let flag = |name: &str, value: bool| {
            let value = if value { "True" } else { "False" };
            format!("{name}={value}")
        };
        Ok(format!(
            "DebugInfoOptions({})",
            [
                format!("directories={}", paths(&options.directories)?),
                flag("try_module_name", options.try_module_name),
                flag("try_build_id", options.try_build_id),
                format!(
                    "debug_link_directories={}",
                    paths(&options.debug_link_directories)?
                ),
                flag("try_debug_link", options.try_debug_link),
                flag("try_procfs", options.try_procfs),
                flag("try_embedded_vdso", options.try_embedded_vdso),
                flag("try_reuse", options.try_reuse),
                flag("try_supplementary", options.try_supplementary),
                format!("kernel_directories={}", paths(&options.kernel_directories)?),
                format!("try_kmod={}", method(py, options.try_kmod)?.repr()?),
            ]
            .join(", ")
        ))
    }
}
