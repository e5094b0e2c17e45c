//! Numbers as C has them: integers of any width, floating-point numbers of any format, and
//! complex ones; and the bits that stand for them.

mod complex;
mod encoding;
mod exact;
mod float;
mod integer;

pub(crate) use complex::{Complex, Operand as ComplexOperand};
pub(crate) use exact::Exact;
pub use exact::Rounding;
pub(crate) use float::Float;
pub(crate) use integer::{Integer, IntegerForm, IntegerLayout};

use crate::scalar::{float_format, integer_form};
use crate::{Result, Value};
use spelunk_types::{Scalar, ScalarKind};

/// The value of a scalar. Truth values, enumerations and pointers are integers.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Integer(Integer),
    Float(Float),
    Complex(Complex),
}

impl Number {
    /// Whether it counts as false.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Integer(value) => value.is_zero(),
            Self::Float(value) => value.is_zero(),
            Self::Complex(value) => value.real.is_zero() && value.imaginary.is_zero(),
        }
    }

    /// C's conversion to a scalar type, or to a bit field of it (C11, 6.3.1).
    pub(crate) fn convert(self, scalar: Scalar, bit_field_size: u8) -> Result<Self> {
        Ok(match scalar.kind {
            ScalarKind::Bool => {
                let is_true = !self.is_zero();
                Self::Integer(Integer::Unsigned(is_true.into()))
            }
            ScalarKind::Float => Self::Float(match self {
                Self::Integer(value) => Float::from_integer(&value, float_format(scalar)?),
                Self::Float(value) | Self::Complex(Complex { real: value, .. }) => {
                    value.rounded(float_format(scalar)?)
                }
            }),
            ScalarKind::Complex => {
                let format = float_format(scalar)?;
                let (real, imaginary) = match self {
                    Self::Integer(value) => {
                        (Float::from_integer(&value, format), Float::Native(0.0))
                    }
                    Self::Float(value) => (value, Float::Native(0.0)),
                    Self::Complex(Complex { real, imaginary }) => (real, imaginary),
                };
                Self::Complex(Complex {
                    real: real.rounded(format),
                    imaginary: imaginary.rounded(format),
                })
            }
            ScalarKind::Signed | ScalarKind::Unsigned | ScalarKind::Pointer => {
                let form = integer_form(scalar, bit_field_size)?;
                Self::Integer(match self {
                    Self::Integer(value) => form.wrap(&value),
                    Self::Float(value) | Self::Complex(Complex { real: value, .. }) => {
                        value.to_integer(form)
                    }
                })
            }
        })
    }

    /// The number as a host would hold it.
    pub(crate) fn to_value(&self, scalar: Scalar) -> Value {
        match self {
            Self::Integer(value) if scalar.kind == ScalarKind::Bool => {
                Value::Bool(!value.is_zero())
            }
            Self::Integer(value) => value.clone().into(),
            Self::Float(value) => Value::Float(value.to_f64()),
            Self::Complex(value) => Value::Complex(value.real.to_f64(), value.imaginary.to_f64()),
        }
    }
}

impl From<Integer> for Value {
    fn from(value: Integer) -> Self {
        match value {
            Integer::Signed(value) => Self::Signed(value),
            Integer::Unsigned(value) => Self::Unsigned(value),
            Integer::Wide(value) => Self::Wide(value),
        }
    }
}
