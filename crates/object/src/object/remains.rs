//! What is left of objects that are absent as a whole: bytes that are known in part, what a pointer
//! points to that is itself nowhere.

use super::{AbsenceReason, Object, Repr};
use crate::layout::{resolve, sizeof};
use crate::{Error, Result, Target};
use spelunk_types::{QualifiedType, TypeData};
use std::sync::Arc;

/// Why an object is absent, and what is known of it nevertheless.
#[derive(Clone, Debug)]
pub(crate) struct Absence {
    pub(crate) reason: AbsenceReason,
    remains: Option<Arc<Remains>>,
}

#[derive(Debug)]
enum Remains {
    /// The bytes, and for each the bits of it that are known.
    Bytes { bytes: Vec<u8>, known: Vec<u8> },
    /// The object that a pointer points into, which has no address, and how many bytes from its
    /// start.
    Pointee { whole: Object, offset: i64 },
}

impl From<AbsenceReason> for Absence {
    fn from(reason: AbsenceReason) -> Self {
        Self {
            reason,
            remains: None,
        }
    }
}

impl Object {
    /// The object with these `bytes`, of which those bits are known that are 1 in `known`. If they
    /// are not all, it is absent as a whole, but its parts that are known are there.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](Self::from_bytes).
    pub fn from_known_bytes(
        target: &dyn Target,
        ty: QualifiedType,
        bytes: &[u8],
        known: &[u8],
    ) -> Result<Self> {
        if known.iter().all(|known| *known == 0xff) {
            return Self::from_bytes(target, ty, bytes, 0, None);
        }
        let data = &resolve(target.types(), ty.id)?.1.data;
        if !matches!(data, TypeData::Compound { .. } | TypeData::Array { .. }) {
            return Ok(Self::remaining(ty, None));
        }
        let remains = Remains::Bytes {
            bytes: bytes.into(),
            known: known.into(),
        };
        let any = known.iter().any(|known| *known != 0);
        Ok(Self::remaining(ty, any.then_some(remains)))
    }

    /// A pointer (or reference) of type `ty` to what stands `offset` bytes into `whole`, which has no
    /// address: it has no value, but leads to that.
    #[must_use]
    pub fn pointer_into(ty: QualifiedType, whole: Self, offset: i64) -> Self {
        Self::remaining(ty, Some(Remains::Pointee { whole, offset }))
    }

    /// Whether this is a pointer to an object that has no address.
    #[must_use]
    pub fn is_synthetic_pointer(&self) -> bool {
        matches!(self.remains(), Some(Remains::Pointee { .. }))
    }

    fn remaining(ty: QualifiedType, remains: Option<Remains>) -> Self {
        Self {
            ty,
            bit_field_size: 0,
            repr: Repr::Absent(Absence {
                reason: AbsenceReason::OptimizedOut,
                remains: remains.map(Arc::new),
            }),
        }
    }

    fn remains(&self) -> Option<&Remains> {
        match &self.repr {
            Repr::Absent(absence) => absence.remains.as_deref(),
            _ => None,
        }
    }

    /// Whether parts of it are known although it is absent.
    #[must_use]
    pub fn has_known_parts(&self) -> bool {
        matches!(self.remains(), Some(Remains::Bytes { .. }))
    }

    /// The part of an absent object, as [`part`](Self::part).
    pub(super) fn known_part(
        &self,
        target: &dyn Target,
        ty: QualifiedType,
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        let Some(Remains::Bytes { bytes, known }) = self.remains() else {
            return Err(Error::absent());
        };
        let lost =
            || Self::absent_bit_field(target, ty, AbsenceReason::OptimizedOut, bit_field_size);
        if bit_offset.is_multiple_of(8) && bit_field_size.is_none() {
            let size = usize::try_from(sizeof(target.types(), ty)?).unwrap_or(usize::MAX);
            let range = usize::try_from(bit_offset / 8)
                .ok()
                .and_then(|start| Some(start..start.checked_add(size)?));
            let Some(range) = range else {
                return lost();
            };
            return match (bytes.get(range.clone()), known.get(range)) {
                (Some(bytes), Some(known)) => Self::from_known_bytes(target, ty, bytes, known),
                _ => lost(),
            };
        }
        // All bits of a number are 1 if they are known.
        let mask = Self::from_bytes(target, ty, known, bit_offset, bit_field_size)?;
        match mask.is_all_ones(target)? {
            true => Self::from_bytes(target, ty, bytes, bit_offset, bit_field_size),
            false => lost(),
        }
    }

    fn is_all_ones(&self, target: &dyn Target) -> Result<bool> {
        let Some((value, scalar)) = self.find_narrow(target)? else {
            return Ok(false);
        };
        let size = crate::scalar::bits_of(*scalar, self.bit_field_size)?;
        Ok(crate::bits::truncate(value, size) == crate::bits::truncate(u128::MAX, size))
    }

    /// What this pointer points to, `index` elements on, if that has no address; of type `ty`.
    pub(crate) fn pointee(
        &self,
        target: &dyn Target,
        ty: QualifiedType,
        index: i64,
    ) -> Result<Option<Self>> {
        let Some(Remains::Pointee { whole, offset }) = self.remains() else {
            return Ok(None);
        };
        let types = target.types();
        let size = match &resolve(types, ty.id)?.1.data {
            // What is behind such a pointer is what the variable is.
            TypeData::Void if index == 0 && *offset == 0 => return Ok(Some(whole.clone())),
            TypeData::Void | TypeData::Function { .. } => return Err(Error::absent()),
            _ => sizeof(types, ty)?,
        };
        let place = index
            .checked_mul(i64::try_from(size).unwrap_or(i64::MAX))
            .and_then(|distance| distance.checked_add(*offset))
            .and_then(|place| u64::try_from(place).ok())
            .and_then(|place| place.checked_mul(8))
            .ok_or_else(super::out_of_bounds)?;
        if place == 0 && whole.ty.id == ty.id {
            return Ok(Some(Self {
                ty,
                ..whole.clone()
            }));
        }
        whole.part(target, ty, place, None).map(Some)
    }
}
