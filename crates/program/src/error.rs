//! The one error from the program up: opaque, with a kind that decides which Python exception it
//! becomes, a chain of contexts, and room for an error from outside.

use spelunk_memory::{Fault, Unreadable};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What a front end makes of an error. One to one with the exceptions of the Python API.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An operand or argument has the wrong type. Python: `TypeError`.
    Type,
    /// An argument's value is not possible. Python: `ValueError`.
    Value,
    /// Something asked for by name, number or address does not exist. Python: `LookupError`.
    Lookup,
    /// No object has this name. Python: `ObjectNotFoundError`.
    ObjectNotFound {
        /// The name asked for.
        name: String,
    },
    /// A container has nothing under this key, which is the message. Python: `KeyError`.
    Key,
    /// Memory cannot be read. Python: `FaultError`.
    Fault(Unreadable),
    /// Debugging information is missing. Python: `MissingDebugInfoError`.
    MissingDebugInfo,
    /// No default program is set. Python: `NoDefaultProgramError`.
    NoDefaultProgram,
    /// An absent object was used. Python: `ObjectAbsentError`.
    ObjectAbsent,
    /// Access beyond the bounds of a value. Python: `OutOfBoundsError`.
    OutOfBounds,
    /// A number does not fit. Python: `OverflowError`.
    Overflow,
    /// Division by zero. Python: `ZeroDivisionError`.
    ZeroDivision,
    /// A C type name or expression is not well-formed. Python: `SyntaxError`.
    Syntax,
    /// An attribute does not exist. Python: `AttributeError`.
    Attribute,
    /// What the program is does not allow it. Python: `io.UnsupportedOperation`, which is a
    /// `ValueError` and an `OSError`.
    Unsupported,
    /// Types nested without end. Python: `RecursionError`.
    Recursion,
    /// It would take too much memory. Python: `MemoryError`.
    Memory,
    /// Not there yet. Python: `NotImplementedError`.
    NotImplemented,
    /// The host refused. Python: `OSError`.
    Os {
        /// The host's error number, where it gave one.
        errno: Option<i32>,
    },
    /// What a program tells of itself is damaged or impossible. Python: `BadDataError`.
    BadData,
    /// The work was asked to stop. Python: `KeyboardInterrupt`.
    Cancelled,
    /// A helper found what it was asked to check broken. Python: `ValidationError`.
    Validation,
    /// The input is damaged, or something unforeseen happened. Python: `Exception`.
    Other,
    /// An error from outside, carried through unharmed; see [`Error::foreign`].
    Foreign,
}

/// Why something could not be done.
///
/// Cheap to move and to clone. Shown, it is one line: contexts from the outermost in, then the
/// message.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    /// Innermost first.
    context: Vec<String>,
    foreign: Option<Arc<dyn Any + Send + Sync>>,
}

/// What the crate's functions return.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(message: impl Into<String>) -> Self {
                Self::new(ErrorKind::$kind, message)
            }
        )*
    };
}

impl Error {
    /// An error of this kind.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            context: Vec::new(),
            foreign: None,
        }))
    }

    kinds! {
        /// An operand or argument has the wrong type.
        type_ = Type;
        /// An argument's value is not possible.
        value = Value;
        /// Something asked for does not exist.
        lookup = Lookup;
        /// A number does not fit.
        overflow = Overflow;
        /// Not there yet.
        not_implemented = NotImplemented;
        /// What the program is does not allow it.
        unsupported = Unsupported;
        /// The input is damaged, or something unforeseen happened.
        other = Other;
    }

    /// Memory that cannot be read, from `address` on.
    #[must_use]
    pub fn fault(message: impl Into<String>, address: u64) -> Self {
        Self::new(ErrorKind::Fault(Unreadable::at(address)), message)
    }

    /// What `fault` says of a read of `size` bytes from `address` on.
    pub(crate) fn of_read(fault: &Fault, address: u64, size: u64) -> Self {
        Self::new(ErrorKind::Fault(fault.rest(address, size)), fault.message())
    }

    /// An error of the kind [`ErrorKind::ObjectNotFound`]. `what` says
    /// which kinds were looked for (`variable `), or is empty; `reason` why there is none, or is
    /// empty.
    #[must_use]
    pub fn object_not_found(what: &str, name: &str, filename: Option<&str>, reason: &str) -> Self {
        let place = filename.map_or(String::new(), |file| format!(" in '{file}'"));
        Self::new(
            ErrorKind::ObjectNotFound { name: name.into() },
            format!("could not find {what}'{name}'{place}{reason}"),
        )
    }

    /// An error from outside, such as a Python exception that a callback raised. It passes
    /// through all layers, and the front end takes it out again with
    /// [`as_foreign`](Self::as_foreign).
    #[must_use]
    pub fn foreign(message: impl Into<String>, error: Arc<dyn Any + Send + Sync>) -> Self {
        Self(Arc::new(Inner {
            kind: ErrorKind::Foreign,
            message: message.into(),
            context: Vec::new(),
            foreign: Some(error),
        }))
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The message, without its contexts.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The error from outside that this one carries.
    #[must_use]
    pub fn as_foreign(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.0.foreign.as_ref()
    }

    /// The same error, with what was being done when it came up (`reading the list of modules`).
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).context.push(doing.into());
        self
    }

    /// Whether something asked for does not exist: [`ErrorKind::Lookup`] or
    /// [`ErrorKind::ObjectNotFound`].
    #[must_use]
    pub fn is_lookup(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Lookup | ErrorKind::Key | ErrorKind::ObjectNotFound { .. }
        )
    }

    /// Whether memory could not be read.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self.kind(), ErrorKind::Fault(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for context in self.0.context.iter().rev() {
            write!(f, "{context}: ")?;
        }
        match self.0.kind {
            ErrorKind::Fault(Unreadable { address, .. }) => {
                write!(f, "{}: {address:#x}", self.0.message)
            }
            _ => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}
