//! Objects as text in C's syntax.

mod options;

pub use options::{FormatOptions, IntegerBase};

impl crate::Object {
    /// The object in C's syntax.
    ///
    /// # Errors
    ///
    /// If a type cannot be completed. Memory that cannot be read is shown in place.
    pub fn format(
        &self,
        target: &dyn crate::Target,
        options: &FormatOptions,
    ) -> crate::Result<String> {
        let _ = (target, options);
        Err(crate::Error::not_implemented("not implemented yet"))
    }
}
