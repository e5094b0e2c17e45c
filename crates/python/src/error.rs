//! The engine's errors as Python exceptions.

use crate::program::take_reader_exception;
use pyo3::exceptions as py;
use pyo3::prelude::*;
use spelunk_memory::{AddressSpace, Unreadable};
use spelunk_program::{Error, ErrorKind};
use std::sync::Arc;

pyo3::import_exception!(spelunk._exceptions, BadDataError);
pyo3::import_exception!(spelunk._exceptions, FaultError);
pyo3::import_exception!(spelunk._exceptions, MissingDebugInfoError);
pyo3::import_exception!(spelunk._exceptions, NoDefaultProgramError);
pyo3::import_exception!(spelunk._exceptions, ObjectAbsentError);
pyo3::import_exception!(spelunk._exceptions, ObjectNotFoundError);
pyo3::import_exception!(spelunk._exceptions, OutOfBoundsError);
pyo3::import_exception!(spelunk._exceptions, UnsupportedOperation);
pyo3::import_exception!(spelunk.helpers, ValidationError);

/// The exception that says what `error` says.
pub(crate) fn raise(error: impl Into<Error>) -> PyErr {
    let error = error.into();
    if let Some(exception) = error
        .as_foreign()
        .and_then(|foreign| foreign.downcast_ref::<PyErr>())
    {
        return Python::attach(|py| exception.clone_ref(py));
    }
    let message = error.to_string();
    match error.kind() {
        ErrorKind::Type => py::PyTypeError::new_err(message),
        ErrorKind::Value => py::PyValueError::new_err(message),
        ErrorKind::Lookup => py::PyLookupError::new_err(message),
        ErrorKind::Key => py::PyKeyError::new_err(error.message().to_owned()),
        ErrorKind::ObjectNotFound { name } => object_not_found(message, name),
        ErrorKind::Fault(Unreadable {
            address,
            size,
            space,
        }) => {
            if let Some(exception) = take_reader_exception(*address) {
                return exception;
            }
            let whole = message;
            // The exception shows the address itself.
            let message = whole
                .strip_suffix(&format!(": {address:#x}"))
                .unwrap_or(&whole);
            let fault = FaultError::new_err((message.to_owned(), *address));
            let is_physical = *space == AddressSpace::Physical;
            Python::attach(|py| {
                let value = fault.value(py);
                value.setattr("_size", *size)?;
                value.setattr("_physical", is_physical)
            })
            .map_or_else(|error| error, |()| fault)
        }
        ErrorKind::MissingDebugInfo => MissingDebugInfoError::new_err(message),
        ErrorKind::NoDefaultProgram => NoDefaultProgramError::new_err(message),
        ErrorKind::ObjectAbsent => ObjectAbsentError::new_err(message),
        ErrorKind::OutOfBounds => OutOfBoundsError::new_err(message),
        ErrorKind::Overflow => py::PyOverflowError::new_err(message),
        ErrorKind::ZeroDivision => py::PyZeroDivisionError::new_err(message),
        ErrorKind::Syntax => py::PySyntaxError::new_err(message),
        ErrorKind::Attribute => py::PyAttributeError::new_err(message),
        ErrorKind::Unsupported => UnsupportedOperation::new_err(message),
        ErrorKind::Recursion => py::PyRecursionError::new_err(message),
        ErrorKind::Memory => py::PyMemoryError::new_err(message),
        ErrorKind::NotImplemented => py::PyNotImplementedError::new_err(message),
        ErrorKind::Os { errno: Some(errno) } => os_error(*errno, message),
        ErrorKind::Os { errno: None } => py::PyOSError::new_err(message),
        ErrorKind::Cancelled => crate::work::interrupt(),
        ErrorKind::BadData => BadDataError::new_err(message),
        ErrorKind::Validation => ValidationError::new_err(message),
        _ => py::PyException::new_err(message),
    }
}

/// `exception`, raised by Python code that the engine called, on its way through the engine.
pub(crate) fn carry(exception: PyErr) -> Error {
    Error::foreign(exception.to_string(), Arc::new(exception))
}

fn object_not_found(message: String, name: &str) -> PyErr {
    Python::attach(|py| {
        let error = ObjectNotFoundError::new_err(message);
        match error.value(py).setattr("name", name) {
            Ok(()) => error,
            Err(failed) => failed,
        }
    })
}

/// The subclass of `OSError` that Python has for the number, with the file where the message begins
/// with it.
fn os_error(errno: i32, message: String) -> PyErr {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    let strerror = text.split(" (os error").next().unwrap_or(&text).to_owned();
    match message.strip_suffix(&format!(": {text}")) {
        Some(path) => py::PyOSError::new_err((errno, strerror, path.to_owned())),
        None => py::PyOSError::new_err((errno, message)),
    }
}
