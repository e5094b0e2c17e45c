//! `spelunk.Thread`.

use crate::error::raise;
use crate::object::PyObject;
use crate::program::{PyProgram, filename, stack_options};
use crate::stack::PyStackTrace;
use pyo3::prelude::*;
use spelunk_program::{Error, StackSource, Thread};

/// A thread of the program.
#[pyclass(frozen, name = "Thread", module = "spelunk")]
pub(crate) struct PyThread {
    pub(crate) prog: Py<PyProgram>,
    pub(crate) thread: Thread,
}

#[pymethods]
impl PyThread {
    /// The thread's ID.
    #[getter]
    fn tid(&self) -> u64 {
        self.thread.tid
    }

    /// The thread's name, or ``None`` if it is not known.
    #[getter]
    fn name(&self) -> PyResult<Option<String>> {
        let name = self.thread.name(&self.prog.get().program).map_err(raise)?;
        Ok(name.map(|name| String::from_utf8_lossy(&name).into_owned()))
    }

    /// The ``struct task_struct *`` of a thread of the kernel.
    #[getter]
    fn object(&self, py: Python<'_>) -> PyResult<PyObject> {
        let object = self.thread.object.clone().ok_or_else(|| {
            raise(Error::unsupported(
                "thread object is currently only defined for the Linux kernel",
            ))
        })?;
        Ok(PyObject::plain(self.prog.clone_ref(py), object))
    }

    /// A variable by its name: the thread's own if it is thread-local, else the program's.
    ///
    /// ``prog[name]`` gives the main thread's, ``frame[name]`` that of the frame's thread.
    ///
    ///     >>> prog.thread(4711).variable("pending")
    ///     (int)3
    ///
    /// :param filename: The source file that defines it.
    /// :raises LookupError: if there is none, or the thread has not used it yet
    #[pyo3(signature = (name, filename=None))]
    fn variable(
        &self,
        py: Python<'_>,
        name: &str,
        filename: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyObject> {
        let filename = self::filename(filename)?;
        let program = &self.prog.get().program;
        let object = py
            .detach(|| self.thread.variable(program, name, filename.as_deref()))
            .map_err(raise)?;
        Ok(PyObject::plain(self.prog.clone_ref(py), object))
    }

    /// The thread's stack trace.
    ///
    ///     >>> prog.thread(1).stack_trace()
    ///
    /// :param tail_calls: As for ``Program.stack_trace()``.
    /// :param user: As for ``Program.stack_trace()``.
    #[pyo3(signature = (*, tail_calls=false, user=false))]
    fn stack_trace(&self, py: Python<'_>, tail_calls: bool, user: bool) -> PyResult<PyStackTrace> {
        let source = StackSource::Thread(self.thread.clone());
        PyProgram::unwind(py, &self.prog, &source, stack_options(tail_calls, user))
    }
}
