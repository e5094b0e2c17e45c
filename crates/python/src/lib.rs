//! The Python module `spelunk._native`: conversions and exceptions, and nothing that the engine
//! should know. What users import is in `python/spelunk`.
//!
//! Classes are frozen and wrap what the engine gives. An object holds its program, so that the
//! engine's objects need not; a program is one Python object, whatever it is reached by.

mod argument;
mod backtrace;
mod convert;
mod debug_info_options;
mod enums;
mod error;
mod functions;
mod helpers;
mod macros;
mod module;
mod object;
mod once;
mod platform;
mod program;
mod progress;
mod stack;
mod symbol;
mod symbol_index;
mod text;
mod thread;
mod types;
mod work;

use pyo3::prelude::*;

/// Shows the progress of long work on standard error from now on, if that is a terminal, or not.
#[pyfunction]
fn show_progress(shown: bool) {
    progress::show(shown);
}

/// What the command line says, as a dictionary, or the text to print and the status to exit with.
#[pyfunction]
fn parse_command_line(py: Python<'_>, arguments: Vec<std::ffi::OsString>) -> PyResult<Py<PyAny>> {
    command_line::parse(py, arguments)
}

mod command_line;

/// The module. Safe without the interpreter's lock: all that it holds is `Sync`.
#[pymodule(gil_used = false)]
#[pyo3(name = "_native")]
fn native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    work::set_main_thread();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<enums::PyLanguage>()?;
    module.add_class::<debug_info_options::PyDebugInfoOptions>()?;
    module.add_class::<module::PyModule>()?;
    module.add_class::<module::MainModule>()?;
    module.add_class::<module::SharedLibraryModule>()?;
    module.add_class::<module::VdsoModule>()?;
    module.add_class::<module::RelocatableModule>()?;
    module.add_class::<module::ExtraModule>()?;
    module.add_class::<macros::PyMacro>()?;
    module.add_class::<object::PyObject>()?;
    module.add_class::<platform::PyPlatform>()?;
    module.add_class::<platform::PyRegister>()?;
    module.add_class::<program::PyProgram>()?;
    module.add_class::<stack::PySourceLocations>()?;
    module.add_class::<stack::PyStackFrame>()?;
    module.add_class::<stack::PyStackSignature>()?;
    module.add_class::<stack::PyStackTrace>()?;
    module.add_class::<symbol::PySymbol>()?;
    module.add_class::<symbol_index::PySymbolIndex>()?;
    module.add_class::<thread::PyThread>()?;
    module.add_class::<types::PyType>()?;
    module.add_class::<types::PyTypeEnumerator>()?;
    module.add_class::<types::PyTypeKindSet>()?;
    module.add_class::<types::PyTypeMember>()?;
    module.add_class::<types::PyTypeParameter>()?;
    module.add_class::<types::PyTypeTemplateParameter>()?;
    module.add_function(wrap_pyfunction!(functions::alignof, module)?)?;
    module.add_function(wrap_pyfunction!(functions::cast, module)?)?;
    module.add_function(wrap_pyfunction!(functions::container_of, module)?)?;
    module.add_function(wrap_pyfunction!(functions::filename_matches, module)?)?;
    module.add_function(wrap_pyfunction!(functions::implicit_convert, module)?)?;
    module.add_function(wrap_pyfunction!(functions::null, module)?)?;
    module.add_function(wrap_pyfunction!(functions::offsetof, module)?)?;
    module.add_function(wrap_pyfunction!(functions::program_from_core_dump, module)?)?;
    module.add_function(wrap_pyfunction!(functions::program_from_kernel, module)?)?;
    module.add_function(wrap_pyfunction!(functions::program_from_pid, module)?)?;
    module.add_function(wrap_pyfunction!(functions::reinterpret, module)?)?;
    module.add_function(wrap_pyfunction!(functions::sizeof, module)?)?;
    module.add_function(wrap_pyfunction!(program::get_default_prog, module)?)?;
    module.add_function(wrap_pyfunction!(program::set_default_prog, module)?)?;
    module.add_function(wrap_pyfunction!(helpers::helper_functions, module)?)?;
    module.add_function(wrap_pyfunction!(helpers::helper_records, module)?)?;
    module.add_function(wrap_pyfunction!(helpers::helper_classes, module)?)?;
    module.add_function(wrap_pyfunction!(helpers::helper_class_records, module)?)?;
    module.add_function(wrap_pyfunction!(show_progress, module)?)?;
    module.add_function(wrap_pyfunction!(parse_command_line, module)?)?;
    module.add_function(wrap_pyfunction!(backtrace::backtrace, module)?)?;
    module.add(
        "host_platform",
        platform::PyPlatform(spelunk_base::Platform::host()),
    )
}
