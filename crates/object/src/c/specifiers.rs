//! The keywords of basic types, in any order (C23, 6.7.3).

use super::primitive::{bit_precise_type, primitive_type};
use super::type_parser::cannot_combine;
use crate::{Result, Target};
use spelunk_types::{Primitive, QualifiedType, TypeKind, TypeKinds};
use std::fmt;

/// What a type name says about a basic type.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Specifiers {
    signedness: Option<Signedness>,
    width: Option<Width>,
    base: Option<Base>,
    is_complex: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Signedness {
    Signed,
    Unsigned,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    Short,
    Long,
    LongLong,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Char,
    Int,
    Int128,
    /// With its width, once that is known.
    BitInt(u32),
    Double,
    /// A keyword that takes no others, but `_Complex`.
    Alone(Primitive),
}

/// The keyword of integers of any width, which stands behind it in parentheses.
pub(super) const BIT_INT: &str = "_BitInt";

impl Specifiers {
    pub(super) fn is_keyword(word: &str) -> bool {
        matches!(
            word,
            "signed"
                | "__signed__"
                | "__signed"
                | "unsigned"
                | "short"
                | "long"
                | "_Complex"
                | "__complex__"
        ) || Base::parse(word).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds a keyword, unless C has no type of all of them.
    pub(super) fn add(&mut self, word: &str) -> Result<()> {
        let mut sum = *self;
        let is_free = match word {
            "signed" | "__signed__" | "__signed" => {
                sum.signedness.replace(Signedness::Signed).is_none()
            }
            "unsigned" => sum.signedness.replace(Signedness::Unsigned).is_none(),
            "short" => sum.width.replace(Width::Short).is_none(),
            "long" => {
                let (width, is_free) = match sum.width {
                    None => (Width::Long, true),
                    Some(Width::Long) => (Width::LongLong, true),
                    Some(other) => (other, false),
                };
                sum.width = Some(width);
                is_free
            }
            "_Complex" | "__complex__" | "complex" => !std::mem::replace(&mut sum.is_complex, true),
            _ => {
                let is_free = sum.base.is_none();
                sum.base = Base::parse(word);
                is_free
            }
        };
        if !is_free || !sum.is_type() {
            return Err(cannot_combine(word, &format!("'{self}'")));
        }
        *self = sum;
        Ok(())
    }

    /// Says how wide the `_BitInt` that was added is.
    pub(super) fn set_bit_width(&mut self, bits: u32) {
        self.base = Some(Base::BitInt(bits));
    }

    /// Whether there is a type of these keywords, maybe with more of them.
    fn is_type(&self) -> bool {
        let has_no_sign = self.signedness.is_none();
        match self.base {
            None => !self.is_complex || (has_no_sign && self.is_double_width()),
            Some(Base::Int) => !self.is_complex,
            Some(Base::Char | Base::Int128 | Base::BitInt(_)) => {
                self.width.is_none() && !self.is_complex
            }
            Some(Base::Double) => has_no_sign && self.is_double_width(),
            Some(Base::Alone(_)) => {
                has_no_sign
                    && self.width.is_none()
                    && (!self.is_complex || self.complex().is_some())
            }
        }
    }

    fn is_double_width(&self) -> bool {
        matches!(self.width, None | Some(Width::Long))
    }

    fn complex(&self) -> Option<Primitive> {
        use Primitive as P;
        Some(match (self.base, self.width) {
            (None | Some(Base::Double), None) => P::DoubleComplex,
            (Some(Base::Double), Some(Width::Long)) => P::LongDoubleComplex,
            (Some(Base::Alone(P::Float)), None) => P::FloatComplex,
            (Some(Base::Alone(P::Float16)), None) => P::Float16Complex,
            (Some(Base::Alone(P::Float128)), None) => P::Float128Complex,
            _ => return None,
        })
    }

    /// The basic type, unless that is a `_BitInt`.
    pub(super) fn primitive(&self) -> Option<Primitive> {
        use Primitive as P;
        if self.is_complex {
            return self.complex();
        }
        let is_unsigned = self.signedness == Some(Signedness::Unsigned);
        let either = |signed, unsigned| if is_unsigned { unsigned } else { signed };
        Some(match (self.base, self.width) {
            (Some(Base::Alone(primitive)), _) => primitive,
            (Some(Base::BitInt(_)), _) => return None,
            (Some(Base::Double), None) => P::Double,
            (Some(Base::Double), Some(_)) => P::LongDouble,
            (Some(Base::Int128), _) => either(P::Int128, P::UnsignedInt128),
            (Some(Base::Char), _) => match self.signedness {
                None => P::Char,
                Some(_) => either(P::SignedChar, P::UnsignedChar),
            },
            (_, None) => either(P::Int, P::UnsignedInt),
            (_, Some(Width::Short)) => either(P::Short, P::UnsignedShort),
            (_, Some(Width::Long)) => either(P::Long, P::UnsignedLong),
            (_, Some(Width::LongLong)) => either(P::LongLong, P::UnsignedLongLong),
        })
    }

    /// The type, `None` if the target has none such.
    pub(super) fn find(
        &self,
        target: &dyn Target,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        if let Some(Base::BitInt(bits)) = self.base {
            let is_signed = self.signedness != Some(Signedness::Unsigned);
            if filename.is_some()
                && let Some(found) =
                    target.find_type(TypeKind::Int.into(), &self.to_string(), filename)?
            {
                return Ok(Some(found));
            }
            return bit_precise_type(target, bits, is_signed).map(Some);
        }
        let Some(primitive) = self.primitive() else {
            return Ok(None);
        };
        if filename.is_some() && primitive != Primitive::Void {
            for spelling in primitive.spellings() {
                let kinds = TypeKinds::of(primitive.kind());
                if let Some(found) = target.find_type(kinds, spelling, filename)? {
                    return Ok(Some(found));
                }
            }
        }
        // C has its basic types in all files; the target remembers what they are.
        primitive_type(target, primitive).map(Some)
    }
}

impl Base {
    fn parse(word: &str) -> Option<Self> {
        use Primitive as P;
        Some(match word {
            "char" => Self::Char,
            "int" => Self::Int,
            "__int128" => Self::Int128,
            BIT_INT => Self::BitInt(0),
            "double" => Self::Double,
            "void" => Self::Alone(P::Void),
            "_Bool" => Self::Alone(P::Bool),
            "float" => Self::Alone(P::Float),
            "_Float16" => Self::Alone(P::Float16),
            "__bf16" => Self::Alone(P::Bfloat16),
            "_Float32" => Self::Alone(P::Float32),
            "_Float64" => Self::Alone(P::Float64),
            "_Float128" | "__float128" | "__ieee128" => Self::Alone(P::Float128),
            "_Float32x" => Self::Alone(P::Float32x),
            "_Float64x" => Self::Alone(P::Float64x),
            "__ibm128" => Self::Alone(P::Ibm128),
            _ => return None,
        })
    }
}

impl fmt::Display for Specifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            self.signedness.map(|signedness| match signedness {
                Signedness::Signed => "signed",
                Signedness::Unsigned => "unsigned",
            }),
            self.width.map(|width| match width {
                Width::Short => "short",
                Width::Long => "long",
                Width::LongLong => "long long",
            }),
            self.base.map(|base| match base {
                Base::Char => "char",
                Base::Int => "int",
                Base::Int128 => "__int128",
                Base::BitInt(_) => BIT_INT,
                Base::Double => "double",
                Base::Alone(primitive) => primitive.name(),
            }),
            self.is_complex.then_some("_Complex"),
        ];
        for (index, word) in words.into_iter().flatten().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        match self.base {
            Some(Base::BitInt(bits)) if bits > 0 => write!(f, "({bits})"),
            _ => Ok(()),
        }
    }
}
