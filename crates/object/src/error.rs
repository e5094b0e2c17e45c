use spelunk_memory::{Fault, Unreadable};
use spelunk_types::TypeError;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What went wrong, for a front end to choose its exception by. One kind is one exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// Operands or types do not fit the operation (`TypeError`).
    Type,
    /// A value does not fit (`ValueError`).
    Value,
    /// Nothing has that name (`LookupError`).
    Lookup,
    /// An attribute that this kind of type does not have (`AttributeError`).
    Attribute,
    /// A number is too large (`OverflowError`).
    Overflow,
    /// Division by zero (`ZeroDivisionError`).
    ZeroDivision,
    /// Text that is no type name or designator (`SyntaxError`).
    Syntax,
    /// Memory of the target that cannot be read, from this address on (`FaultError`).
    Fault(Unreadable),
    /// An absent object was used (`ObjectAbsentError`).
    ObjectAbsent,
    /// An access beyond the end of a value (`OutOfBoundsError`).
    OutOfBounds,
    /// Type nesting without end (`RecursionError`).
    Recursion,
    /// It would take too much memory (`MemoryError`).
    Memory,
    /// Not done yet, or not possible on this target (`NotImplementedError`).
    NotImplemented,
    /// The operating system refused (`OSError`).
    Os {
        /// The system's error number.
        errno: i32,
    },
    /// Debugging information is missing (`MissingDebugInfoError`).
    MissingDebugInfo,
    /// The user asked to stop (`KeyboardInterrupt`).
    Cancelled,
    /// Anything else (`Exception`).
    Other,
    /// An error of a front end's own, on its way back there: see [`Error::foreign`].
    Foreign,
}

/// Why an operation failed: a kind and a message. One pointer in size.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    foreign: Option<Arc<dyn Any + Send + Sync>>,
}

/// What an operation on objects and types gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

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
    /// An error of `kind` that says `message`.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            foreign: None,
        }))
    }

    kinds! {
        /// Operands or types do not fit the operation.
        type_ = Type;
        /// A value does not fit.
        value = Value;
        /// Nothing has that name.
        lookup = Lookup;
        /// A number is too large.
        overflow = Overflow;
        /// Text that is no type name or designator.
        syntax = Syntax;
        /// An access beyond the end of a value.
        out_of_bounds = OutOfBounds;
        /// Not done yet, or not possible on this target.
        not_implemented = NotImplemented;
        /// Anything else.
        other = Other;
    }

    /// Memory that cannot be read, from `address` on.
    #[must_use]
    pub fn fault(message: impl Into<String>, address: u64) -> Self {
        Self::new(ErrorKind::Fault(Unreadable::at(address)), message)
    }

    /// The use of an absent object.
    #[must_use]
    pub fn absent() -> Self {
        Self::new(ErrorKind::ObjectAbsent, "object absent")
    }

    /// An error of a front end's own (a Python exception from a memory reader, say), which it gets
    /// back unharmed by [`as_foreign`](Self::as_foreign).
    #[must_use]
    pub fn foreign(message: impl Into<String>, error: Arc<dyn Any + Send + Sync>) -> Self {
        Self(Box::new(Inner {
            kind: ErrorKind::Foreign,
            message: message.into(),
            foreign: Some(error),
        }))
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message alone. A fault's address is not part of it; [`Display`](fmt::Display) adds it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The front end's own error, where that is what it is.
    #[must_use]
    pub fn as_foreign(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.0.foreign.as_ref()
    }

    /// Whether target memory could not be read.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Fault(_))
    }

    /// Whether nothing has the name that was looked up.
    #[must_use]
    pub fn is_lookup(&self) -> bool {
        self.0.kind == ErrorKind::Lookup
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        write!(f, "{:?}({self})", self.0.kind)
    }
}

impl std::error::Error for Error {}

impl From<TypeError> for Error {
    fn from(error: TypeError) -> Self {
        match error.as_foreign() {
            _ if error.is_cancelled() => Self::new(ErrorKind::Cancelled, error.to_string()),
            Some(foreign) => Self::foreign(error.to_string(), Arc::clone(foreign)),
            None => Self::other(error.to_string()),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let kind = ErrorKind::Fault(fault.rest(fault.address, 0));
        Self::new(kind, fault.message())
    }
}
