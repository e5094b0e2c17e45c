//! References of C++: in expressions they are what they refer to.

use super::Object;
use crate::layout::{resolve, too_deep};
use crate::scalar::stored;
use crate::{Error, Result, Target};
use spelunk_types::{Scalar, Stored, TypeData, TypeId, TypeStore};
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
        let Stored::Reference(scalar) = stored(target.types(), self.ty.id)? else {
            return Ok(None);
        };
        let mut referent = self.one_referent(target, *scalar)?;
        for _ in 1..MAX_REFERENCES {
            let Stored::Reference(scalar) = stored(target.types(), referent.ty.id)? else {
                return Ok(Some(referent));
            };
            referent = referent.one_referent(target, *scalar)?;
        }
        Err(too_deep())
    }

    fn one_referent(&self, target: &dyn Target, scalar: Scalar) -> Result<Self> {
        match resolve(target.types(), self.ty.id)?.1.data {
            TypeData::Pointer { referenced, .. } => {
                if let Some(pointee) = self.pointee(target, referenced, 0)? {
                    return Ok(pointee);
                }
                Ok(Self::at(referenced, self.load_as(target, scalar)? as u64))
            }
            _ => Err(Error::type_("not a reference")),
        }
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
    Ok(match stored(types, id)? {
        Stored::Number(scalar) | Stored::Reference(scalar) => Some(*scalar),
        Stored::Other => None,
    })
}
