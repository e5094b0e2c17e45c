//! Reads of a running target that are taken together.

use super::PyProgram;
use pyo3::prelude::*;
use spelunk_memory::Snapshot;

/// While it is entered, this thread sees memory of running targets as it was when it was first looked at.
#[pyclass(unsendable, name = "_Snapshot", module = "spelunk")]
pub(crate) struct PySnapshot(Vec<Snapshot>);

#[pymethods]
impl PySnapshot {
    fn __enter__(mut slf: PyRefMut<'_, Self>) -> PyRefMut<'_, Self> {
        slf.0.push(Snapshot::new());
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&mut self, _exception: &Bound<'_, PyAny>) {
        self.0.pop();
    }
}

#[pymethods]
impl PyProgram {
    /// Take the reads of a running target together that are made meanwhile, by this thread.
    ///
    /// Memory is then read in blocks, each of them once: many objects cost few reads, and agree
    /// with each other as far as they stand in the same block. Elsewhere, each access reads what is
    /// there now.
    ///
    ///     >>> with prog.snapshot():
    ///     ...     tasks = [(task.pid.value_(), task.comm.string_()) for task in for_each_task(prog)]
    fn snapshot(&self) -> PySnapshot {
        PySnapshot(Vec::new())
    }
}
