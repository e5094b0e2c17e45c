//! Integers of at most 128 bits, out of objects and into them: what nearly all numbers of a program
//! are.

use super::{Object, Repr, out_of_bounds};
use crate::bits::{self, truncate};
use crate::number::IntegerLayout;
use crate::scalar::{NARROW, integer_layout, stored};
use crate::{Error, Result, Target};
use spelunk_base::ByteOrder;
use spelunk_types::{QualifiedType, Scalar, ScalarKind, Stored};

impl Object {
    /// The integer, truth value, address or enumerator that this is, extended to 128 bits of two's
    /// complement; `None` for other types, and for wider ones.
    #[inline]
    pub(crate) fn find_narrow<'a>(
        &self,
        target: &'a dyn Target,
    ) -> Result<Option<(u128, &'a Scalar)>> {
        let Stored::Number(scalar) = stored(target.types(), self.ty.id)? else {
            return Ok(None);
        };
        if matches!(scalar.kind, ScalarKind::Float | ScalarKind::Complex) {
            return Ok(None);
        }
        let layout = integer_layout(*scalar, self.bit_field_size)?;
        match layout.is_narrow() {
            true => Ok(Some((self.load_narrow(target, layout)?, scalar))),
            false => Ok(None),
        }
    }

    /// The value of an object that has this layout, which is narrow, extended to 128 bits.
    #[inline]
    pub(crate) fn load_narrow(&self, target: &dyn Target, layout: IntegerLayout) -> Result<u128> {
        let bits = match &self.repr {
            // What is behind a value's bytes is zero.
            Repr::Inline { bytes, .. } => from_bytes(*bytes, layout),
            Repr::Reference {
                address,
                bit_offset: 0,
            } => {
                let mut bytes = [0; 16];
                let place = bytes.get_mut(..layout.size.div_ceil(8) as usize);
                target.read(*address, place.ok_or_else(out_of_bounds)?)?;
                from_bytes(bytes, layout)
            }
            _ => self.load_bits(target, layout.size, layout.order)?,
        };
        Ok(layout.form.extend(bits))
    }

    /// `size` bits, at most 128, of a number.
    pub(crate) fn load_bits(
        &self,
        target: &dyn Target,
        size: u32,
        order: ByteOrder,
    ) -> Result<u128> {
        let value = match &self.repr {
            Repr::Reference {
                address,
                bit_offset,
            } => {
                let mut buf = [0; 17];
                let length = (u32::from(*bit_offset) + size).div_ceil(8) as usize;
                let bytes = buf.get_mut(..length).ok_or_else(out_of_bounds)?;
                target.read(*address, bytes)?;
                bits::read(bytes, order, u32::from(*bit_offset), size)
            }
            Repr::Absent(_) => return Err(Error::absent()),
            _ => bits::read(self.value_bytes().unwrap_or(&[]), order, 0, size),
        };
        value.ok_or_else(out_of_bounds)
    }

    /// A value of a type of this layout, which is narrow; what does not fit wraps around.
    #[inline]
    pub(crate) fn from_narrow(
        ty: QualifiedType,
        layout: IntegerLayout,
        bit_field_size: u8,
        value: u128,
    ) -> Self {
        let value = match layout.form.bits == layout.size {
            true => value,
            false => layout.form.extend(value),
        };
        Self {
            ty,
            bit_field_size,
            repr: Repr::bits(value, layout.order, layout.size),
        }
    }
}

/// The number that stands in the first bytes, and in those of lower significance zeros.
#[inline]
fn from_bytes(bytes: [u8; 16], layout: IntegerLayout) -> u128 {
    match layout.order {
        ByteOrder::Little => u128::from_le_bytes(bytes),
        ByteOrder::Big => {
            let unused = NARROW.saturating_sub(layout.size).min(NARROW - 1);
            truncate(u128::from_be_bytes(bytes) >> unused, layout.size)
        }
    }
}

impl IntegerLayout {
    /// Whether the integers fit the host's.
    pub(crate) fn is_narrow(self) -> bool {
        self.size <= NARROW
    }
}
