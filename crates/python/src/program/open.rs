//! Opening a dump and loading debugging information.

use super::PyProgram;
use crate::argument::{Buffer, Truth, type_name};
use crate::error::{MissingDebugInfoError, raise};
use crate::progress::Bar;
use crate::work;
use pyo3::exceptions::{
    PyFileNotFoundError, PyOSError, PyOverflowError, PyTypeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use spelunk::live::{SocketAddress, duplicate_descriptor};
use spelunk_program::{LoadReport, LoadRequest, Program};
use std::path::PathBuf;
use std::sync::Arc;

/// The display of the progress of `program`.
pub(crate) fn progress_bar(program: &Program) -> Arc<Bar> {
    let bar = Arc::new(Bar::default());
    program.set_progress(Arc::clone(&bar) as _);
    bar
}

/// A path given as `str`, `bytes` or `os.PathLike`; several as a sequence of them.
fn paths(path: &Bound<'_, PyAny>) -> PyResult<Vec<PathBuf>> {
    if path.is_instance_of::<PyList>() || path.is_instance_of::<PyTuple>() {
        return path.try_iter()?.map(|path| one_path(&path?)).collect();
    }
    Ok(vec![one_path(path)?])
}

/// A path given as `str`, `bytes` or `os.PathLike`.
pub(crate) fn one_path(path: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let bytes = path.py().import("os")?.call_method1("fsencode", (path,))?;
    let bytes = bytes.cast::<PyBytes>()?.as_bytes().to_vec();
    Ok(std::ffi::OsString::from_vec(bytes).into())
}

/// A path as text, as modules are called by paths.
pub(super) fn path_text(path: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = path.py().import("os")?.call_method1("fsdecode", (path,))?;
    let text = text.cast::<PyString>()?.to_string_lossy().into_owned();
    match text.contains('\0') {
        true => Err(PyValueError::new_err("embedded null byte")),
        false => Ok(text),
    }
}

/// The address of a socket: a text, or a descriptor.
fn socket_address(any: &Bound<'_, PyAny>) -> PyResult<SocketAddress> {
    if let Ok(text) = any.cast::<PyString>() {
        return Ok(SocketAddress::parse(text.to_str()?));
    }
    match any.extract::<i32>() {
        Ok(descriptor) if descriptor < 0 => Err(PyValueError::new_err("fd is negative")),
        Ok(descriptor) => Ok(SocketAddress::Descriptor(descriptor)),
        Err(_) => Err(PyTypeError::new_err(format!(
            "address must be str or int, not {}",
            type_name(any)?
        ))),
    }
}

/// What a text in UTF-8, or an object with a buffer holds.
pub(super) fn bytes_or_text(any: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    match any.cast::<PyString>() {
        Ok(text) => Ok(text.to_str()?.as_bytes().to_vec()),
        Err(_) => Ok(any.extract::<Buffer<'_>>()?.as_bytes().to_vec()),
    }
}

const ENOENT: i32 = 2;
const EBADF: i32 = 9;

/// A path by which the file behind an open descriptor can be opened.
fn path_of_descriptor(descriptor: i32) -> PyResult<PathBuf> {
    if descriptor < 0 {
        return Err(PyValueError::new_err("fd is negative"));
    }
    let path = PathBuf::from(format!("/proc/self/fd/{descriptor}"));
    let target = path.read_link().map_err(|_| {
        let path = path.display().to_string();
        PyOSError::new_err((EBADF, "Bad file descriptor", path))
    })?;
    // What was deleted, or has no path, is still there under the number.
    Ok(if target.is_file() { target } else { path })
}

impl PyProgram {
    fn load(&self, py: Python<'_>, request: &LoadRequest) -> PyResult<LoadReport> {
        work::run(py, self, || {
            self.program.load_debug_info(request).map_err(raise)
        })
    }
}

/// Says which of the files that were given are not used, and which are used without all of their
/// parts, to the logger that drgn's scripts know.
fn warn(py: Python<'_>, report: &LoadReport) -> PyResult<()> {
    if report.refused.is_empty() && report.incomplete.is_empty() {
        return Ok(());
    }
    let logger = py.import("logging")?.call_method1("getLogger", ("drgn",))?;
    for refused in &report.refused {
        logger.call_method1("warning", ("%s; ignoring", refused.to_string()))?;
    }
    for incomplete in &report.incomplete {
        logger.call_method1("warning", ("%s", incomplete.to_string()))?;
    }
    Ok(())
}

/// What loading came to, as plain values: for the banner.
fn load_report<'py>(py: Python<'py>, report: &LoadReport) -> PyResult<Bound<'py, PyAny>> {
    let dict = pyo3::types::PyDict::new(py);
    let loaded: Vec<(String, String)> = report
        .loaded
        .iter()
        .map(|file| {
            (
                file.module.clone(),
                file.path.to_string_lossy().into_owned(),
            )
        })
        .collect();
    let texts = |items: &[String]| PyList::new(py, items);
    let missing: Vec<String> = report.missing.iter().map(ToString::to_string).collect();
    let refused: Vec<String> = report.refused.iter().map(ToString::to_string).collect();
    dict.set_item("loaded", loaded)?;
    dict.set_item("missing", texts(&missing)?)?;
    dict.set_item("refused", texts(&refused)?)?;
    let incomplete: Vec<String> = report.incomplete.iter().map(ToString::to_string).collect();
    dict.set_item("incomplete", texts(&incomplete)?)?;
    dict.set_item("problems", texts(&report.problems)?)?;
    Ok(dict.into_any())
}

