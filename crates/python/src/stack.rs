//! Stack traces and places in source code.

use crate::error::raise;
use crate::object::PyObject;
use crate::platform::PyRegister;
use crate::program::PyProgram;
use crate::symbol::PySymbol;
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use spelunk_program::{Frame, Signature, SourceLocation, StackTrace};
use std::sync::Arc;

/// The position of an index, which may count from the end.
fn position(index: &Bound<'_, PyAny>, length: usize, what: &str) -> PyResult<usize> {
    let index: isize = if index.hasattr("__index__")? {
        let index = index.call_method0("__index__")?;
        index
            .extract()
            .map_err(|_| PyIndexError::new_err("cannot fit 'int' into an index-sized integer"))?
    } else {
        return Err(PyTypeError::new_err(format!(
            "sequence index must be integer, not '{}'",
            index.get_type().name()?
        )));
    };
    let from_end = index.checked_add_unsigned(length);
    let index = if index < 0 { from_end } else { Some(index) };
    index
        .and_then(|index| usize::try_from(index).ok())
        .filter(|index| *index < length)
        .ok_or_else(|| PyIndexError::new_err(format!("{what} index out of range")))
}

/// `_repr_pretty_()` of what is shown by `str()`.
fn pretty(p: &Bound<'_, PyAny>, cycle: bool, text: impl FnOnce() -> String) -> PyResult<()> {
    let text = if cycle { "...".into() } else { text() };
    p.call_method1("text", (text,)).map(drop)
}

/// The calls that led a thread to where it is, innermost first.
///
///     >>> trace = prog.stack_trace(1)
///     >>> trace[1].name
///     '__schedule'
#[pyclass(frozen, sequence, name = "StackTrace", module = "spelunk")]
pub(crate) struct PyStackTrace {
    prog: Py<PyProgram>,
    /// The program of the user's frames, if there are any.
    process: Option<Py<PyProgram>>,
    trace: Arc<StackTrace>,
}

impl PyStackTrace {
    pub(crate) fn new(py: Python<'_>, prog: Py<PyProgram>, trace: StackTrace) -> PyResult<Self> {
        let process = trace.process();
        let process = process.map(|process| prog.get().process_program(py, process));
        Ok(Self {
            process: process.transpose()?,
            prog,
            trace: Arc::new(trace),
        })
    }
}

#[pymethods]
impl PyStackTrace {
    /// The program that the trace is from.
    #[getter]
    fn prog(&self, py: Python<'_>) -> Py<PyProgram> {
        self.prog.clone_ref(py)
    }

    /// Why there are no more frames.
    #[getter]
    fn end_reason(&self) -> String {
        self.trace.end().to_string()
    }

    /// Why frames are missing between the kernel's and those of its user that follow; ``None`` if none
    /// are, or none follow.
    #[getter]
    fn gap_reason(&self) -> Option<String> {
        self.trace.gap().map(ToString::to_string)
    }

    /// What this trace has in common with others of the same crash: functions and modules, but no
    /// address.
    ///
    ///     >>> prog.crashed_thread().stack_trace().signature()
    ///     <StackSignature 5f1d7c0e2ab94f03: sysrq_handle_crash, __handle_sysrq, ...>
    ///
    /// It is equal however often a crash happens and in whatever format the memory is dumped. It
    /// begins where things went wrong, after the functions that handle a crash, and has no frames
    /// of entries into the kernel. It is ``None`` if the trace has no frames, and so nothing in
    /// common with others: see ``end_reason``.
    ///
    /// :param depth: The number of frames that count.
    #[pyo3(signature = (depth=12))]
    fn signature(&self, py: Python<'_>, depth: usize) -> Option<PyStackSignature> {
        let program = &self.prog.get().program;
        py.detach(|| self.trace.signature(program, depth))
            .map(PyStackSignature)
    }

    fn __len__(&self) -> usize {
        self.trace.frames().len()
    }

    fn __getitem__(&self, py: Python<'_>, index: &Bound<'_, PyAny>) -> PyResult<PyStackFrame> {
        let index = position(index, self.trace.frames().len(), "stack frame")?;
        let process = self.process.as_ref();
        let prog = process.filter(|_| self.trace.is_user(index));
        Ok(PyStackFrame {
            prog: prog.unwrap_or(&self.prog).clone_ref(py),
            index,
            trace: Arc::clone(&self.trace),
        })
    }

    fn __str__(&self, py: Python<'_>) -> String {
        let program = &self.prog.get().program;
        py.detach(|| self.trace.format(program))
    }

    fn _repr_pretty_(&self, py: Python<'_>, p: &Bound<'_, PyAny>, cycle: bool) -> PyResult<()> {
        pretty(p, cycle, || self.__str__(py))
    }
}

