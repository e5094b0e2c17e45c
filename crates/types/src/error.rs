use spelunk_base::Cancelled;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Why a type is not known.
///
/// Cheap to clone: a type that cannot be completed gives the same answer every time.
#[derive(Clone)]
pub struct TypeError {
    message: Arc<str>,
    foreign: Option<Arc<dyn Any + Send + Sync>>,
}

impl TypeError {
    /// An error that says `message`: which file, section and offset, and what was expected there.
    pub fn new(message: impl Into<Arc<str>>) -> Self {
        Self {
            message: message.into(),
            foreign: None,
        }
    }

    /// An error of a front end's own (a Python exception from a function that should have made a
    /// type), which it gets back unharmed by [`as_foreign`](Self::as_foreign). It is not
    /// remembered: the next time may go well.
    #[must_use]
    pub fn foreign(message: impl Into<Arc<str>>, error: Arc<dyn Any + Send + Sync>) -> Self {
        Self {
            message: message.into(),
            foreign: Some(error),
        }
    }

    /// Whether the user asked to stop, which is not remembered either.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.as_foreign()
            .is_some_and(|error| error.is::<Cancelled>())
    }

    /// The front end's own error, where that is what it is.
    #[must_use]
    pub fn as_foreign(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.foreign.as_ref()
    }
}

impl From<Cancelled> for TypeError {
    fn from(error: Cancelled) -> Self {
        Self::foreign(error.to_string(), Arc::new(error))
    }
}

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypeError({self})")
    }
}

impl std::error::Error for TypeError {}
