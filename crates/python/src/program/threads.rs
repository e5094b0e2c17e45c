//! Threads and stack traces of the program.

use super::PyProgram;
use crate::convert::Address;
use crate::error::raise;
use crate::object::PyObject;
use crate::once::Taken;
use crate::stack::PyStackTrace;
use crate::thread::PyThread;
use crate::work;
use pyo3::prelude::*;
use spelunk_program::{Program, StackOptions, StackSource, TailCallFrames, Thread};

impl PyProgram {
    fn thread_of(slf: &Bound<'_, Self>, thread: Thread) -> PyThread {
        PyThread {
            prog: slf.clone().unbind(),
            thread,
        }
    }

    /// Unwinds away from the interpreter: it takes a while, and other threads may go on.
    pub(crate) fn unwind(
        py: Python<'_>,
        prog: &Py<Self>,
        source: &StackSource,
        options: StackOptions,
    ) -> PyResult<PyStackTrace> {
        let program = &prog.get().program;
        let unwind = || program.stack_trace_with(source, options).map_err(raise);
        let trace = match options.user_frames {
            // Debugging information of the process may be loaded first.
            true => work::run(py, prog.get(), unwind),
            false => py.detach(unwind),
        }?;
        PyStackTrace::new(py, prog.clone_ref(py), trace)
    }
}

pub(crate) fn stack_options(tail_calls: bool, user: bool) -> StackOptions {
    StackOptions {
        tail_calls: match tail_calls {
            true => TailCallFrames::PutBack,
            false => TailCallFrames::Left,
        },
        user_frames: user,
    }
}

/// The thread that `thread` is, or whose ID or object it is.
pub(super) fn any_thread(program: &Program, thread: &Bound<'_, PyAny>) -> PyResult<Thread> {
    if let Ok(thread) = thread.cast::<PyThread>() {
        return Ok(thread.get().thread.clone());
    }
    if let Ok(object) = thread.cast::<PyObject>() {
        let os = program.lookup_os().map_err(raise)?;
        let found = os.thread_of(program, &object.get().object);
        if let Some(thread) = found.map_err(raise)? {
            return Ok(thread);
        }
    }
    program
        .thread(thread.extract::<Address>()?.0)
        .map_err(raise)
}

#[pymethods]
impl PyProgram {
    /// All threads; in the kernel, all tasks but the idle ones.
    ///
    ///     >>> [thread.tid for thread in prog.threads()][:3]
    ///     [1, 2, 3]
    fn threads(slf: &Bound<'_, Self>) -> PyResult<ThreadIterator> {
        let threads = slf.get().program.threads().map_err(raise)?;
        Ok(ThreadIterator {
            prog: slf.clone().unbind(),
            threads: Taken::new(threads),
        })
    }

    /// The thread with an ID.
    ///
    ///     >>> prog.thread(1).name
    ///     'init'
    fn thread(slf: &Bound<'_, Self>, tid: Address) -> PyResult<PyThread> {
        let thread = slf.get().program.thread(tid.0).map_err(raise)?;
        Ok(Self::thread_of(slf, thread))
    }

    /// The main thread of a process.
    ///
    ///     >>> prog.main_thread().tid
    ///     1234
    fn main_thread(slf: &Bound<'_, Self>) -> PyResult<PyThread> {
        let thread = slf.get().program.main_thread().map_err(raise)?;
        Ok(Self::thread_of(slf, thread))
    }

    /// The thread that crashed.
    ///
    ///     >>> prog.crashed_thread().stack_trace()
    fn crashed_thread(slf: &Bound<'_, Self>) -> PyResult<PyThread> {
        let thread = slf.get().program.crashed_thread().map_err(raise)?;
        Ok(Self::thread_of(slf, thread))
    }