/// What traces of the same crash have in common: a key to group crashes by, as itself or as
/// ``str()``, which is 16 hexadecimal digits.
///
///     >>> groups = collections.Counter(trace.signature() for _, trace in prog.stack_traces())
///     >>> groups.most_common(1)[0][0].frames[0]
///     'context_switch'
///
/// The digits are the first of the SHA-256 of ``frames``, each with a newline behind it.
#[pyclass(frozen, eq, hash, name = "StackSignature", module = "spelunk")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PyStackSignature(Signature);

// What Python's users see as the default of `StackTrace.signature()` has to be a literal.
const _: () = assert!(Signature::DEPTH == 12, "the default depth differs");

#[pymethods]
impl PyStackSignature {
    /// The functions that count, innermost first: ``kyber_bio_merge [kyber_buggy]``. Those of
    /// programs and modules have the module's name behind them.
    #[getter]
    fn frames(&self) -> &[String] {
        self.0.frames()
    }

    fn __str__(&self) -> String {
        self.0.digest()
    }

    fn __repr__(&self) -> String {
        let shown = self.0.frames().get(..2).unwrap_or(self.0.frames());
        let more = match self.0.frames().len() > shown.len() {
            true => ", ...",
            false => "",
        };
        format!(
            "<StackSignature {}: {}{more}>",
            self.0.digest(),
            shown.join(", ")
        )
    }
}

/// A call in a stack trace, or a function that was inlined into one. Variables are its items.
///
///     >>> trace[1]["prev"]
///     *(struct task_struct *)0xffff888003e0c180 = {...}
#[pyclass(frozen, name = "StackFrame", module = "spelunk")]
pub(crate) struct PyStackFrame {
    prog: Py<PyProgram>,
    trace: Arc<StackTrace>,
    index: usize,
}

impl PyStackFrame {
    fn frame(&self) -> PyResult<&Frame> {
        self.trace
            .frames()
            .get(self.index)
            .ok_or_else(|| PyIndexError::new_err("stack frame index out of range"))
    }
}

#[pymethods]
impl PyStackFrame {
    /// The name of the function, or of the symbol, or else the program counter. Names of C++ and
    /// Rust are demangled, with the namespaces and types that the function is in.
    #[getter]
    fn name(&self) -> PyResult<String> {
        Ok(self.frame()?.name(&self.prog.get().program))
    }

    /// The name of the function in the source code, or ``None``.
    #[getter]
    fn function_name(&self) -> PyResult<Option<&str>> {
        Ok(self.frame()?.function_name())
    }

    /// Whether the function was inlined into the next frame's.
    #[getter]
    fn is_inline(&self) -> PyResult<bool> {
        Ok(self.frame()?.is_inline())
    }

    /// Whether the frame itself is gone: its function ended in a jump to that of the frame before.
    /// Such frames are in traces that were asked for with ``tail_calls=True``.
    ///
    ///     >>> [frame.name for frame in prog.stack_trace(1, tail_calls=True) if frame.is_tail_call]
    ///     ['x64_sys_call']
    #[getter]
    fn is_tail_call(&self) -> PyResult<bool> {
        Ok(self.frame()?.is_tail_call())
    }

    /// Whether the frame is of the process that entered the kernel. Such frames are in traces that were
    /// asked for with ``user=True``.
    ///
    ///     >>> [frame.name for frame in prog.stack_trace(612, user=True) if frame.is_user]
    ///     ['pause', 'forever', 'main', '__libc_start_call_main', '_start']
    #[getter]
    fn is_user(&self) -> bool {
        self.trace.is_user(self.index)
    }

    /// How the frame was found, and so how far it can be trusted: ``registers`` that were saved, the
    /// table that tells how the frame before was called (``.debug_frame``, ``.eh_frame``, ``ORC``),
    /// ``call sites`` for frames that tail calls lost, a guess that says that it is one, or ``given``.
    ///
    ///     >>> [frame.found_by for frame in prog.stack_trace(1)][:2]
    ///     ['registers', '.debug_frame']
    #[getter]
    fn found_by(&self) -> PyResult<String> {
        Ok(self.frame()?.found_by().to_string())
    }

    /// Whether the frame was interrupted at its program counter, rather than calling there.
    #[getter]
    fn interrupted(&self) -> PyResult<bool> {
        Ok(self.frame()?.interrupted())
    }

    /// The program counter.
    #[getter]
    fn pc(&self) -> PyResult<u64> {
        self.frame()?
            .pc()
            .ok_or_else(|| lookup("program counter is not known at stack frame"))
    }

