use crate::{TypeData, TypeKind};
use spelunk_base::{Architecture, Platform};

/// A basic type of C, whatever the debugging information calls it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Primitive {
    Void,
    Char,
    SignedChar,
    UnsignedChar,
    Short,
    UnsignedShort,
    Int,
    UnsignedInt,
    Long,
    UnsignedLong,
    LongLong,
    UnsignedLongLong,
    Bool,
    Float,
    Double,
    LongDouble,
    SizeT,
    PtrdiffT,
    Int128,
    UnsignedInt128,
    Float16,
    Bfloat16,
    Float32,
    Float64,
    Float128,
    Float32x,
    Float64x,
    Ibm128,
    FloatComplex,
    DoubleComplex,
    LongDoubleComplex,
    Float16Complex,
    Float128Complex,
}

/// The spellings that compilers write into debugging information; the first is the one to show.
const SPELLINGS: [(Primitive, &[&str]); Primitive::COUNT] = {
    use Primitive as P;
    [
        (P::Void, &["void"]),
        (P::Char, &["char"]),
        (P::SignedChar, &["signed char", "char signed"]),
        (P::UnsignedChar, &["unsigned char", "char unsigned"]),
        (
            P::Short,
            &[
                "short",
                "short int",
                "signed short",
                "short signed int",
                "signed short int",
            ],
        ),
        (
            P::UnsignedShort,
            &[
                "unsigned short",
                "short unsigned int",
                "unsigned short int",
                "short unsigned",
            ],
        ),
        (P::Int, &["int", "signed int", "signed"]),
        (P::UnsignedInt, &["unsigned int", "unsigned"]),
        (
            P::Long,
            &[
                "long",
                "long int",
                "signed long",
                "long signed int",
                "signed long int",
            ],
        ),
        (
            P::UnsignedLong,
            &[
                "unsigned long",
                "long unsigned int",
                "unsigned long int",
                "long unsigned",
            ],
        ),
        (
            P::LongLong,
            &[
                "long long",
                "long long int",
                "signed long long",
                "long long signed int",
                "signed long long int",
            ],
        ),
        (
            P::UnsignedLongLong,
            &[
                "unsigned long long",
                "long long unsigned int",
                "unsigned long long int",
                "long long unsigned",
            ],
        ),
        (P::Bool, &["_Bool"]),
        (P::Float, &["float"]),
        (P::Double, &["double"]),
        (P::LongDouble, &["long double", "double long"]),
        (P::SizeT, &["size_t"]),
        (P::PtrdiffT, &["ptrdiff_t"]),
        (P::Int128, &["__int128", "signed __int128", "__int128_t"]),
        (
            P::UnsignedInt128,
            &["unsigned __int128", "__int128 unsigned", "__uint128_t"],
        ),
        (P::Float16, &["_Float16"]),
        (P::Bfloat16, &["__bf16"]),
        (P::Float32, &["_Float32"]),
        (P::Float64, &["_Float64"]),
        (P::Float128, &["_Float128", "__float128", "__ieee128"]),
        (P::Float32x, &["_Float32x"]),
        (P::Float64x, &["_Float64x"]),
        (P::Ibm128, &["__ibm128"]),
        (P::FloatComplex, &["float _Complex", "complex float"]),
        (P::DoubleComplex, &["double _Complex", "complex double"]),
        (
            P::LongDoubleComplex,
            &["long double _Complex", "complex long double"],
        ),
        (
            P::Float16Complex,
            &["_Float16 _Complex", "complex _Float16"],
        ),
        (
            P::Float128Complex,
            &["_Float128 _Complex", "complex _Float128"],
        ),
    ]
};

impl Primitive {
    /// How many basic types there are.
    pub const COUNT: usize = 33;

