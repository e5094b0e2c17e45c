//! Floating-point types in expressions: their usual arithmetic conversions (C11, 6.3.1.8; for the
//! types that C23 adds, annex H.4).

use super::arithmetic::division_by_zero;
use super::operand::{Kind, Operand};
use super::operators::BinaryOperator;
use super::primitive::primitive_type;
use crate::layout::{name_of, resolve};
use crate::number::{Complex, ComplexOperand, Float, Number};
use crate::scalar::{float_format, scalar_of};
use crate::{Error, Object, Result, Target};
use spelunk_types::{FloatFormat, Primitive, QualifiedType, Scalar, ScalarKind, Type, TypeData};
use std::cmp::Ordering;

/// A floating-point type in an expression, real or complex.
#[derive(Clone, Copy)]
pub(super) struct FloatType {
    pub(super) ty: QualifiedType,
    pub(super) scalar: Scalar,
}

/// The order of types of the same format: an interchange type is before the standard ones, and
/// those before the extended ones (C23, H.4.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Extended,
    Standard,
    LongDouble,
    Interchange,
}

impl FloatType {
    fn is_complex(self) -> bool {
        self.scalar.kind == ScalarKind::Complex
    }

    fn primitive(self, target: &dyn Target) -> Result<Option<Primitive>> {
        Ok(resolve(target.types(), self.ty.id)?.1.data.primitive())
    }

    /// The key that the common type of two has the greater one of.
    fn rank(self, target: &dyn Target) -> Result<(u32, Rank)> {
        use Primitive as P;
        let precision = match float_format(self.scalar)? {
            FloatFormat::Half | FloatFormat::Bfloat16 => 0,
            FloatFormat::Single => 1,
            FloatFormat::Double => 2,
            FloatFormat::Extended => 3,
            FloatFormat::DoubleDouble => 4,
            FloatFormat::Quadruple => 5,
        };
        let primitive = self.primitive(target)?;
        let real = primitive.map(|primitive| primitive.component().unwrap_or(primitive));
        let rank = match real {
            Some(P::Float32x | P::Float64x) => Rank::Extended,
            Some(P::Float16 | P::Float32 | P::Float64 | P::Float128) => Rank::Interchange,
            Some(P::LongDouble) => Rank::LongDouble,
            _ => Rank::Standard,
        };
        Ok((precision, rank))
    }

    /// The type that both are converted to. Between equals it is the second. `None` for half and
    /// bfloat16, of which neither has the other's numbers.
    fn common(self, other: Self, target: &dyn Target) -> Result<Option<Self>> {
        if self.ty == other.ty {
            return Ok(Some(other));
        }
        let (format, other_format) = (float_format(self.scalar)?, float_format(other.scalar)?);
        let (rank, other_rank) = (self.rank(target)?, other.rank(target)?);
        if rank.0 == other_rank.0 && format != other_format {
            return Ok(None);
        }
        let (greater, less) = match rank > other_rank {
            true => (self, other),
            false => (other, self),
        };
        match less.is_complex() && !greater.is_complex() {
            true => greater.to_complex(target).map(Some),
            false => Ok(Some(greater)),
        }
    }

    /// The complex type whose parts are of this real one.
    fn to_complex(self, target: &dyn Target) -> Result<Self> {
        let types = target.types();
        let ty = match self.primitive(target)?.and_then(Primitive::to_complex) {
            Some(complex) => primitive_type(target, complex)?,
            None => {
                let own = resolve(types, self.ty.id)?.1;
                let name = own.data.name().unwrap_or("float");
                let data = TypeData::Float {
                    name: format!("{name} _Complex").into(),
                    size: self.scalar.size.saturating_mul(2),
                    format: self.scalar.format,
                    is_complex: true,
                    byte_order: self.scalar.order,
                };
                types.add(Type::new(own.language, data))?.into()
            }
        };
        Self::of(target, ty)
    }

    /// The real type of a complex one's parts.
    fn part(self, target: &dyn Target) -> Result<QualifiedType> {
        let types = target.types();
        if let Some(part) = self.primitive(target)?.and_then(Primitive::component) {
            return primitive_type(target, part);
        }
        // Clang calls all of them `complex`.
        let size = self.scalar.size / 2;
        for primitive in [Primitive::Float, Primitive::Double, Primitive::LongDouble] {
            let part = Self::of(target, primitive_type(target, primitive)?)?;
            if part.scalar.size == size && part.scalar.format == self.scalar.format {
                return Ok(part.ty);
            }
        }
        let own = resolve(types, self.ty.id)?.1;
        let name = own.data.name().unwrap_or("float");
        let data = TypeData::Float {
            name: name.trim_end_matches(" _Complex").into(),
            size,
            format: self.scalar.format,
            is_complex: false,
            byte_order: self.scalar.order,
        };
        Ok(types.add(Type::new(own.language, data))?.into())
    }

    fn of(target: &dyn Target, ty: QualifiedType) -> Result<Self> {
        match scalar_of(target.types(), ty.id)? {
            Some(scalar) => Ok(Self { ty, scalar }),
            None => Err(Error::type_("no floating-point type")),
        }
    }

    pub(super) fn make(self, number: &Number) -> Result<Object> {
        Object::from_number(self.ty, self.scalar, 0, number)
    }
}

