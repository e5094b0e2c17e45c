//! The command `bt`, as `spelunk-cli` has it.

use crate::error::raise;
use crate::program::PyProgram;
use crate::work;
use pyo3::prelude::*;
use spelunk_cli::BacktraceOptions;

/// What `bt` prints, and what it could not show.
#[pyfunction]
#[pyo3(signature = (prog, *, all, tids, locals, user, json, coloured))]
#[expect(clippy::too_many_arguments, reason = "the command's options")]
pub(crate) fn backtrace(
    py: Python<'_>,
    prog: &Bound<'_, PyProgram>,
    all: bool,
    tids: Vec<u64>,
    locals: bool,
    user: bool,
    json: bool,
    coloured: bool,
) -> PyResult<(String, Vec<String>)> {
    let options = BacktraceOptions {
        all,
        tids,
        locals,
        user,
        json,
    };
    let program = &prog.get().program;
    work::run(py, prog.get(), || {
        let result = spelunk_cli::backtraces(program, &options).map_err(raise)?;
        let text = match options.json {
            true => result.json(),
            false => result.text(coloured),
        };
        Ok((text, result.problems))
    })
}