    /// How C programmers write it: `unsigned long`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spellings().first().copied().unwrap_or("")
    }

    /// All ways in which compilers write it, the one to show first.
    #[must_use]
    pub fn spellings(self) -> &'static [&'static str] {
        SPELLINGS
            .get(self as usize)
            .map_or(&[], |(_, spellings)| spellings)
    }

    /// The basic type that an integer, Boolean or floating-point type of this name is.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        // Nearly every other type's name is told by its first byte.
        if !matches!(
            name.as_bytes().first(),
            Some(b'c' | b's' | b'u' | b'i' | b'l' | b'_' | b'f' | b'd' | b'v' | b'p')
        ) {
            return None;
        }
        SPELLINGS
            .iter()
            .find(|(_, spellings)| spellings.contains(&name))
            .map(|(primitive, _)| *primitive)
    }

    /// The kind of type that has this name.
    #[must_use]
    pub fn kind(self) -> TypeKind {
        match self {
            Self::Void => TypeKind::Void,
            Self::Bool => TypeKind::Bool,
            Self::SizeT | Self::PtrdiffT => TypeKind::Typedef,
            _ if self.is_float() => TypeKind::Float,
            _ => TypeKind::Int,
        }
    }

    /// Whether it is a floating-point type, real or complex.
    #[must_use]
    pub fn is_float(self) -> bool {
        self.component().is_some()
            || matches!(
                self,
                Self::Float
                    | Self::Double
                    | Self::LongDouble
                    | Self::Float16
                    | Self::Bfloat16
                    | Self::Float32
                    | Self::Float64
                    | Self::Float128
                    | Self::Float32x
                    | Self::Float64x
                    | Self::Ibm128
            )
    }

    /// The complex type whose parts are of this one.
    #[must_use]
    pub fn to_complex(self) -> Option<Self> {
        Some(match self {
            Self::Float => Self::FloatComplex,
            Self::Double => Self::DoubleComplex,
            Self::LongDouble => Self::LongDoubleComplex,
            Self::Float16 => Self::Float16Complex,
            Self::Float128 => Self::Float128Complex,
            _ => return None,
        })
    }

    /// The type of the real and imaginary parts of a complex one.
    #[must_use]
    pub fn component(self) -> Option<Self> {
        Some(match self {
            Self::FloatComplex => Self::Float,
            Self::DoubleComplex => Self::Double,
            Self::LongDoubleComplex => Self::LongDouble,
            Self::Float16Complex => Self::Float16,
            Self::Float128Complex => Self::Float128,
            _ => return None,
        })
    }

    /// Size in bytes, under the data models ILP32 and LP64 that all Linux platforms have.
    #[must_use]
    pub fn size(self, platform: Platform) -> u64 {
        if let Some(component) = self.component() {
            return 2 * component.size(platform);
        }
        match self {
            Self::Void => 0,
            Self::Char | Self::SignedChar | Self::UnsignedChar | Self::Bool => 1,
            Self::Short | Self::UnsignedShort | Self::Float16 | Self::Bfloat16 => 2,
            Self::Int | Self::UnsignedInt | Self::Float | Self::Float32 => 4,
            Self::Long | Self::UnsignedLong | Self::SizeT | Self::PtrdiffT => {
                platform.address_size().into()
            }
            Self::LongLong
            | Self::UnsignedLongLong
            | Self::Double
            | Self::Float64
            | Self::Float32x => 8,
            // The psABIs of i386 and of 32-bit Arm.
            Self::LongDouble | Self::Float64x if platform.architecture == Architecture::I386 => 12,
            Self::LongDouble if platform.architecture == Architecture::Arm => 8,
            _ => 16,
        }
    }

    /// Whether it is an integer that can be negative.
    #[must_use]
    pub fn is_signed(self) -> bool {
        matches!(
            self,
            Self::Char
                | Self::SignedChar
                | Self::Short
                | Self::Int
                | Self::Long
                | Self::LongLong
                | Self::Int128
        )
    }

    /// The unsigned type of the same size.
    #[must_use]
    pub fn to_unsigned(self) -> Self {
        match self {
            Self::Int => Self::UnsignedInt,
            Self::Long => Self::UnsignedLong,
            Self::LongLong => Self::UnsignedLongLong,
            Self::Int128 => Self::UnsignedInt128,
            other => other,
        }
    }
}

impl TypeData {
    /// The basic type of C that this one is, under any of its spellings.
    #[must_use]
    pub fn primitive(&self) -> Option<Primitive> {
        match self {
            Self::Int { name, .. } | Self::Bool { name, .. } | Self::Float { name, .. } => {
                Primitive::parse(name).filter(|primitive| primitive.kind() == self.kind())
            }
            _ => None,
        }
    }

    /// Whether it is one of C23's `_BitInt`s, which no promotion widens.
    #[must_use]
    pub fn is_bit_precise(&self) -> bool {
        matches!(self, Self::Int { name, .. }
            if name.starts_with("_BitInt") || name.starts_with("unsigned _BitInt"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_basic_type_stands_at_its_own_place() {
        for (index, (primitive, spellings)) in SPELLINGS.into_iter().enumerate() {
            assert_eq!(primitive as usize, index);
            for spelling in spellings {
                assert_eq!(Primitive::parse(spelling), Some(primitive));
            }
        }
        assert_eq!(Primitive::parse("int128"), None);
        assert_eq!(Primitive::parse(""), None);
    }
}
