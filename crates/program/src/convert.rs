//! Errors of the crates below as errors of the program, and back for what objects ask of it.

use crate::{Error, ErrorKind};
use std::io;
use std::sync::Arc;

// Of all Unix systems, and of Python.
const ENOENT: i32 = 2;
const EACCES: i32 = 13;
const EISDIR: i32 = 21;
// Of Linux.
const ECONNREFUSED: i32 = 111;

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        // With the file's name in its message, an error has only its kind.
        let errno = error.raw_os_error().or(match error.kind() {
            io::ErrorKind::NotFound => Some(ENOENT),
            io::ErrorKind::PermissionDenied => Some(EACCES),
            io::ErrorKind::IsADirectory => Some(EISDIR),
            io::ErrorKind::ConnectionRefused => Some(ECONNREFUSED),
            _ => None,
        });
        Self::new(ErrorKind::Os { errno }, error.to_string())
    }
}

impl From<spelunk_live::ProcessError> for Error {
    fn from(error: spelunk_live::ProcessError) -> Self {
        let errno = error.error.raw_os_error();
        Self::new(ErrorKind::Os { errno }, error.to_string())
    }
}

impl From<spelunk_types::TypeError> for Error {
    fn from(error: spelunk_types::TypeError) -> Self {
        match error.as_foreign() {
            _ if error.is_cancelled() => spelunk_base::Cancelled.into(),
            Some(foreign) => Self::foreign(error.to_string(), Arc::clone(foreign)),
            None => Self::other(error.to_string()),
        }
    }
}

impl From<spelunk_elf::ElfError> for Error {
    fn from(error: spelunk_elf::ElfError) -> Self {
        Self::other(error.to_string())
    }
}

impl From<spelunk_base::Cancelled> for Error {
    fn from(error: spelunk_base::Cancelled) -> Self {
        Self::new(ErrorKind::Cancelled, error.to_string())
    }
}

impl From<spelunk_memory::Fault> for Error {
    fn from(fault: spelunk_memory::Fault) -> Self {
        Self::of_read(&fault, fault.address, 0)
    }
}

impl From<spelunk_object::Error> for Error {
    fn from(error: spelunk_object::Error) -> Self {
        use spelunk_object::ErrorKind as K;
        let kind = match error.kind() {
            K::Type => ErrorKind::Type,
            K::Value => ErrorKind::Value,
            K::Lookup => ErrorKind::Lookup,
            K::Attribute => ErrorKind::Attribute,
            K::Overflow => ErrorKind::Overflow,
            K::ZeroDivision => ErrorKind::ZeroDivision,
            K::Syntax => ErrorKind::Syntax,
            K::Fault(what) => ErrorKind::Fault(what),
            K::ObjectAbsent => ErrorKind::ObjectAbsent,
            K::OutOfBounds => ErrorKind::OutOfBounds,
            K::Recursion => ErrorKind::Recursion,
            K::Memory => ErrorKind::Memory,
            K::NotImplemented => ErrorKind::NotImplemented,
            K::Os { errno } => ErrorKind::Os { errno: Some(errno) },
            K::MissingDebugInfo => ErrorKind::MissingDebugInfo,
            K::Cancelled => ErrorKind::Cancelled,
            K::Other => ErrorKind::Other,
            K::Foreign => ErrorKind::Foreign,
        };
        match error.as_foreign() {
            Some(foreign) => Self::foreign(error.message(), Arc::clone(foreign)),
            None => Self::new(kind, error.message()),
        }
    }
}

/// For what the program answers to the operations on objects, through their target.
impl From<Error> for spelunk_object::Error {
    fn from(error: Error) -> Self {
        use spelunk_object::ErrorKind as K;
        let kind = match *error.kind() {
            ErrorKind::Type => K::Type,
            ErrorKind::Value | ErrorKind::Unsupported => K::Value,
            ErrorKind::Lookup | ErrorKind::Key | ErrorKind::ObjectNotFound { .. } => K::Lookup,
            ErrorKind::Attribute => K::Attribute,
            ErrorKind::Overflow => K::Overflow,
            ErrorKind::ZeroDivision => K::ZeroDivision,
            ErrorKind::Syntax => K::Syntax,
            ErrorKind::Fault(what) => K::Fault(what),
            ErrorKind::ObjectAbsent => K::ObjectAbsent,
            ErrorKind::OutOfBounds => K::OutOfBounds,
            ErrorKind::Recursion => K::Recursion,
            ErrorKind::Memory => K::Memory,
            ErrorKind::NotImplemented => K::NotImplemented,
            ErrorKind::Os { errno: Some(errno) } => K::Os { errno },
            ErrorKind::MissingDebugInfo => K::MissingDebugInfo,
            ErrorKind::Cancelled => K::Cancelled,
            _ => K::Other,
        };
        match error.as_foreign() {
            Some(foreign) => Self::foreign(error.to_string(), Arc::clone(foreign)),
            None => Self::new(kind, error.message()),
        }
    }
}

impl From<spelunk_debuginfo::DebugInfoError> for Error {
    fn from(error: spelunk_debuginfo::DebugInfoError) -> Self {
        use spelunk_debuginfo::DebugInfoError as D;
        let kind = match error {
            D::Type(error) => return error.into(),
            D::Missing { .. } => ErrorKind::MissingDebugInfo,
            D::Cancelled => ErrorKind::Cancelled,
            _ => ErrorKind::Other,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<spelunk_image::ImageError> for Error {
    fn from(error: spelunk_image::ImageError) -> Self {
        match error {
            spelunk_image::ImageError::Open(error) => error.into(),
            error => Self::value(error.to_string()),
        }
    }
}
