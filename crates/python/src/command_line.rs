//! The command line, parsed by `spelunk-cli`, as plain values of Python.

use crate::platform::PyPlatform;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spelunk_cli::{Action, Code, Options, SearchMethod, SymbolsFrom};
use std::ffi::OsString;

/// What to do: `{"print": text, "error": bool, "status": number}`, or the options.
pub(crate) fn parse(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<Py<PyAny>> {
    let version = concat!("spelunk ", env!("CARGO_PKG_VERSION"), "\n");
    let dict = match spelunk_cli::parse(arguments) {
        Ok(Action::Run(options)) => run(py, &options)?,
        Ok(Action::Help) => leave(py, &spelunk_cli::help(), false)?,
        Ok(Action::Version) => leave(py, version, false)?,
        Err(error) => leave(
            py,
            &format!("spelunk: {error} (see spelunk --help)\n"),
            true,
        )?,
    };
    Ok(dict.into_any().unbind())
}

fn leave<'py>(py: Python<'py>, text: &str, error: bool) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("print", text)?;
    dict.set_item("error", error)?;
    Ok(dict)
}

fn run<'py>(py: Python<'py>, options: &Options) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("core", &options.core)?;
    dict.set_item("pid", options.pid)?;
    dict.set_item("qemu", &options.qemu)?;
    dict.set_item("gdb", &options.gdb)?;
    dict.set_item("symbols", &options.symbols)?;
    dict.set_item("default", options.symbols_from == SymbolsFrom::All)?;
    dict.set_item("main", options.symbols_from != SymbolsFrom::Given)?;
    dict.set_item("extra_symbols", &options.extra_symbols)?;
    dict.set_item("symbols_by", symbols_by(&options.symbols_by))?;
    dict.set_item("debug_directories", &options.debug_directories)?;
    dict.set_item(
        "default_debug_directories",
        !options.no_default_debug_directories,
    )?;
    dict.set_item("debug_link_directories", &options.debug_link_directories)?;
    dict.set_item(
        "default_debug_link_directories",
        !options.no_default_debug_link_directories,
    )?;
    dict.set_item("kernel_directories", &options.kernel_directories)?;
    dict.set_item(
        "default_kernel_directories",
        !options.no_default_kernel_directories,
    )?;
    let platform = options.architecture.map(spelunk_base::Platform::of);
    dict.set_item("platform", platform.map(PyPlatform))?;
    dict.set_item("vmcoreinfo", &options.vmcoreinfo)?;
    dict.set_item("log_level", &options.log_level)?;
    dict.set_item("quiet", options.quiet)?;
    dict.set_item("arguments", &options.arguments)?;
    match &options.code {
        Code::Prompt => {}
        Code::Text(code) => dict.set_item("code", code)?,
        Code::Script(path) => dict.set_item("script", path)?,
        Code::Backtrace(command) => {
            let bt = PyDict::new(py);
            bt.set_item("all", command.all)?;
            bt.set_item("tids", &command.tids)?;
            bt.set_item("locals", command.locals)?;
            bt.set_item("user", command.user)?;
            bt.set_item("json", command.json)?;
            dict.set_item("bt", bt)?;
        }
    }
    Ok(dict)
}

/// Ways of searching, as what they change (`option`, `kmod`, `finder`), its name, and whether it is
/// switched on.
fn symbols_by(methods: &[(SearchMethod, bool)]) -> Vec<(&str, &str, bool)> {
    let methods = methods.iter();
    methods
        .map(|(method, wanted)| match method {
            SearchMethod::Option(name) => ("option", *name, *wanted),
            SearchMethod::Kmod(name) => ("kmod", *name, *wanted),
            SearchMethod::Finder(name) => ("finder", name.as_str(), *wanted),
        })
        .collect()
}
