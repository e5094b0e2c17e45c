//! Printers of a library: a function for each of its types.

use super::{Present, Presentation, Printer, TypeName};
use crate::{Error, ErrorKind, Object, Result, Target};
use spelunk_base::Language;
use spelunk_types::TypeId;
use std::sync::Arc;

/// Says what an object is. Errors mean that it is not made as expected: another version of the
/// library, or a damaged object.
pub(super) type Show = fn(&dyn Target, &Object) -> Result<Presentation>;

/// The printers of one library.
pub(super) struct Table {
    pub(super) language: Language,
    /// The namespace that all names have in them, if any tells the library from others.
    pub(super) namespace: Option<&'static str>,
    /// Names without template arguments and inline namespaces, and what shows such types.
    pub(super) types: &'static [(&'static str, Show)],
    /// What shows types that have no name of their own.
    pub(super) other: fn(&dyn Target, TypeId, &TypeName<'_>) -> Result<Option<Show>>,
}

impl Printer for Table {
    fn serves(&self, language: Language) -> bool {
        language == self.language
    }

    fn find(
        &self,
        target: &dyn Target,
        ty: TypeId,
        name: &TypeName<'_>,
    ) -> Result<Option<Arc<dyn Present>>> {
        if self
            .namespace
            .is_some_and(|own| !name.full().starts_with(own))
        {
            return Ok(None);
        }
        let known = self.types.iter().find(|(known, _)| *known == name.base());
        let show = match known {
            Some((_, show)) => Some(*show),
            None => (self.other)(target, ty, name)?,
        };
        Ok(show.map(|show| Arc::new(Shown(show)) as _))
    }
}

struct Shown(Show);

impl Present for Shown {
    /// An object that is not as it should be says most as the structure that it is.
    fn present(&self, target: &dyn Target, object: &Object) -> Result<Option<Presentation>> {
        match self.present_or_fail(target, object) {
            Err(error) if is_of_the_target(&error) => Ok(None),
            result => result,
        }
    }

    fn present_or_fail(
        &self,
        target: &dyn Target,
        object: &Object,
    ) -> Result<Option<Presentation>> {
        (self.0)(target, object).map(Some)
    }
}

fn is_of_the_target(error: &Error) -> bool {
    !matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Foreign)
}
