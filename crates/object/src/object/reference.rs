//! References of C++: in expressions they are what they refer to.

use super::Object;
use crate::layout::{resolve, too_deep};
use crate::scalar::scalar_of;
use crate::{Result, Target};
use spelunk_types::{PointerForm, Scalar, TypeData, TypeId, TypeStore};
use std::borrow::Cow;

/// References to references: C++ has none.
const MAX_REFERENCES: u32 = 8;

impl Object {
    /// What a reference of C++ (`int &`) refers to; `None` for objects that are none.
    ///
    /// # Errors
    ///
    /// If the reference cannot be read, or is absent.
    pub fn referent(&self, target: &dyn Target) -> Result<Option<Self>> {
        let types = target.types();
        let mut referent: Option<Self> = None;
        for _ in 0..MAX_REFERENCES {
            let object = referent.as_ref().unwrap_or(self);
            let (id, ty) = resolve(types, object.ty.id)?;
            let TypeData::Pointer {
                form, referenced, ..
            } = ty.data
            else {
                return Ok(referent);
            };
            if form == PointerForm::Pointer {
                return Ok(referent);
            }
            let Some(scalar) = types.reference_scalar(id)? else {
                return Ok(referent);
            };
            let address = object.load_as(target, scalar)? as u64;
            referent = Some(Self::at(referenced, address));
        }
        Err(too_deep())
    }

    /// The object itself, or what it refers to if it is a reference of C++.
    pub(crate) fn lvalue(&self, target: &dyn Target) -> Result<Cow<'_, Self>> {
        Ok(match self.referent(target)? {
            Some(referent) => Cow::Owned(referent),
            None => Cow::Borrowed(self),
        })
    }
}

/// What stands in memory as one number: a scalar, or the address that a reference of C++ is.
pub(super) fn stored_scalar(types: &TypeStore, id: TypeId) -> Result<Option<Scalar>> {
    match scalar_of(types, id)? {
        None => Ok(types.reference_scalar(id)?),
        scalar => Ok(scalar),
    }
}