/// The common type of two operands of which one is a floating-point number at least.
fn common(target: &dyn Target, a: &Operand<'_>, b: &Operand<'_>) -> Result<Option<FloatType>> {
    match (a.kind, b.kind) {
        (Kind::Float(a), Kind::Float(b)) => a.common(b, target),
        (Kind::Float(ty), _) | (_, Kind::Float(ty)) => Ok(Some(ty)),
        _ => Ok(None),
    }
}

/// An operand converted to the format of the common type; it stays real or complex.
fn load(target: &dyn Target, operand: &Operand<'_>, format: FloatFormat) -> Result<ComplexOperand> {
    Ok(match operand.load(target)? {
        Number::Integer(value) => ComplexOperand::Real(Float::from_integer(&value, format)),
        Number::Float(value) => ComplexOperand::Real(value.rounded(format)),
        Number::Complex(Complex { real, imaginary }) => ComplexOperand::Complex(Complex {
            real: real.rounded(format),
            imaginary: imaginary.rounded(format),
        }),
    })
}

/// As [`load`], where that takes no more than the host's `double`: for values of one type, which
/// nearly all are.
fn native(target: &dyn Target, operand: &Operand<'_>, format: FloatFormat) -> Result<Option<f64>> {
    let Kind::Float(FloatType { scalar, .. }) = operand.kind else {
        return Ok(None);
    };
    if scalar.format != Some(format) || scalar.kind != ScalarKind::Float {
        return Ok(None);
    }
    let bits = operand.object.load_as(target, scalar)?;
    Ok(match format {
        FloatFormat::Double => Some(f64::from_bits(bits as u64)),
        FloatFormat::Single => Some(f32::from_bits(bits as u32).into()),
        _ => None,
    })
}

/// `a operator b` for arithmetic operands, one of them a floating-point number; `None` if C has no
/// such operation.
pub(super) fn binary(
    target: &dyn Target,
    operator: BinaryOperator,
    a: &Operand<'_>,
    b: &Operand<'_>,
) -> Result<Option<Object>> {
    use BinaryOperator as B;
    if !matches!(operator, B::Add | B::Subtract | B::Multiply | B::Divide) {
        return Ok(None);
    }
    let Some(ty) = common(target, a, b)? else {
        return Ok(None);
    };
    let format = float_format(ty.scalar)?;
    if let (Some(a), Some(b)) = (native(target, a, format)?, native(target, b, format)?) {
        if operator == B::Divide && b == 0.0 {
            return Err(division_by_zero());
        }
        let (a, b) = (Float::Native(a), Float::Native(b));
        return Float::binary(operator, &a, &b, format)
            .map(|value| ty.make(&Number::Float(value)))
            .transpose();
    }
    let (a, b) = (load(target, a, format)?, load(target, b, format)?);
    if operator == B::Divide && b.is_zero() {
        return Err(division_by_zero());
    }
    let result = match (&a, &b) {
        (ComplexOperand::Real(a), ComplexOperand::Real(b)) => {
            Float::binary(operator, a, b, format).map(Number::Float)
        }
        _ => Complex::binary(operator, &a, &b, format).map(Number::Complex),
    };
    result.map(|number| ty.make(&number)).transpose()
}

/// The order of two arithmetic operands, one of them a floating-point number; `None` where one is
/// NaN. Complex numbers have none, but may be equal.
pub(super) fn compare(
    target: &dyn Target,
    a: &Operand<'_>,
    b: &Operand<'_>,
) -> Result<Option<Compared>> {
    let Some(ty) = common(target, a, b)? else {
        return Ok(None);
    };
    let format = float_format(ty.scalar)?;
    let (a, b) = (load(target, a, format)?, load(target, b, format)?);
    if let (ComplexOperand::Real(a), ComplexOperand::Real(b)) = (&a, &b) {
        return Ok(Some(Compared::Real(a.compare(b))));
    }
    let zero = Float::Native(0.0);
    let is_equal = |a: &Float, b: &Float| a.compare(b) == Some(Ordering::Equal);
    let (a_real, a_imaginary) = a.parts(&zero);
    let (b_real, b_imaginary) = b.parts(&zero);
    Ok(Some(Compared::Complex(
        is_equal(a_real, b_real) && is_equal(a_imaginary, b_imaginary),
    )))
}

/// What comparing two floating-point numbers tells.
pub(super) enum Compared {
    /// The order; `None` if one is NaN.
    Real(Option<Ordering>),
    /// Whether complex numbers are equal.
    Complex(bool),
}

impl Object {
    /// The real and the imaginary part of a complex number: references if this is one.
    ///
    /// # Errors
    ///
    /// If this is no complex number, or is absent.
    pub fn complex_parts(&self, target: &dyn Target) -> Result<(Self, Self)> {
        let object = self.lvalue(target)?;
        let scalar = scalar_of(target.types(), object.ty().id)?;
        let Some(scalar) = scalar.filter(|scalar| scalar.kind == ScalarKind::Complex) else {
            let name = name_of(target.types(), self.ty());
            return Err(Error::type_(format!("'{name}' is not a complex number")));
        };
        let ty = object.ty();
        let part = QualifiedType {
            qualifiers: ty.qualifiers,
            ..FloatType { ty, scalar }.part(target)?
        };
        let at = |byte: u64| object.part(target, part, byte * 8, None);
        Ok((at(0)?, at(scalar.size / 2)?))
    }
}
