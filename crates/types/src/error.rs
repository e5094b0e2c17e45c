use std::fmt;
use std::sync::Arc;

/// Why a type is not known.
///
/// Cheap to clone: a type that cannot be completed gives the same answer every time.
#[derive(Clone, Debug)]
pub struct TypeError(Arc<str>);

impl TypeError {
    /// An error that says `message`: which file, section and offset, and what was expected there.
    pub fn new(message: impl Into<Arc<str>>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TypeError {}