#[pymethods]
impl PyProgram {
    /// Make this the program that a core dump is of.
    ///
    ///     >>> prog.set_core_dump("vmcore")
    ///
    /// :param path: The dump's path, or an open file descriptor; a list of paths for a dump that was
    ///     split into several files.
    fn set_core_dump(&self, py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<()> {
        let is_text = path.is_instance_of::<PyString>();
        let paths = match path.extract::<i32>().ok().filter(|_| !is_text) {
            Some(descriptor) => vec![path_of_descriptor(descriptor)?],
            None => paths(path)?,
        };
        work::run(py, self, || {
            self.program
                .open_core(&paths, spelunk::systems())
                .map_err(raise)
        })
    }

    /// Make this the program that a process of this machine runs.
    ///
    ///     >>> prog.set_pid(1234)
    ///
    /// :param pid: The ID of the process.
    /// :raises FileNotFoundError: if there is none
    /// :raises PermissionError: if it may not be debugged
    fn set_pid(&self, py: Python<'_>, pid: &Bound<'_, PyAny>) -> PyResult<()> {
        let pid: i32 = pid.extract().map_err(|error: PyErr| {
            match error.is_instance_of::<PyOverflowError>(py) {
                true => PyOverflowError::new_err("signed integer is greater than maximum"),
                false => error,
            }
        })?;
        let Ok(pid) = u32::try_from(pid) else {
            let path = format!("/proc/{pid}/mem");
            return Err(PyFileNotFoundError::new_err((
                ENOENT,
                "No such file or directory",
                path,
            )));
        };
        work::run(py, self, || self.program.open_process(pid).map_err(raise))
    }

    /// Make this the kernel that runs this machine.
    ///
    ///     >>> prog.set_kernel()
    ///
    /// :raises PermissionError: if ``/proc/kcore`` may not be opened, as a rule by root alone
    fn set_kernel(&self, py: Python<'_>) -> PyResult<()> {
        work::run(py, self, || {
            self.program
                .open_kernel(None, spelunk::systems())
                .map_err(raise)
        })
    }

    /// The same with ``/proc/kcore`` open as this descriptor.
    fn _set_kernel(&self, py: Python<'_>, kcore: i32) -> PyResult<()> {
        work::run(py, self, || {
            let file = duplicate_descriptor(kcore).map_err(raise)?;
            self.program
                .open_kernel(Some(file.into()), spelunk::systems())
                .map_err(raise)
        })
    }

    /// Make this the kernel of a running guest of QEMU.
    ///
    /// QEMU is asked through its monitor: run it with ``-qmp unix:PATH,server=on,wait=off``, and best with
    /// ``-device vmcoreinfo``. Memory is read the faster the more may be done with QEMU's process.
    ///
    ///     >>> prog.set_qemu_qmp("/run/guest/qmp")
    ///     >>> prog.set_qemu_qmp("localhost:4444")
    ///
    /// :param address: The path of a Unix socket, or ``host:port``, or the descriptor of a socket
    ///     that is connected.
    ///     A path with a colon is one if it begins with ``/`` or ``.``.
    fn set_qemu_qmp(&self, py: Python<'_>, address: &Bound<'_, PyAny>) -> PyResult<()> {
        let address = socket_address(address)?;
        work::run(py, self, || {
            self.program
                .open_qemu(&address, spelunk::systems())
                .map_err(raise)
        })
    }

    /// Make this what a server of gdb's remote protocol debugs: QEMU's guest, a process under
    /// gdbserver or rr, or a kernel with KGDB, for which ``Program(vmcoreinfo=...)`` is needed.
    ///
    /// What is debugged stands still until the program is no longer used.
    ///
    ///     >>> prog.set_gdb_remote("localhost:1234")
    ///
    /// :param address: ``host:port``, the path of a Unix socket, or the descriptor of a socket that
    ///     is connected.
    fn set_gdb_remote(&self, py: Python<'_>, address: &Bound<'_, PyAny>) -> PyResult<()> {
        let address = socket_address(address)?;
        work::run(py, self, || {
            self.program
                .open_gdb(&address, spelunk::systems())
                .map_err(raise)
        })
    }

    /// Make this a Linux kernel whose memory comes from functions.
    ///
    /// Page tables are walked in the physical memory that ``add_memory_segment()`` provides, before
    /// or after this.
    ///
    ///     >>> prog = Program(Platform(Architecture.X86_64))
    ///     >>> prog.add_memory_segment(0, 1 << 32, read, physical=True)
    ///     >>> prog.set_linux_kernel_custom(vmcoreinfo, is_live=True)
    ///
    /// :param vmcoreinfo: What the kernel tells of itself. Not looked at if ``Program()`` was given that.
    /// :param is_live: Whether the kernel runs.
    /// :raises ValueError: if the program's platform is not known
    /// :raises BadDataError: if ``vmcoreinfo`` lacks what it takes
    fn set_linux_kernel_custom(
        &self,
        py: Python<'_>,
        vmcoreinfo: &Bound<'_, PyAny>,
        is_live: Truth,
    ) -> PyResult<()> {
        if self.program.platform().is_none() {
            return Err(PyValueError::new_err(
                "platform must be set before calling set_linux_kernel_custom()",
            ));
        }
        let info = bytes_or_text(vmcoreinfo)?;
        work::run(py, self, || {
            self.program
                .open_custom(&info, is_live.0, spelunk::systems())
                .map_err(raise)
        })
    }

    /// Load debugging information.
    ///
    ///     >>> prog.load_debug_info(["vmlinux"])
    ///
    /// :param paths: Files, each of which goes to the modules whose build ID it has.
    /// :param default: Search the files of all modules in the usual places.
    /// :param main: Search the files of the kernel or executable.
    /// :raises MissingDebugInfoError: if some were searched and not found; those that were found
    ///     are loaded
    #[pyo3(signature = (paths=None, default=false, main=false),
           text_signature = "($self, paths=(), default=False, main=False)")]
    fn load_debug_info(
        &self,
        py: Python<'_>,
        paths: Option<&Bound<'_, PyAny>>,
        default: bool,
        main: bool,
    ) -> PyResult<()> {
        let paths = match paths {
            None => Vec::new(),
            Some(paths) => paths
                .try_iter()?
                .map(|path| one_path(&path?))
                .collect::<PyResult<_>>()?,
        };
        let request = LoadRequest {
            paths,
            main,
            default,
        };
        let report = self.load(py, &request)?;
        warn(py, &report)?;
        if report.missing.is_empty() {
            return Ok(());
        }
        Err(MissingDebugInfoError::new_err(report.to_string()))
    }

    /// Load the debugging information of all modules from the usual places.
    ///
    ///     >>> prog.load_default_debug_info()
    fn load_default_debug_info(&self, py: Python<'_>) -> PyResult<()> {
        self.load_debug_info(py, None, true, true)
    }

    /// What `load_debug_info()` does, but returns a dictionary that says what was found, what is
    /// missing and why: for the command.
    fn _load(
        &self,
        py: Python<'_>,
        paths: Vec<PathBuf>,
        default: bool,
        main: bool,
    ) -> PyResult<Py<PyAny>> {
        let request = LoadRequest {
            paths,
            main,
            default,
        };
        let report = self.load(py, &request)?;
        Ok(load_report(py, &report)?.unbind())
    }
}
