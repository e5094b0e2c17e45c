//! The default program, which helpers take where none is given.

use super::PyProgram;
use crate::error::NoDefaultProgramError;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::sync::{Mutex, PoisonError};

/// One for the whole interpreter, which is what threads of a script expect.
static DEFAULT: Mutex<Option<Py<PyProgram>>> = Mutex::new(None);

/// The default program.
pub(crate) fn lookup_default(py: Python<'_>) -> PyResult<Py<PyProgram>> {
    DEFAULT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .map(|prog| prog.clone_ref(py))
        .ok_or_else(|| NoDefaultProgramError::new_err("no default program"))
}

/// The program that functions use where none is given.
///
///     >>> get_default_prog() is prog
///     True
///
/// :raises NoDefaultProgramError: if there is none
#[pyfunction]
pub(crate) fn get_default_prog(py: Python<'_>) -> PyResult<Py<PyProgram>> {
    lookup_default(py)
}

/// Choose the program that functions use where none is given; ``None`` for none.
///
///     >>> set_default_prog(prog)
#[pyfunction]
#[pyo3(signature = (prog, /))]
pub(crate) fn set_default_prog(prog: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let prog = prog
        .map(|prog| prog.cast::<PyProgram>().map(|prog| prog.clone().unbind()))
        .transpose()
        .map_err(|_| PyTypeError::new_err("prog must be Program or None"))?;
    let old = std::mem::replace(
        &mut *DEFAULT.lock().unwrap_or_else(PoisonError::into_inner),
        prog,
    );
    // With the lock released: the last reference to a program lets go of Python objects.
    drop(old);
    Ok(())
}
