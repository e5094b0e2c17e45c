//! Numbers in objects, and out of them.

use super::read::read_bytes;
use super::{Object, Repr, read::out_of_bounds};
use crate::bits::{bytes_for, read_wide};
use crate::number::{Float, Integer, Number, Rounding};
use crate::scalar::{NARROW, bits_of, decode, decode_wide, encode, float_format, scalar_of};
use crate::{Error, Result, Target, Value};
use spelunk_types::{QualifiedType, Scalar, ScalarKind};

impl Object {
    /// A value of scalar type, of these bits.
    pub(crate) fn scalar(
        ty: QualifiedType,
        scalar: Scalar,
        bit_field_size: u8,
        bits: u128,
    ) -> Result<Self> {
        Ok(Self {
            ty,
            bit_field_size,
            repr: Repr::bits(bits, scalar.order, bits_of(scalar, bit_field_size)?),
        })
    }

    /// A value of scalar type: `number`, which is one of the type's.
    pub(crate) fn from_number(
        ty: QualifiedType,
        scalar: Scalar,
        bit_field_size: u8,
        number: &Number,
    ) -> Result<Self> {
        Ok(Self {
            ty,
            bit_field_size,
            repr: encode(number, scalar, bit_field_size)?,
        })
    }

    /// The value of an object of scalar type.
    pub(crate) fn load_number(&self, target: &dyn Target, scalar: Scalar) -> Result<Number> {
        let size = bits_of(scalar, self.bit_field_size)?;
        if size <= NARROW {
            let bits = self.load_as(target, scalar)?;
            return decode(bits, scalar, self.bit_field_size);
        }
        let bits = match &self.repr {
            Repr::Reference {
                address,
                bit_offset,
            } => {
                let length = bytes_for(u64::from(*bit_offset), size.into());
                let length = length.ok_or_else(out_of_bounds)?;
                let bytes = read_bytes(target, *address, length)?;
                read_wide(&bytes, scalar.order, (*bit_offset).into(), size)
            }
            Repr::Absent(_) => return Err(Error::absent()),
            _ => read_wide(self.value_bytes().unwrap_or(&[]), scalar.order, 0, size),
        };
        decode_wide(bits.ok_or_else(out_of_bounds)?, scalar, self.bit_field_size)
    }

    /// The number that the object, or what it refers to, is; `None` if it is none.
    fn find_number(&self, target: &dyn Target) -> Result<Option<(Number, Scalar)>> {
        match scalar_of(target.types(), self.ty.id)? {
            Some(scalar) => Ok(Some((self.load_number(target, scalar)?, scalar))),
            None => match self.referent(target)? {
                Some(referent) => referent.find_number(target),
                None => Ok(None),
            },
        }
    }

    /// The value of an integer, Boolean, enumeration or pointer; that of a floating-point number
    /// without its fraction.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also for other types, and values that do not fit.
    pub fn to_i128(&self, target: &dyn Target) -> Result<i128> {
        self.integer(target, Rounding::TowardZero)?
            .to_i128()
            .ok_or_else(|| Error::overflow("int too big to convert"))
    }

    /// As [`to_i128`](Self::to_i128), modulo 2^64: what helpers take addresses, flags and counts
    /// with.
    ///
    /// # Errors
    ///
    /// As [`to_i128`](Self::to_i128).
    pub fn to_u64(&self, target: &dyn Target) -> Result<u64> {
        if let Some((bits, _)) = self.find_narrow(target)? {
            return Ok(bits as u64);
        }
        Ok(self.integer(target, Rounding::TowardZero)?.low_bits() as u64)
    }

    /// The integer that an arithmetic value or a pointer is, or is rounded to.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also for other types, infinities and NaN.
    pub fn to_integer(&self, target: &dyn Target, rounding: Rounding) -> Result<Value> {
        Ok(self.integer(target, rounding)?.into())
    }

    fn integer(&self, target: &dyn Target, rounding: Rounding) -> Result<Integer> {
        match self.find_number(target)? {
            Some((Number::Integer(value), _)) => Ok(value),
            Some((Number::Float(value), _)) => integer_of(&value, rounding),
            Some((Number::Complex(_), _)) | None => Err(self.inconvertible(target, "int")),
        }
    }

    /// The value of any real arithmetic type, as the nearest `f64`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also for other types.
    pub fn to_f64(&self, target: &dyn Target) -> Result<f64> {
        match self.find_number(target)? {
            Some((Number::Integer(value), scalar)) if scalar.kind != ScalarKind::Pointer => {
                Ok(value.to_f64())
            }
            Some((Number::Float(value), _)) => Ok(value.to_f64()),
            _ => Err(self.inconvertible(target, "float")),
        }
    }

    /// A floating-point number rounded to `digits` decimal digits after the point, or before it,
    /// half to even.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also for other types.
    pub fn round_to_digits(&self, target: &dyn Target, digits: i32) -> Result<Self> {
        match self.find_number(target)? {
            Some((Number::Float(value), scalar)) => {
                let value = value.round_to_digits(digits, float_format(scalar)?);
                let ty = self.lvalue(target)?.ty;
                Self::from_number(ty, scalar, 0, &Number::Float(value))
            }
            _ => Err(self.inconvertible(target, "float")),
        }
    }
}

/// The integer that a floating-point number is rounded to, of any size.
pub(super) fn integer_of(value: &Float, rounding: Rounding) -> Result<Integer> {
    match value.to_exact() {
        Some(exact) => Ok(exact.to_integer(rounding).into()),
        None if value.is_nan() => Err(Error::value("cannot convert float NaN to integer")),
        None => Err(Error::overflow("cannot convert float infinity to integer")),
    }
}
