//! C's operators on objects.

use super::compatible::{are_compatible_unqualified, step_size};
use super::float_type::{self, Compared};
use super::integers;
use super::operand::{Kind, Operand};
use super::primitive::primitive_type;
use super::words;
use crate::bits::sign_extend;
use crate::layout::{name_of, resolve};
use crate::member_pointer::MemberPointer;
use crate::number::Number;
use crate::object::{add, pointer as pointer_to};
use crate::{Error, Object, Result, Target};
use spelunk_types::{Primitive, QualifiedType, Scalar, ScalarKind, TypeData, TypeKind};
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
    /// Whether it shifts: then each operand is promoted for itself.
    pub(super) fn is_shift(self) -> bool {
        matches!(self, Self::ShiftLeft | Self::ShiftRight)
    }

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
        if let Some((a, b)) = integers::Operand::find_both(target, self, other)? {
            return integers::binary(target, operator, a, b);
        }
        self.binary_of_any(target, operator, other)
    }

    fn binary_of_any(
        &self,
        target: &dyn Target,
        operator: BinaryOperator,
        other: &Self,
    ) -> Result<Self> {
        let a = Operand::new(target, self)?;
        let b = Operand::new(target, other)?;
        let result = match (a.integer(), b.integer()) {
            (Some(a), Some(b)) => Some(integers::binary(target, operator, a, b)?),
            _ if operator.is_shift() => None,
            _ => match pointers(target, operator, &a, &b)? {
                None if a.is_arithmetic() && b.is_arithmetic() => {
                    float_type::binary(target, operator, &a, &b)?
                }
                result => result,
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
            (UnaryOperator::Plus, Kind::Float(ty)) => ty.make(&operand.load(target)?),
            (UnaryOperator::Minus, Kind::Float(ty)) => ty.make(&match operand.load(target)? {
                Number::Float(value) => Number::Float(value.negated()),
                Number::Complex(value) => Number::Complex(value.negated()),
                number => number,
            }),
            _ => match operand.integer() {
                Some(operand) => integers::unary(target, operator, operand),
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
    /// If C cannot order them, as complex numbers, or one cannot be read.
    pub fn compare(&self, target: &dyn Target, other: &Self) -> Result<Option<Ordering>> {
        match self.compared(target, other)? {
            Compared::Real(order) => Ok(order),
            Compared::Complex(_) => Err(self.incomparable(target, other)),
        }
    }

    /// Whether `self == other` in C.
    ///
    /// # Errors
    ///
    /// If C cannot compare them, or one cannot be read.
    pub fn equals(&self, target: &dyn Target, other: &Self) -> Result<bool> {
        Ok(match self.compared(target, other)? {
            Compared::Real(order) => order == Some(Ordering::Equal),
            Compared::Complex(is_equal) => is_equal,
        })
    }

    fn is_array_value(&self, target: &dyn Target) -> Result<bool> {
        let data = &resolve(target.types(), self.ty.id)?.1.data;
        Ok(self.value_bytes().is_some() && data.kind() == TypeKind::Array)
    }

    fn compared(&self, target: &dyn Target, other: &Self) -> Result<Compared> {
        if let Some((a, b)) = integers::Operand::find_both(target, self, other)? {
            return Ok(Compared::Real(Some(integers::compare(target, a, b)?)));
        }
        let a = Operand::new(target, self)?;
        let b = Operand::new(target, other)?;
        if let (Kind::Pointer { .. }, Kind::Pointer { .. }) = (a.kind, b.kind) {
            let order = a.address(target)?.cmp(&b.address(target)?);
            return Ok(Compared::Real(Some(order)));
        }
        if let (Some(a), Some(b)) = (a.integer(), b.integer()) {
            return Ok(Compared::Real(Some(integers::compare(target, a, b)?)));
        }
        let compared = match a.is_arithmetic() && b.is_arithmetic() {
            true => float_type::compare(target, &a, &b)?,
            false => None,
        };
        compared.ok_or_else(|| self.incomparable(target, other))
    }

    fn incomparable(&self, target: &dyn Target, other: &Self) -> Error {
        let name = |object| match Operand::new(target, object) {
            Ok(operand) => operand.type_name(target),
            Err(_) => name_of(target.types(), object.ty),
        };
        let (a, b) = (name(self), name(other));
        Error::type_(format!("invalid operands to comparison ('{a}' and '{b}')"))
    }

    /// Whether the value counts as true in C.
    ///
    /// # Errors
    ///
    /// For types that are not scalar; if the value cannot be read.
    pub fn truth(&self, target: &dyn Target) -> Result<bool> {
        if let Some((bits, scalar)) = self.find_narrow(target)? {
            return Ok(match scalar.kind {
                ScalarKind::Pointer => self.is_pointer_set(target, bits, scalar)?,
                _ => bits != 0,
            });
        }
        let operand = Operand::new(target, self)?;
        match operand.kind {
            Kind::Other => Err(self.inconvertible(target, "bool")),
            // An array is where it is, which is not NULL.
            _ if self.is_array_value(target)? => Ok(true),
            _ => Ok(!operand.load(target)?.is_zero()),
        }
    }

    /// Whether a pointer with these bits is not null, which those to data members are not at 0.
    fn is_pointer_set(&self, target: &dyn Target, bits: u128, scalar: &Scalar) -> Result<bool> {
        let (_, ty) = resolve(target.types(), self.ty.id)?;
        Ok(match ty.data {
            TypeData::MemberPointer { .. } => {
                let platform = target.platform();
                MemberPointer::of(bits, scalar.size, scalar.order, platform) != MemberPointer::Null
            }
            _ => bits != 0,
        })
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
    let offset = count.object.to_u64(target)?;
    let offset = offset.wrapping_mul(size);
    let offset = if down { offset.wrapping_neg() } else { offset };
    let address = add(target, pointer.address(target)?, offset);
    pointer_to(target, pointer.ty.id, address)
}
