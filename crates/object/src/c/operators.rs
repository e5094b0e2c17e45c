//! C's operators on objects.

use super::arithmetic;
use super::compatible::{are_compatible_unqualified, step_size};
use super::operand::{Kind, Operand};
use super::primitive::{Primitive, primitive_type};
use super::words;
use crate::bits::sign_extend;
use crate::object::add;
use crate::scalar::{encode_float, scalar_of};
use crate::{Error, Object, Result, Target};
use spelunk_types::QualifiedType;
use std::cmp::Ordering;

/// Operators with two operands. Comparison is [`Object::compare`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
}

/// Operators with one operand. Truth is [`Object::truth`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum UnaryOperator {
    Plus,
    Minus,
    Not,
}

impl BinaryOperator {
    /// The operator as C writes it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
        }
    }
}

impl UnaryOperator {
    /// The operator as C writes it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Not => "~",
        }
    }
}

impl Object {
    /// `self operator other`, with C's promotions and conversions.
    ///
    /// # Errors
    ///
    /// If C has no such operation; division by zero, a negative shift; if an operand cannot be
    /// read.
    pub fn binary(
        &self,
        target: &dyn Target,
        operator: BinaryOperator,
        other: &Self,
    ) -> Result<Self> {
        if let Some(result) = words::binary(target.types(), operator, self, other)? {
            return Ok(result);
        }
        let a = Operand::new(target, self)?;
        let b = Operand::new(target, other)?;
        let result = match operator {
            BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => {
                shift(target, operator, &a, &b)?
            }
            _ => match pointers(target, operator, &a, &b)? {
                Some(result) => Some(result),
                None => numbers(target, operator, &a, &b)?,
            },
        };
        result.ok_or_else(|| {
            let (a, b) = (a.type_name(target), b.type_name(target));
            let symbol = operator.symbol();
            Error::type_(format!(
                "invalid operands to binary {symbol} ('{a}' and '{b}')"
            ))
        })
    }

    /// `operator self`, with C's promotions.
    ///
    /// # Errors
    ///
    /// If C has no such operation, or the operand cannot be read.
    pub fn unary(&self, target: &dyn Target, operator: UnaryOperator) -> Result<Self> {
        let operand = Operand::new(target, self)?;
        match (operator, operand.kind) {
            (UnaryOperator::Plus, Kind::Float { size }) => {
                float(target, operand.ty, size, operand.load_float(target)?)
            }
            (UnaryOperator::Minus, Kind::Float { size }) => {
                float(target, operand.ty, size, -operand.load_float(target)?)
            }
            _ => match operand.promoted(target)? {
                Some(ty) => {
                    let value = operand.load_integer(target, ty)?;
                    ty.make(match operator {
                        UnaryOperator::Plus => value,
                        UnaryOperator::Minus => value.wrapping_neg(),
                        UnaryOperator::Not => !value,
                    })
                }
                None => {
                    let name = operand.type_name(target);
                    let symbol = operator.symbol();
                    Err(Error::type_(format!(
                        "invalid operand to unary {symbol} ('{name}')"
                    )))
                }
            },
        }
    }

    /// The order of two values; `None` where one is not a number.
    ///
    /// # Errors
    ///
    /// If C cannot compare them, or one cannot be read.
    pub fn compare(&self, target: &dyn Target, other: &Self) -> Result<Option<Ordering>> {
        let a = Operand::new(target, self)?;
        let b = Operand::new(target, other)?;
        if let (Kind::Pointer { .. }, Kind::Pointer { .. }) = (a.kind, b.kind) {
            return Ok(Some(a.address(target)?.cmp(&b.address(target)?)));
        }
        match (a.promoted(target)?, b.promoted(target)?) {
            (Some(left), Some(right)) => {
                let ty = left.common(right, target)?;
                let left = a.load_integer(target, ty)?;
                let right = b.load_integer(target, ty)?;
                Ok(Some(match ty.is_signed {
                    true => sign_extend(left, ty.bits).cmp(&sign_extend(right, ty.bits)),
                    false => left.cmp(&right),
                }))
            }
            _ if a.is_arithmetic() && b.is_arithmetic() => {
                let (left, right, _) = common_floats(target, &a, &b)?;
                Ok(left.partial_cmp(&right))
            }
            _ => {
                let (a, b) = (a.type_name(target), b.type_name(target));
                Err(Error::type_(format!(
                    "invalid operands to comparison ('{a}' and '{b}')"
                )))
            }
        }
    }

    /// Whether the value counts as true in C.
    ///
    /// # Errors
    ///
    /// For types that are not scalar; if the value cannot be read.
    pub fn truth(&self, target: &dyn Target) -> Result<bool> {
        let operand = Operand::new(target, self)?;
        match operand.kind {
            Kind::Integer(ty) => Ok(operand.load_integer(target, ty)? != 0),
            Kind::Float { .. } => Ok(operand.load_float(target)? != 0.0),
            Kind::Pointer { .. } => Ok(operand.address(target)? != 0),
            Kind::Other => Err(self.inconvertible(target, "bool")),
        }
    }
}