    /// The stack pointer.
    #[getter]
    fn sp(&self) -> PyResult<u64> {
        self.frame()?
            .sp()
            .ok_or_else(|| lookup("stack pointer is not known at stack frame"))
    }

    /// The symbol of the function.
    fn symbol(&self) -> PyResult<PySymbol> {
        let symbol = self.frame()?.symbol(&self.prog.get().program);
        symbol.map(PySymbol).map_err(raise)
    }

    /// The place in the source code: ``(filename, line, column)``.
    ///
    ///     >>> trace[1].source()
    ///     SourceLocation(filename='kernel/sched/core.c', line=6584, column=8)
    ///
    /// :raises LookupError: if it is not known
    fn source<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let name = self.name()?;
        source_location(py, self.frame()?.source().map_err(raise)?, Some(&name))
    }

    /// The known registers and their values.
    fn registers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, value) in self.frame()?.register_values() {
            dict.set_item(name, value)?;
        }
        Ok(dict)
    }

    /// The value of a register, by its name.
    ///
    ///     >>> trace[1].register("rsp") == trace[1].sp
    ///     True
    ///
    /// :raises ValueError: if there is no such register
    /// :raises LookupError: if its value is not known
    fn register(&self, reg: &Bound<'_, PyAny>) -> PyResult<u64> {
        let frame = self.frame()?;
        if let Ok(register) = reg.cast::<PyRegister>() {
            return frame.register(register.get().name()).map_err(raise);
        }
        frame.register(&reg.extract::<String>()?).map_err(raise)
    }

    /// The names of the local variables and parameters in scope.
    ///
    ///     >>> trace[1].locals()[:2]
    ///     ['sched_mode', 'prev']
    fn locals(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let frame = self.frame()?;
        let names = py.detach(|| frame.locals()).map_err(raise)?;
        Ok(names.iter().map(ToString::to_string).collect())
    }

    fn __getitem__(&self, py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<PyObject> {
        let Ok(text) = name.cast::<PyString>() else {
            return Err(PyKeyError::new_err((name.clone().unbind(),)));
        };
        let program = &self.prog.get().program;
        let found = self.frame()?.get_explained(program, text.to_str()?);
        let (object, provenance) = found.map_err(raise)?;
        let prog = self.prog.clone_ref(py);
        Ok(PyObject::of_frame(prog, object, provenance))
    }

    fn __contains__(&self, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(name) = name.cast::<PyString>() else {
            return Ok(false);
        };
        self.frame()?
            .contains(&self.prog.get().program, name.to_str()?)
            .map_err(raise)
    }

    fn __str__(&self) -> PyResult<String> {
        Ok(self.frame()?.format(&self.prog.get().program))
    }

    fn _repr_pretty_(&self, p: &Bound<'_, PyAny>, cycle: bool) -> PyResult<()> {
        let text = self.__str__()?;
        pretty(p, cycle, || text)
    }
}

fn lookup(message: &'static str) -> PyErr {
    pyo3::exceptions::PyLookupError::new_err(message)
}

/// An instance of the named tuple in Python.
fn source_location<'py>(
    py: Python<'py>,
    location: &SourceLocation,
    name: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = CLASS.import(py, "spelunk._source", "SourceLocation")?;
    class.call_method1(
        "_of",
        (&*location.filename, location.line, location.column, name),
    )
}

/// The places in source code of an address: inlined functions' first.
#[pyclass(frozen, sequence, name = "SourceLocationList", module = "spelunk")]
pub(crate) struct PySourceLocations {
    pub(crate) prog: Py<PyProgram>,
    pub(crate) locations: Vec<SourceLocation>,
}

#[pymethods]
impl PySourceLocations {
    /// The program that the address is in.
    #[getter]
    fn prog(&self, py: Python<'_>) -> Py<PyProgram> {
        self.prog.clone_ref(py)
    }

    fn __len__(&self) -> usize {
        self.locations.len()
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        index: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let index = position(index, self.locations.len(), "source location list")?;
        let location = self
            .locations
            .get(index)
            .ok_or_else(|| PyIndexError::new_err("source location list index out of range"))?;
        source_location(py, location, location.function.as_deref())
    }

    fn __str__(&self) -> String {
        if let [only] = &*self.locations {
            return only.to_string();
        }
        let width = self.locations.len().saturating_sub(1).to_string().len();
        let lines: Vec<String> = self
            .locations
            .iter()
            .enumerate()
            .map(|(index, location)| format!("#{index:<width$}  {location}"))
            .collect();
        lines.join("\n")
    }

    fn _repr_pretty_(&self, p: &Bound<'_, PyAny>, cycle: bool) -> PyResult<()> {
        pretty(p, cycle, || self.__str__())
    }
}
