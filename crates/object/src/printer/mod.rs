//! What containers and other classes of libraries hold, instead of what they are made of.
//!
//! * [`Printer`] says which types it knows, and [`Present`] what an object of one is:
//!   a [`Presentation`], which the formatter writes and scripts walk.
//! * [`Printers`] are those registered with a target: [`Target::printers`](crate::Target::printers).
//! * `type_name` takes names of types apart, and shortens them.
//! * `reach` gets at the insides of an object, `chain` and `tree` at the nodes of containers; `parts`,
//!   `characters` and `words` make presentations of them.
//! * `libstdcxx`, `libcxx` and `rust` are the libraries known here.

mod chain;
mod characters;
mod libcxx;
mod libstdcxx;
mod nodes;
mod parts;
mod presentation;
mod reach;
mod registry;
mod rust;
mod table;
mod tree;
mod type_name;
mod words;

pub use presentation::{Child, Key, Presentation, Walk};
pub use registry::{Present, Printer, Printers};
pub use type_name::TypeName;
pub(crate) use type_name::{ALIASES, INLINE_NAMESPACES, is_default, shortened};

use crate::{Error, Object, Result, Target};
use std::sync::Arc;

impl Object {
    /// What the object is to the printer of its type, if it has one that knows what to say.
    ///
    /// # Errors
    ///
    /// Those of users' printers.
    pub fn presentation(&self, target: &dyn Target) -> Result<Option<Presentation>> {
        match self.printer(target)? {
            Some(printer) => printer.present(target, self),
            None => Ok(None),
        }
    }

    /// As [`presentation`](Self::presentation), but an error if the object cannot be read or is
    /// not made as expected.
    pub(crate) fn lookup_presentation(&self, target: &dyn Target) -> Result<Option<Presentation>> {
        match self.printer(target)? {
            Some(printer) => printer.present_or_fail(target, self),
            None => Ok(None),
        }
    }

    fn printer(&self, target: &dyn Target) -> Result<Option<Arc<dyn Present>>> {
        match target.printers() {
            Some(printers) if !self.is_absent() => printers.find(target, self.ty.id),
            _ => Ok(None),
        }
    }

    /// The children of a container, one after the other: the elements of an array or vector, the
    /// keys and values of a map, what a pointer or smart pointer points to.
    ///
    /// # Errors
    ///
    /// If the object is nothing of this kind, or its printer fails.
    pub fn children(&self, target: &dyn Target) -> Result<Box<dyn Walk>> {
        presentation::children(self, target)
    }

    /// The elements of a container that keeps them one after the other in memory, such as a vector,
    /// as an array.
    ///
    /// # Errors
    ///
    /// If the object is nothing of this kind, or its printer fails.
    pub fn array(&self, target: &dyn Target) -> Result<Object> {
        presentation::array(self, target)
    }

    /// How to get at what a container holds, for messages about operations that only arrays have:
    /// empty if this is none.
    #[must_use]
    pub fn container_hint(&self, target: &dyn Target) -> &'static str {
        match self.presentation(target) {
            Ok(Some(Presentation::Array(_))) => "; array_() is the array of its elements",
            Ok(Some(Presentation::Children(_) | Presentation::Tuple { .. })) => {
                "; children_() walks what it holds"
            }
            Ok(Some(Presentation::String { .. })) => "; string_() gives its characters",
            _ => "",
        }
    }
}

/// A container whose parts contradict each other.
fn damaged(message: impl Into<String>) -> Error {
    Error::value(message)
}