    /// The stack trace of a thread.
    ///
    ///     >>> prog.stack_trace(1)[0].name
    ///     'context_switch'
    ///
    /// :param thread: A thread ID, a ``struct task_struct *``, or a ``struct pt_regs``.
    /// :param tail_calls: Put the frames back that functions lost which ended in a jump to the next,
    ///     where debugging information leaves but one way that calls may have gone. They are marked:
    ///     ``StackFrame.is_tail_call``.
    /// :param user: Go on, where a thread of a kernel was in a system call, or interrupted, into the stack
    ///     of its process, as far as that is in memory. Such frames are marked: ``StackFrame.is_user``.
    #[pyo3(signature = (thread, *, tail_calls=false, user=false))]
    fn stack_trace(
        slf: &Bound<'_, Self>,
        thread: &Bound<'_, PyAny>,
        tail_calls: bool,
        user: bool,
    ) -> PyResult<PyStackTrace> {
        let source = if let Ok(object) = thread.cast::<PyObject>() {
            StackSource::Object(object.get().object.clone())
        } else {
            StackSource::Tid(thread.extract::<Address>()?.0)
        };
        let options = stack_options(tail_calls, user);
        Self::unwind(slf.py(), &slf.clone().unbind(), &source, options)
    }

    /// The stack traces of many threads at once, on all processors.
    ///
    ///     >>> for thread, trace in prog.stack_traces():
    ///     ...     print(thread.tid, thread.name, trace.signature())
    ///
    /// Those that cannot be unwound have no frames, and say why: ``StackTrace.end_reason``. If the list of
    /// threads is damaged, those up to there are returned, and the logger ``drgn`` is told.
    ///
    /// :param threads: Threads, their IDs, or ``struct task_struct *``; all if it is left out.
    /// :param tail_calls: As for ``stack_trace()``.
    /// :param user: As for ``stack_trace()``.
    /// :raises LookupError: if a thread does not exist
    #[pyo3(signature = (threads=None, *, tail_calls=false, user=false))]
    fn stack_traces(
        slf: &Bound<'_, Self>,
        threads: Option<&Bound<'_, PyAny>>,
        tail_calls: bool,
        user: bool,
    ) -> PyResult<Vec<(PyThread, PyStackTrace)>> {
        let program = &slf.get().program;
        let given = threads
            .map(|threads| {
                threads
                    .try_iter()?
                    .map(|thread| any_thread(program, &thread?))
                    .collect::<PyResult<Vec<_>>>()
            })
            .transpose()?;
        let options = stack_options(tail_calls, user);
        let (threads, damage, traces) = work::run(slf.py(), slf.get(), || {
            let (threads, damage) = match given {
                Some(threads) => (threads, None),
                None => program.listed_threads().map_err(raise)?,
            };
            let traces = program.stack_traces(&threads, options);
            Ok((threads, damage, traces.map_err(raise)?))
        })?;
        if let Some(damage) = damage {
            let logger = slf.py().import("logging")?;
            let logger = logger.call_method1("getLogger", ("drgn",))?;
            let text = format!("the list of threads ends early: {damage}");
            logger.call_method1("warning", ("%s", text))?;
        }
        let with_traces = threads.into_iter().zip(traces).map(|(thread, trace)| {
            let trace = PyStackTrace::new(slf.py(), slf.clone().unbind(), trace)?;
            Ok((Self::thread_of(slf, thread), trace))
        });
        with_traces.collect()
    }

    /// A stack trace with these program counters, innermost first, as someone recorded them.
    ///
    ///     >>> prog.stack_trace_from_pcs([prog.symbol("schedule").address + 9])
    ///     #0  schedule+0x9/0xc7
    fn stack_trace_from_pcs(
        slf: &Bound<'_, Self>,
        pcs: &Bound<'_, PyAny>,
    ) -> PyResult<PyStackTrace> {
        let pcs: PyResult<Vec<u64>> = pcs
            .try_iter()?
            .map(|pc| Ok(pc?.extract::<Address>()?.0))
            .collect();
        let source = StackSource::Pcs(pcs?);
        Self::unwind(
            slf.py(),
            &slf.clone().unbind(),
            &source,
            StackOptions::default(),
        )
    }
}

/// What `Program.threads()` returns.
#[pyclass(frozen, name = "_ThreadIterator", module = "spelunk")]
pub(crate) struct ThreadIterator {
    prog: Py<PyProgram>,
    threads: Taken<Box<dyn spelunk_program::ThreadIter>>,
}

#[pymethods]
impl ThreadIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<PyThread>> {
        let program = &self.prog.get().program;
        let next = self.threads.with(|threads| threads.next(program))?;
        Ok(next.map_err(raise)?.map(|thread| PyThread {
            prog: self.prog.clone_ref(py),
            thread,
        }))
    }
}
