//! What the operands of `?:` and of comparisons are converted to (C11, 6.5.15 and 6.5.9).

use super::super::operand::{Kind, Operand};
use super::evaluator::Evaluator;
use crate::{BinaryOperator, Error, Object, Result, unaliased_kind};
use spelunk_types::{QualifiedType, TypeKind};

impl Evaluator<'_> {
    /// The value of a conditional expression.
    pub(super) fn choose(&self, is_first: bool, first: Object, second: Object) -> Result<Object> {
        let target = self.target();
        let types = target.types();
        let ty = {
            let (a, b) = (
                Operand::new(target, &first)?,
                Operand::new(target, &second)?,
            );
            match (a.kind, b.kind) {
                _ if a.is_arithmetic() && b.is_arithmetic() => {
                    // The type of a product is that of both.
                    first
                        .binary(target, BinaryOperator::Multiply, &second)?
                        .ty()
                }
                (Kind::Pointer { referenced: one }, Kind::Pointer { referenced: other }) => {
                    let is_void = |ty| Ok::<_, Error>(unaliased_kind(types, ty)? == TypeKind::Void);
                    // A null pointer is of any type, `void *` is of none.
                    match (is_void(one)?, is_void(other)?) {
                        (true, false) if is_null(self, &first)? => b.ty,
                        (false, true) if is_null(self, &second)? => a.ty,
                        (false, true) => b.ty,
                        _ => a.ty,
                    }
                }
                (Kind::Pointer { .. }, Kind::Integer(_)) => a.ty,
                (Kind::Integer(_), Kind::Pointer { .. }) => b.ty,
                _ if a.ty.id == b.ty.id => {
                    return Ok(if is_first { first } else { second });
                }
                _ => return Err(Error::type_("operands of '?:' have no type in common")),
            }
        };
        let chosen = if is_first { first } else { second };
        // The address of an array is known, while it has no value.
        let chosen = decay(self, chosen)?;
        chosen.cast(target, QualifiedType::from(ty.id))
    }

    /// Operands that can be compared: a null pointer constant is a pointer.
    pub(super) fn comparable(&self, left: Object, right: Object) -> Result<(Object, Object)> {
        let target = self.target();
        let pointers = {
            let (a, b) = (Operand::new(target, &left)?, Operand::new(target, &right)?);
            match (a.kind, b.kind) {
                (Kind::Pointer { .. }, Kind::Integer(_)) => Some((false, a.ty)),
                (Kind::Integer(_), Kind::Pointer { .. }) => Some((true, b.ty)),
                _ => None,
            }
        };
        Ok(match pointers {
            Some((true, ty)) => (left.cast(target, ty)?, right),
            Some((false, ty)) => (left, right.cast(target, ty)?),
            None => (left, right),
        })
    }
}

fn is_null(evaluator: &Evaluator<'_>, pointer: &Object) -> Result<bool> {
    Ok(pointer.address().is_none() && !pointer.truth(evaluator.target())?)
}

fn decay(evaluator: &Evaluator<'_>, object: Object) -> Result<Object> {
    let types = evaluator.target().types();
    match unaliased_kind(types, object.ty())? {
        TypeKind::Array if object.address().is_some() => object
            .index(evaluator.target(), 0)?
            .address_of(evaluator.target()),
        TypeKind::Function => object.address_of(evaluator.target()),
        _ => Ok(object),
    }
}
