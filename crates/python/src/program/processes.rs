//! Processes of a kernel, as programs of their own.

use super::PyProgram;
use super::threads::any_thread;
use crate::error::raise;
use crate::work;
use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use spelunk_program::Program;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The processes that Python knows already.
#[derive(Default)]
pub(super) struct KnownProcesses(Mutex<Vec<Py<PyProgram>>>);

impl KnownProcesses {
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        // The collector must not wait: a list that is being changed is looked at the next time.
        let Ok(known) = self.0.try_lock() else {
            return Ok(());
        };
        known.iter().try_for_each(|program| visit.call(program))
    }

    fn find(&self, py: Python<'_>, process: &Arc<Program>) -> Option<Py<PyProgram>> {
        find(&self.list(), py, process)
    }

    /// Adds what was made of `process`, unless another thread was first; returns what is known then.
    fn publish(
        &self,
        py: Python<'_>,
        process: &Arc<Program>,
        made: Py<PyProgram>,
    ) -> Py<PyProgram> {
        let mut known = self.list();
        if let Some(first) = find(&known, py, process) {
            return first;
        }
        known.push(made.clone_ref(py));
        made
    }

    fn list(&self) -> MutexGuard<'_, Vec<Py<PyProgram>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find(known: &[Py<PyProgram>], py: Python<'_>, process: &Arc<Program>) -> Option<Py<PyProgram>> {
    let mut programs = known.iter();
    let found = programs.find(|program| Arc::ptr_eq(&program.get().program, process))?;
    Some(found.clone_ref(py))
}

impl PyProgram {
    /// The process that the engine made of one of this kernel's.
    pub(crate) fn process_program(
        &self,
        py: Python<'_>,
        process: &Arc<Program>,
    ) -> PyResult<Py<Self>> {
        if let Some(known) = self.processes.find(py, process) {
            return Ok(known);
        }
        let made = Py::new(py, Self::of(py, Arc::clone(process))?)?;
        // One that runs is made anew each time.
        Ok(match process.flags().is_live {
            true => made,
            false => self.processes.publish(py, process, made),
        })
    }
}

#[pymethods]
impl PyProgram {
    /// The process that a task of the kernel belongs to, as a program of its own: with its memory,
    /// threads, modules, types, variables and stacks, as if it had dumped core. (Not in drgn.)
    ///
    ///     >>> process = prog.process(612)
    ///     >>> process.stack_trace(612)
    ///     #0  0x449d6b
    ///     #1  forever (lab/guest/lab-load.c:54:3)
    ///     #2  main (lab/guest/lab-load.c:295:3)
    ///     >>> process["environ"]
    ///     (char **)0x7ffc9b1e1f58
    ///
    /// Debugging information is searched as for the kernel, by build ID; files that were given to the
    /// kernel's program and belong to nothing in it are tried, and more can be given to
    /// ``load_debug_info()`` of the process. Without the build ID, which stands in memory that dumps may
    /// leave out, only files that were given are used. What programs have in memory is missing from
    /// dumps that leave out the pages of users, and so are their stacks.
    ///
    /// A process in a dump is the same program each time. That of a running kernel is made anew, with the
    /// threads and registers of that moment.
    ///
    /// :param thread: A thread ID, a ``Thread``, or a ``struct task_struct *``.
    /// :raises ValueError: if this is no kernel, or the task is the kernel's own or has exited
    fn process(slf: &Bound<'_, Self>, thread: &Bound<'_, PyAny>) -> PyResult<Py<Self>> {
        let program = &slf.get().program;
        let thread = any_thread(program, thread)?;
        let process = work::run(slf.py(), slf.get(), || {
            program.process(&thread).map_err(raise)
        })?;
        let process = process.ok_or_else(|| {
            PyValueError::new_err(format!(
                "thread {} has no memory of its own: it is the kernel's, or exits",
                thread.tid
            ))
        })?;
        slf.get().process_program(slf.py(), &process)
    }
}
