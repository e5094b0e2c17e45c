use super::ExpressionError;
use std::cmp::Ordering;

/// A base type, as far as computing needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BaseType {
    /// What its bits mean.
    pub kind: BaseKind,
    /// Its size in bits.
    pub bit_size: u64,
}

/// What the bits of a base type mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BaseKind {
    /// A signed integer.
    Signed,
    /// An unsigned integer, a character, a truth value, an address.
    Unsigned,
    /// A binary floating-point number.
    Float,
    /// Anything else. Such values can be moved, not computed with.
    Other,
}

/// A value on the stack of the machine: of the generic type (an integer as wide as an address, of
/// unspecified sign) or of a base type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Value {
    ty: Option<BaseType>,
    /// The lowest bits are the value, those above its size are 0.
    bits: u128,
    /// How many bits it has: 1 to 128.
    width: u32,
}

/// Operations with two operands of the same type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    And,
    Or,
    Xor,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shift {
    Left,
    Right,
    ArithmeticRight,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unary {
    Absolute,
    Negate,
    Not,
}

impl Value {
    /// A value of the generic type, `width` bits wide (1 to 64).
    #[must_use]
    pub fn generic(value: u64, width: u32) -> Self {
        let width = width.clamp(1, 64);
        Self {
            ty: None,
            bits: truncate(u128::from(value), width),
            width,
        }
    }

    /// A value of type `ty` with these bits.
    ///
    /// # Errors
    ///
    /// [`ExpressionError::UnsupportedType`] if the type has no bits, or more than 128.
    pub fn typed(ty: BaseType, bits: u128) -> Result<Self, ExpressionError> {
        let unsupported = ExpressionError::UnsupportedType(ty.bit_size.div_ceil(8));
        let width = match u32::try_from(ty.bit_size) {
            Ok(width @ 1..=128) => width,
            _ => return Err(unsupported),
        };
        Ok(Self {
            ty: Some(ty),
            bits: truncate(bits, width),
            width,
        })
    }

    /// The type; `None` for the generic type.
    #[must_use]
    pub fn ty(&self) -> Option<BaseType> {
        self.ty
    }

    /// The bits, without a sign.
    #[must_use]
    pub fn bits(&self) -> u128 {
        self.bits
    }

    /// Size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        usize::try_from(self.width.div_ceil(8)).unwrap_or(16)
    }

    /// The lowest 64 bits; a signed integer is extended to them.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lowest bits are asked for"
    )]
    pub fn to_u64(&self) -> u64 {
        if self.kind() == Some(BaseKind::Signed) {
            self.signed() as u64
        } else {
            self.bits as u64
        }
    }

    /// A value of the same type, with these bits.
    pub(super) fn of_same_type(&self, bits: u128) -> Self {
        self.with_bits(bits)
    }

    pub(super) fn is_zero(&self) -> bool {
        match self.float() {
            Some(float) => float == 0.0,
            None => self.bits == 0,
        }
    }

    /// Whether it is an integer, and so may be an address.
    pub(super) fn is_integral(&self) -> bool {
        !matches!(self.kind(), Some(BaseKind::Float | BaseKind::Other))
    }

    /// `self` and `other` as operands of one operation.
    ///
    /// Situation: LLVM (14 and 19 seen) mixes integers of base types with the generic type:
    /// `DW_OP_convert "DW_ATE_unsigned_16", DW_OP_lit3, DW_OP_mul`. Evidence: the expression is one
    /// of LLVM's IR, where both operands have the type that was converted to. Remedy: so they have
    /// here, if it is not wider.
    fn unified(self, other: Self) -> (Self, Self) {
        let fits = |typed: Self, generic: Self| typed.is_integral() && typed.width <= generic.width;
        match (self.ty, other.ty) {
            (Some(_), None) if fits(self, other) => (self, self.with_bits(other.bits)),
            (None, Some(_)) if fits(other, self) => (other.with_bits(self.bits), other),
            _ => (self, other),
        }
    }

    // Floats are computed as f64: the result for f32, rounded once more, is the same (IEEE 754
    // double precision has more than twice its digits).
    pub(super) fn binary(self, operation: Binary, other: Self) -> Result<Self, ExpressionError> {
        let (this, other) = self.unified(other);
        this.binary_of_same(operation, other)
    }

    fn binary_of_same(self, operation: Binary, other: Self) -> Result<Self, ExpressionError> {
        self.check_same_type(&other)?;
        if let (Some(a), Some(b)) = (self.float(), other.float()) {
            let result = match operation {
                Binary::Add => a + b,
                Binary::Subtract => a - b,
                Binary::Multiply => a * b,
                Binary::Divide => a / b,
                _ => return Err(ExpressionError::TypeMismatch),
            };
            return Ok(self.with_float(result));
        }
        self.check_integral()?;
        let (a, b) = (self.bits, other.bits);
        let divides = matches!(operation, Binary::Divide | Binary::Modulo);
        if divides && b == 0 {
            return Err(ExpressionError::DivisionByZero);
        }
        let bits = match operation {
            Binary::Add => a.wrapping_add(b),
            Binary::Subtract => a.wrapping_sub(b),
            Binary::Multiply => a.wrapping_mul(b),
            // The generic type divides as signed, but its modulo is unsigned (2.5.1.4).
            Binary::Divide if self.kind() != Some(BaseKind::Unsigned) => {
                self.signed().wrapping_div(other.signed()).cast_unsigned()
            }
            Binary::Divide => a.wrapping_div(b),
            Binary::Modulo if self.kind() == Some(BaseKind::Signed) => {
                self.signed().wrapping_rem(other.signed()).cast_unsigned()
            }
            Binary::Modulo => a.wrapping_rem(b),
            Binary::And => a & b,
            Binary::Or => a | b,
            Binary::Xor => a ^ b,
        };
        Ok(self.with_bits(bits))
    }

    /// Shifts by `count`, an integer of any type. All bits may be shifted out.
    pub(super) fn shift(self, shift: Shift, count: Self) -> Result<Self, ExpressionError> {
        self.check_integral()?;
        count.check_integral()?;
        let count = u32::try_from(count.bits).unwrap_or(u32::MAX);
        let bits = match shift {
            Shift::Left => self.bits.checked_shl(count).unwrap_or(0),
            Shift::Right => self.bits.checked_shr(count).unwrap_or(0),
            Shift::ArithmeticRight => (self.signed() >> count.min(127)).cast_unsigned(),
        };
        Ok(self.with_bits(bits))
    }

    pub(super) fn unary(self, operation: Unary) -> Result<Self, ExpressionError> {
        if let Some(float) = self.float() {
            return match operation {
                Unary::Absolute => Ok(self.with_float(float.abs())),
                Unary::Negate => Ok(self.with_float(-float)),
                Unary::Not => Err(ExpressionError::TypeMismatch),
            };
        }
        self.check_integral()?;
        Ok(match operation {
            Unary::Absolute if self.kind() == Some(BaseKind::Unsigned) => self,
            Unary::Absolute => self.with_bits(self.signed().unsigned_abs()),
            Unary::Negate => self.with_bits(self.bits.wrapping_neg()),
            Unary::Not => self.with_bits(!self.bits),
        })
    }

    /// Compares, the generic type as signed (2.5.1.5). `None` if a number is not a number.
    pub(super) fn compare(self, other: Self) -> Result<Option<Ordering>, ExpressionError> {
        let (this, other) = self.unified(other);
        this.compare_same(other)
    }

    fn compare_same(self, other: Self) -> Result<Option<Ordering>, ExpressionError> {
        self.check_same_type(&other)?;
        if let (Some(a), Some(b)) = (self.float(), other.float()) {
            return Ok(a.partial_cmp(&b));
        }
        self.check_integral()?;
        Ok(Some(match self.kind() {
            Some(BaseKind::Unsigned) => self.bits.cmp(&other.bits),
            _ => self.signed().cmp(&other.signed()),
        }))
    }

    /// The value as another type: as C converts arithmetic types.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "conversion is meant to lose what does not fit"
    )]
    pub(super) fn convert(
        self,
        ty: Option<BaseType>,
        generic: u32,
    ) -> Result<Self, ExpressionError> {
        let target = Self::zero(ty, generic)?;
        let signed = matches!(self.kind(), Some(BaseKind::Signed));
        match (self.float(), target.float().is_some()) {
            (Some(float), true) => Ok(target.with_float(float)),
            (Some(float), false) => {
                target.check_integral()?;
                let negative = float < 0.0;
                let bits = if negative {
                    float as i128 as u128
                } else {
                    float as u128
                };
                Ok(target.with_bits(bits))
            }
            (None, true) => {
                self.check_integral()?;
                let float = if signed {
                    self.signed() as f64
                } else {
                    self.bits as f64
                };
                Ok(target.with_float(float))
            }
            (None, false) => {
                self.check_integral()?;
                target.check_integral()?;
                let bits = if signed {
                    self.signed().cast_unsigned()
                } else {
                    self.bits
                };
                Ok(target.with_bits(bits))
            }
        }
    }

    /// The same bits as another type of the same size.
    pub(super) fn reinterpret(
        self,
        ty: Option<BaseType>,
        generic: u32,
    ) -> Result<Self, ExpressionError> {
        let target = Self::zero(ty, generic)?;
        if target.width != self.width {
            return Err(ExpressionError::TypeMismatch);
        }
        Ok(target.with_bits(self.bits))
    }

    fn zero(ty: Option<BaseType>, generic: u32) -> Result<Self, ExpressionError> {
        match ty {
            Some(ty) => Self::typed(ty, 0),
            None => Ok(Self::generic(0, generic)),
        }
    }

    fn kind(&self) -> Option<BaseKind> {
        self.ty.map(|ty| ty.kind)
    }

    fn with_bits(self, bits: u128) -> Self {
        Self {
            bits: truncate(bits, self.width),
            ..self
        }
    }

    fn signed(&self) -> i128 {
        let unused = 128u32.saturating_sub(self.width).min(127);
        self.bits.wrapping_shl(unused).cast_signed() >> unused
    }

    /// The value if it is a number in one of the two formats that hosts compute with.
    #[expect(clippy::cast_possible_truncation, reason = "the width says what fits")]
    fn float(&self) -> Option<f64> {
        match (self.kind(), self.width) {
            (Some(BaseKind::Float), 32) => Some(f64::from(f32::from_bits(self.bits as u32))),
            (Some(BaseKind::Float), 64) => Some(f64::from_bits(self.bits as u64)),
            _ => None,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounds, as the type demands"
    )]
    fn with_float(self, float: f64) -> Self {
        match self.width {
            32 => self.with_bits(u128::from((float as f32).to_bits())),
            _ => self.with_bits(u128::from(float.to_bits())),
        }
    }

    fn check_same_type(&self, other: &Self) -> Result<(), ExpressionError> {
        if self.ty == other.ty && self.width == other.width {
            Ok(())
        } else {
            Err(ExpressionError::TypeMismatch)
        }
    }

    fn check_integral(&self) -> Result<(), ExpressionError> {
        match self.ty {
            Some(ty) if !self.is_integral() => match ty.kind {
                BaseKind::Float if ty.bit_size == 32 || ty.bit_size == 64 => {
                    Err(ExpressionError::TypeMismatch)
                }
                _ => Err(ExpressionError::UnsupportedType(ty.bit_size.div_ceil(8))),
            },
            _ => Ok(()),
        }
    }
}

fn truncate(bits: u128, width: u32) -> u128 {
    let unused = 128u32.saturating_sub(width).min(127);
    bits.wrapping_shl(unused) >> unused
}
