//! Long work: away from the interpreter, shown while it lasts, and stopped by Ctrl-C.

use crate::program::{PyProgram, progress_bar};
use pyo3::prelude::*;
use std::sync::mpsc;
use std::time::Duration;

/// How often the interpreter is asked whether Ctrl-C was pressed.
const TICK: Duration = Duration::from_millis(50);

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
    let cancel = prog.program.cancel();
    let (result, interrupt) = py.detach(|| {
        let bar = progress_bar(&prog.program);
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
        (result, interrupt)
    });
    match (interrupt, result) {
        (Some(exception), _) => Err(exception),
        (None, Ok(result)) => result,
        (None, Err(panic)) => std::panic::resume_unwind(panic),
    }
}
