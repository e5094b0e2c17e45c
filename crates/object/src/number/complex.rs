use super::Float;
use crate::c::BinaryOperator;
use spelunk_types::FloatFormat;

/// A complex number.
#[derive(Clone, Debug)]
pub(crate) struct Complex {
    pub(crate) real: Float,
    pub(crate) imaginary: Float,
}

/// An operand: C does not make a complex number of a real one, whose imaginary part would be a 0
/// with a sign (C11, G.5).
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Real(Float),
    Complex(Complex),
}

impl Operand {
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Real(value) => value.is_zero(),
            Self::Complex(value) => value.real.is_zero() && value.imaginary.is_zero(),
        }
    }

    /// The real and the imaginary part, which is `zero` for a real number.
    pub(crate) fn parts<'a>(&'a self, zero: &'a Float) -> (&'a Float, &'a Float) {
        match self {
            Self::Real(value) => (value, zero),
            Self::Complex(value) => (&value.real, &value.imaginary),
        }
    }
}

use BinaryOperator::{Add, Divide, Multiply, Subtract};

impl Complex {
    /// `a operator b`, its parts rounded once to `format`, which all are of; `None` if there is no
    /// such operation. One of the operands is complex; `b` is not 0 where it divides.
    pub(crate) fn binary(
        operator: BinaryOperator,
        a: &Operand,
        b: &Operand,
        format: FloatFormat,
    ) -> Option<Self> {
        let part = |operator, a: &Float, b: &Float| Float::binary(operator, a, b, format);
        let (real, imaginary) = match (operator, a, b) {
            (Add | Subtract, Operand::Complex(a), Operand::Complex(b)) => (
                part(operator, &a.real, &b.real)?,
                part(operator, &a.imaginary, &b.imaginary)?,
            ),
            (Add | Subtract, Operand::Complex(a), Operand::Real(b)) => {
                (part(operator, &a.real, b)?, a.imaginary.clone())
            }
            (Add, Operand::Real(a), Operand::Complex(b)) => {
                (part(operator, a, &b.real)?, b.imaginary.clone())
            }
            (Subtract, Operand::Real(a), Operand::Complex(b)) => {
                (part(operator, a, &b.real)?, b.imaginary.clone().negated())
            }
            (Multiply | Divide, Operand::Complex(a), Operand::Real(b)) => (
                part(operator, &a.real, b)?,
                part(operator, &a.imaginary, b)?,
            ),
            (Multiply, Operand::Real(a), Operand::Complex(b)) => (
                part(operator, a, &b.real)?,
                part(operator, a, &b.imaginary)?,
            ),
            (Multiply, Operand::Complex(a), Operand::Complex(b)) => a.multiply(b, format)?,
            (Divide, Operand::Complex(a), Operand::Complex(b)) => a.divide(b, format)?,
            (Divide, Operand::Real(a), Operand::Complex(b)) => {
                let a = Self {
                    real: a.clone(),
                    imaginary: Float::Native(0.0),
                };
                a.divide(b, format)?
            }
            _ => return None,
        };
        Some(Self { real, imaginary })
    }

    pub(crate) fn negated(self) -> Self {
        Self {
            real: self.real.negated(),
            imaginary: self.imaginary.negated(),
        }
    }

    /// (ac - bd) + (ad + bc)i
    fn multiply(&self, other: &Self, format: FloatFormat) -> Option<(Float, Float)> {
        let (a, b) = (&self.real, &self.imaginary);
        let (c, d) = (&other.real, &other.imaginary);
        let real = sum_of_products(Subtract, (a, c), (b, d), format)?;
        let imaginary = sum_of_products(Add, (a, d), (b, c), format)?;
        Some((real, imaginary))
    }

    /// ((ac + bd) + (bc - ad)i) / (cc + dd)
    fn divide(&self, other: &Self, format: FloatFormat) -> Option<(Float, Float)> {
        let (a, b) = (&self.real, &self.imaginary);
        let (c, d) = (&other.real, &other.imaginary);
        let part = |operator, left, right| {
            let dividend = exact_sum(operator, left, right);
            let divisor = exact_sum(Add, (c, c), (d, d));
            match (dividend, divisor) {
                (Some(Float::Exact(dividend)), Some(Float::Exact(divisor))) => {
                    Some(Float::Exact(dividend.divide(&divisor)).rounded(format))
                }
                // With infinities: an infinite divisor leaves 0, an infinite dividend infinity.
                _ => {
                    let dividend = sum_of_products(operator, left, right, format)?;
                    let divisor = sum_of_products(Add, (c, c), (d, d), format)?;
                    Float::binary(Divide, &dividend, &divisor, format)
                }
            }
        };
        Some((part(Add, (a, c), (b, d))?, part(Subtract, (b, c), (a, d))?))
    }
}

/// a * b ± c * d without rounding; `None` if one is infinite or no number.
fn exact_sum(
    operator: BinaryOperator,
    (a, b): (&Float, &Float),
    (c, d): (&Float, &Float),
) -> Option<Float> {
    let left = a.to_exact()?.multiply(&b.to_exact()?);
    let right = c.to_exact()?.multiply(&d.to_exact()?);
    Some(Float::Exact(match operator {
        Add => left.add(&right),
        _ => left.add(&right.negated()),
    }))
}

/// a * b ± c * d, rounded once if all are finite.
fn sum_of_products(
    operator: BinaryOperator,
    left: (&Float, &Float),
    right: (&Float, &Float),
    format: FloatFormat,
) -> Option<Float> {
    match exact_sum(operator, left, right) {
        Some(sum) => Some(sum.rounded(format)),
        None => {
            let left = Float::binary(Multiply, left.0, left.1, format)?;
            let right = Float::binary(Multiply, right.0, right.1, format)?;
            Float::binary(operator, &left, &right, format)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complex(real: f64, imaginary: f64) -> Operand {
        Operand::Complex(Complex {
            real: Float::Native(real),
            imaginary: Float::Native(imaginary),
        })
    }

    #[test]
    fn each_operation_has_its_textbook_result() {
        let (z, w) = (complex(1.0, 2.0), complex(3.0, -4.0));
        let two = Operand::Real(Float::Native(2.0));
        for (operator, a, b, real, imaginary) in [
            (Add, &z, &w, 4.0, -2.0),
            (Subtract, &z, &w, -2.0, 6.0),
            (Multiply, &z, &w, 11.0, 2.0),
            (Divide, &z, &w, -0.2, 0.4),
            (Add, &z, &two, 3.0, 2.0),
            (Subtract, &two, &z, 1.0, -2.0),
            (Multiply, &two, &z, 2.0, 4.0),
            (Divide, &z, &two, 0.5, 1.0),
            (Divide, &two, &w, 0.24, 0.32),
        ] {
            let result = Complex::binary(operator, a, b, FloatFormat::Double).unwrap();
            let parts = (result.real.to_f64(), result.imaginary.to_f64());
            assert_eq!(parts, (real, imaginary), "{operator:?}");
        }
    }

    #[test]
    fn a_product_is_rounded_once() {
        let tiny = 2f64.powi(-30);
        let z = complex(1.0 + tiny, 1.0);
        let Operand::Complex(z) = z else { panic!() };
        let (real, _) = z.multiply(&z, FloatFormat::Double).unwrap();
        // (1 + t)^2 - 1 = 2t + t^2, of which the rounded square has lost t^2.
        assert_eq!(real.to_f64(), 2.0 * tiny + tiny * tiny);
    }
}
