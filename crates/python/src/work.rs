//! Long work: away from the interpreter, shown while it lasts, and stopped by Ctrl-C.

use crate::program::{PyProgram, progress_bar};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use spelunk_program::{Attendant, Program};
use std::cell::Cell;
use std::sync::{OnceLock, Weak, mpsc};
use std::thread::ThreadId;
use std::time::Duration;

/// How often the interpreter is asked whether Ctrl-C was pressed.
const TICK: Duration = Duration::from_millis(50);

thread_local! {
    /// What a signal raised that stopped a lookup, until the lookup's error comes out.
    static INTERRUPT: Cell<Option<PyErr>> = const { Cell::new(None) };
}

/// The thread that looks after signals.
static MAIN_THREAD: OnceLock<ThreadId> = OnceLock::new();

/// Takes the calling thread for the main one. Called when the package is imported.
pub(crate) fn set_main_thread() {
    MAIN_THREAD.get_or_init(|| std::thread::current().id());
}

/// What stopped a lookup on this thread.
pub(crate) fn interrupt() -> PyErr {
    let known = INTERRUPT.take();
    known.unwrap_or_else(|| PyKeyboardInterrupt::new_err(()))
}

/// Runs `work` on a thread of its own while this one looks after the user, and returns its result.
///
/// Python handles signals on its main thread alone, and only when it gets to: so that is what the
/// calling thread does meanwhile. An exception that a signal raised (`KeyboardInterrupt`) cancels
/// the work and is what comes out.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    prog: &PyProgram,
    work: impl FnOnce() -> PyResult<T> + Send,
) -> PyResult<T> {
    match attend(py, &prog.program, work) {
        (Some(exception), _) => Err(exception),
        (None, result) => result,
    }
}

/// The result of `work`, and what a signal raised meanwhile.
fn attend<T: Send>(
    py: Python<'_>,
    program: &Program,
    work: impl FnOnce() -> T + Send,
) -> (Option<PyErr>, T) {
    let cancel = program.cancel();
    let (interrupt, result) = py.detach(|| {
        let bar = progress_bar(program);
        let mut interrupt = None;
        let result = std::thread::scope(|scope| {
            let (alive, ended) = mpsc::channel::<()>();
            let worker = scope.spawn(move || {
                let _alive = alive;
                work()
            });
            while let Err(mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(TICK) {
                if interrupt.is_none()
                    && let Err(exception) = Python::attach(|py| py.check_signals())
                {
                    cancel.cancel();
                    interrupt = Some(exception);
                }
                bar.draw();
            }
            worker.join()
        });
        bar.clear();
        cancel.reset();
        (interrupt, result)
    });
    match result {
        Ok(result) => (interrupt, result),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Looks after the user while a lookup takes long.
pub(crate) struct LookupAttendant(pub(crate) Weak<Program>);

impl Attendant for LookupAttendant {
    fn attend(&self, work: &mut (dyn FnMut() + Send)) {
        let is_main = MAIN_THREAD.get() == Some(&std::thread::current().id());
        match self.0.upgrade().filter(|_| is_main) {
            Some(program) => Python::attach(|py| {
                let (interrupt, ()) = attend(py, &program, work);
                INTERRUPT.set(interrupt);
            }),
            // No signal reaches this thread.
            None => work(),
        }
    }
}
