//! C's operators on integers.

use super::arithmetic::{self, narrow_shift};
use super::integer_type::IntegerType;
use super::operators::{BinaryOperator, UnaryOperator};
use crate::number::Integer;
use crate::{Error, Object, Result, Target};
use std::cmp::Ordering;

/// An integer and its type, before promotion.
#[derive(Clone, Copy)]
pub(super) struct Operand<'a> {
    pub(super) object: &'a Object,
    pub(super) ty: IntegerType<'a>,
}

impl<'a> Operand<'a> {
    /// Both operands of an operator; `None` unless both are integers.
    #[inline]
    pub(super) fn find_both(
        target: &'a dyn Target,
        a: &'a Object,
        b: &'a Object,
    ) -> Result<Option<(Self, Self)>> {
        let Some(a) = Self::find(target, a)? else {
            return Ok(None);
        };
        let is_same = a.object.ty.id == b.ty.id && a.object.bit_field_size == b.bit_field_size;
        let b = match is_same {
            true => Some(Self { object: b, ..a }),
            false => Self::find(target, b)?,
        };
        Ok(b.map(|b| (a, b)))
    }

    /// `None` for objects that are no integers.
    #[inline]
    pub(super) fn find(target: &'a dyn Target, object: &'a Object) -> Result<Option<Self>> {
        Ok(IntegerType::of(target, object)?.map(|ty| Self { object, ty }))
    }

    /// The value, of a narrow type.
    #[inline]
    fn load_narrow(self, target: &dyn Target) -> Result<u128> {
        self.object.load_narrow(target, self.ty.layout())
    }

    /// The value converted to type `to`.
    fn load(self, target: &dyn Target, to: IntegerType<'_>) -> Result<Integer> {
        Ok(to.form().wrap(&self.ty.load(target, self.object)?))
    }
}

/// `a operator b`.
pub(super) fn binary<'a>(
    target: &'a dyn Target,
    operator: BinaryOperator,
    a: Operand<'a>,
    b: Operand<'a>,
) -> Result<Object> {
    if operator.is_shift() {
        return shift(target, operator, a, b);
    }
    let ty = a.ty.usual(b.ty, target)?;
    // The common type is as wide as both.
    if ty.is_narrow() {
        let (a, b) = (a.load_narrow(target)?, b.load_narrow(target)?);
        let value = arithmetic::narrow(operator, a, b, ty.form())?;
        return Ok(ty.make_narrow(value));
    }
    let (a, b) = (a.load(target, ty)?, b.load(target, ty)?);
    ty.make(arithmetic::integers(operator, &a, &b, ty.form())?)
}

fn shift<'a>(
    target: &'a dyn Target,
    operator: BinaryOperator,
    a: Operand<'a>,
    b: Operand<'a>,
) -> Result<Object> {
    let ty = a.ty.promote(target)?;
    let negative = || Error::value("negative shift count");
    if ty.is_narrow() && b.ty.is_narrow() {
        let distance = b.load_narrow(target)?;
        if b.ty.form().is_signed && distance.cast_signed() < 0 {
            return Err(negative());
        }
        let value = a.load_narrow(target)?;
        let distance = u32::try_from(distance).unwrap_or(u32::MAX);
        return Ok(ty.make_narrow(narrow_shift(operator, value, distance, ty.form())));
    }
    let distance = b.ty.load(target, b.object)?;
    if distance.is_negative() {
        return Err(negative());
    }
    let value = a.load(target, ty)?;
    ty.make(arithmetic::shift(operator, &value, &distance, ty.form()))
}

/// `operator operand`.
pub(super) fn unary<'a>(
    target: &'a dyn Target,
    operator: UnaryOperator,
    operand: Operand<'a>,
) -> Result<Object> {
    let ty = operand.ty.promote(target)?;
    let subtract = BinaryOperator::Subtract;
    // In two's complement ~x is -1 - x.
    if ty.is_narrow() {
        let value = operand.load_narrow(target)?;
        return Ok(ty.make_narrow(match operator {
            UnaryOperator::Plus => value,
            UnaryOperator::Minus => value.wrapping_neg(),
            UnaryOperator::Not => !value,
        }));
    }
    let value = operand.load(target, ty)?;
    let from = |start| arithmetic::integers(subtract, &Integer::Signed(start), &value, ty.form());
    ty.make(match operator {
        UnaryOperator::Minus => from(0)?,
        UnaryOperator::Not => from(-1)?,
        UnaryOperator::Plus => value,
    })
}

/// The order of two integers, converted to their common type.
pub(super) fn compare<'a>(
    target: &'a dyn Target,
    a: Operand<'a>,
    b: Operand<'a>,
) -> Result<Ordering> {
    let ty = a.ty.usual(b.ty, target)?;
    if !ty.is_narrow() {
        return Ok(a.load(target, ty)?.cmp(&b.load(target, ty)?));
    }
    let form = ty.form();
    let (a, b) = (
        form.extend(a.load_narrow(target)?),
        form.extend(b.load_narrow(target)?),
    );
    Ok(match form.is_signed {
        true => a.cast_signed().cmp(&b.cast_signed()),
        false => a.cmp(&b),
    })
}