/// Sums and differences with pointers; `None` if no pointer may stand there.
fn pointers(
    target: &dyn Target,
    operator: BinaryOperator,
    a: &Operand<'_>,
    b: &Operand<'_>,
) -> Result<Option<Object>> {
    let types = target.types();
    match (operator, a.kind, b.kind) {
        (BinaryOperator::Add, Kind::Pointer { referenced }, Kind::Integer(_)) => {
            advance(target, a, referenced, b, false).map(Some)
        }
        (BinaryOperator::Add, Kind::Integer(_), Kind::Pointer { referenced }) => {
            advance(target, b, referenced, a, false).map(Some)
        }
        (BinaryOperator::Subtract, Kind::Pointer { referenced }, Kind::Integer(_)) => {
            advance(target, a, referenced, b, true).map(Some)
        }
        (
            BinaryOperator::Subtract,
            Kind::Pointer { referenced },
            Kind::Pointer { referenced: other },
        ) if are_compatible_unqualified(types, referenced.id, other.id)? => {
            let ty = primitive_type(target, Primitive::PtrdiffT)?;
            let size = step_size(types, referenced)?;
            let bytes = i128::from(a.address(target)?) - i128::from(b.address(target)?);
            // Addresses that are far apart differ modulo the address space.
            let bits = target
                .platform()
                .map_or(64, |platform| u32::from(platform.address_size()) * 8);
            let bytes = sign_extend(bytes.cast_unsigned(), bits);
            let Some(count) = bytes.checked_div(size.into()) else {
                return Err(Error::new(
                    crate::ErrorKind::ZeroDivision,
                    "object size is zero",
                ));
            };
            Object::from_value(target, ty, &count.into(), None).map(Some)
        }
        _ => Ok(None),
    }
}

/// The pointer `pointer + count`, or `pointer - count` if `down`.
fn advance(
    target: &dyn Target,
    pointer: &Operand<'_>,
    referenced: QualifiedType,
    count: &Operand<'_>,
    down: bool,
) -> Result<Object> {
    let size = step_size(target.types(), referenced)?;
    let offset = count.load_bits(target, 64, true)? as u64;
    let offset = offset.wrapping_mul(size);
    let offset = if down { offset.wrapping_neg() } else { offset };
    let address = add(target, pointer.address(target)?, offset);
    match scalar_of(target.types(), pointer.ty.id)? {
        Some(scalar) => Object::scalar(pointer.ty, scalar, 0, address.into()),
        None => Err(Error::type_("not a pointer type")),
    }
}

/// Arithmetic on numbers; `None` if the operands are none, or not of the right kind.
fn numbers(
    target: &dyn Target,
    operator: BinaryOperator,
    a: &Operand<'_>,
    b: &Operand<'_>,
) -> Result<Option<Object>> {
    if let (Some(left), Some(right)) = (a.promoted(target)?, b.promoted(target)?) {
        let ty = left.common(right, target)?;
        let left = a.load_integer(target, ty)?;
        let right = b.load_integer(target, ty)?;
        let bits = arithmetic::integers(operator, left, right, ty.bits, ty.is_signed)?;
        return ty.make(bits).map(Some);
    }
    use BinaryOperator as B;
    if !a.is_arithmetic()
        || !b.is_arithmetic()
        || !matches!(operator, B::Add | B::Subtract | B::Multiply | B::Divide)
    {
        return Ok(None);
    }
    let (left, right, (ty, size)) = common_floats(target, a, b)?;
    match arithmetic::floats(operator, left, right)? {
        Some(value) => float(target, ty, size, value).map(Some),
        None => Ok(None),
    }
}

/// Both values as floating-point numbers, and the type and size of the common one.
fn common_floats(
    target: &dyn Target,
    a: &Operand<'_>,
    b: &Operand<'_>,
) -> Result<(f64, f64, (QualifiedType, u64))> {
    let ty = match (a.kind, b.kind) {
        (Kind::Float { size }, Kind::Float { size: other }) if size > other => (a.ty, size),
        (_, Kind::Float { size }) => (b.ty, size),
        (Kind::Float { size }, _) => (a.ty, size),
        _ => return Err(Error::type_("operands are no floating-point numbers")),
    };
    // An integer becomes a number of the common type, which may have fewer bits.
    let load = |operand: &Operand<'_>| -> Result<f64> {
        let value = operand.load_float(target)?;
        Ok(match ty.1 {
            4 => f64::from(value as f32),
            _ => value,
        })
    };
    Ok((load(a)?, load(b)?, ty))
}

fn float(target: &dyn Target, ty: QualifiedType, size: u64, value: f64) -> Result<Object> {
    match scalar_of(target.types(), ty.id)? {
        Some(scalar) => Object::scalar(ty, scalar, 0, encode_float(value, size)?),
        None => Err(Error::type_("no floating-point type")),
    }
}

fn shift(
    target: &dyn Target,
    operator: BinaryOperator,
    a: &Operand<'_>,
    b: &Operand<'_>,
) -> Result<Option<Object>> {
    let (Some(ty), Some(count)) = (a.promoted(target)?, b.promoted(target)?) else {
        return Ok(None);
    };
    let value = a.load_integer(target, ty)?;
    let distance = b.load_integer(target, count)?;
    if count.is_signed && sign_extend(distance, count.bits) < 0 {
        return Err(Error::value("negative shift count"));
    }
    let bits = arithmetic::shift(operator, value, distance, ty.bits, ty.is_signed)?;
    ty.make(bits).map(Some)
}
