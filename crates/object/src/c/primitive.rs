use crate::{Error, Result, Target};
use spelunk_base::{Architecture, Language, Platform};
use spelunk_types::{FloatFormat, QualifiedType, Type, TypeData, TypeId, TypeKind};
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

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

/// How many basic types there are.
const COUNT: usize = 33;

/// The basic types of a target that were found already.
#[derive(Debug)]
pub struct PrimitiveTypes {
    named: [OnceLock<TypeId>; COUNT],
    /// `_BitInt`s, of which there is one for each width and sign.
    bit_precise: Mutex<BTreeMap<(u32, bool), TypeId>>,
}

impl Default for PrimitiveTypes {
    fn default() -> Self {
        Self {
            named: [const { OnceLock::new() }; COUNT],
            bit_precise: Mutex::default(),
        }
    }
}

/// The spellings that compilers write into debugging information; the first is the one to show.
const SPELLINGS: [(Primitive, &[&str]); COUNT] = {
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
    /// How C programmers write it: `unsigned long`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spellings().first().copied().unwrap_or("")
    }

    pub(super) fn spellings(self) -> &'static [&'static str] {
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

    pub(super) fn kind(self) -> TypeKind {
        match self {
            Self::Void => TypeKind::Void,
            Self::Bool => TypeKind::Bool,
            Self::SizeT | Self::PtrdiffT => TypeKind::Typedef,
            _ if self.is_float() => TypeKind::Float,
            _ => TypeKind::Int,
        }
    }

    fn is_float(self) -> bool {
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
    pub(crate) fn to_complex(self) -> Option<Self> {
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
    pub(crate) fn component(self) -> Option<Self> {
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
    fn size(self, platform: Platform) -> u64 {
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

    fn is_signed(self) -> bool {
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
    pub(crate) fn to_unsigned(self) -> Self {
        match self {
            Self::Int => Self::UnsignedInt,
            Self::Long => Self::UnsignedLong,
            Self::LongLong => Self::UnsignedLongLong,
            Self::Int128 => Self::UnsignedInt128,
            other => other,
        }
    }
}

/// The target's basic type: from its debugging information, else as its platform has it.
///
/// # Errors
///
/// If the platform is not known.
pub fn primitive_type(target: &dyn Target, primitive: Primitive) -> Result<QualifiedType> {
    let Some(slot) = target.primitives().named.get(primitive as usize) else {
        return Err(Error::other("no such basic type"));
    };
    if let Some(id) = slot.get() {
        return Ok((*id).into());
    }
    // Worked out outside of the slot: finders may be a user's.
    let id = find_primitive(target, primitive)?;
    Ok((*slot.get_or_init(|| id)).into())
}

fn find_primitive(target: &dyn Target, primitive: Primitive) -> Result<TypeId> {
    let types = target.types();
    let language = Language::C;
    if primitive == Primitive::Void {
        return Ok(types.void(language)?);
    }
    for name in primitive.spellings() {
        let found = target.find_type(primitive.kind().into(), name, None)?;
        // A user's finder may answer everything with the one type that it knows.
        if let Some(found) = found
            && let Some(name) = types.get(found.id)?.data.name()
            && primitive.spellings().contains(&name)
        {
            return Ok(found.id);
        }
    }
    let name = primitive.name().into();
    let Some(platform) = target.platform() else {
        let what = match primitive.kind() {
            TypeKind::Typedef => "address size",
            _ => "byte order",
        };
        return Err(Error::value(format!("program {what} is not known")));
    };
    let size = primitive.size(platform);
    let byte_order = platform.byte_order;
    let data = match primitive {
        Primitive::Bool => TypeData::Bool {
            name,
            size,
            byte_order,
        },
        Primitive::SizeT => TypeData::Typedef {
            name,
            aliased: primitive_type(target, Primitive::UnsignedLong)?,
        },
        Primitive::PtrdiffT => TypeData::Typedef {
            name,
            aliased: primitive_type(target, Primitive::Long)?,
        },
        _ if primitive.is_float() => {
            let part = primitive.component().unwrap_or(primitive);
            TypeData::Float {
                format: FloatFormat::of(part.name(), part.size(platform), platform.architecture),
                name,
                size,
                is_complex: part != primitive,
                byte_order,
            }
        }
        _ => TypeData::Int {
            name,
            size,
            precision: None,
            is_signed: primitive.is_signed(),
            byte_order,
        },
    };
    Ok(types.share(Type::new(language, data))?)
}

/// The widest `_BitInt` of any compiler (Clang 19).
const MAX_BIT_PRECISE: u32 = 8_388_608;

/// `_BitInt(bits)`, or `unsigned _BitInt(bits)` (C23, 6.2.5): from debugging information, else as
/// the platform has it.
///
/// # Errors
///
/// If there is no such type, or the platform is not known.
pub fn bit_precise_type(target: &dyn Target, bits: u32, is_signed: bool) -> Result<QualifiedType> {
    let least = if is_signed { 2 } else { 1 };
    if !(least..=MAX_BIT_PRECISE).contains(&bits) {
        return Err(Error::value(format!(
            "_BitInt must have from {least} to {MAX_BIT_PRECISE} bits, not {bits}"
        )));
    }
    let remembered = &target.primitives().bit_precise;
    let key = (bits, is_signed);
    let found = remembered
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
        .copied();
    if let Some(id) = found {
        return Ok(id.into());
    }
    // Worked out without the lock: finders may be a user's.
    let name = match is_signed {
        true => format!("_BitInt({bits})"),
        false => format!("unsigned _BitInt({bits})"),
    };
    let id = match target.find_type(TypeKind::Int.into(), &name, None)? {
        Some(found) => found.id,
        None => {
            let Some(platform) = target.platform() else {
                return Err(Error::value("program byte order is not known"));
            };
            let data = TypeData::Int {
                name: name.into(),
                size: bit_precise_size(bits, platform),
                precision: Some(bits),
                is_signed,
                byte_order: platform.byte_order,
            };
            target.types().share(Type::new(Language::C, data))?
        }
    };
    let mut remembered = remembered.lock().unwrap_or_else(PoisonError::into_inner);
    Ok((*remembered.entry(key).or_insert(id)).into())
}

/// Size in bytes of a `_BitInt`: that of the integer that it fits, else whole words (the psABIs
/// of x86-64, i386 and AArch64).
fn bit_precise_size(bits: u32, platform: Platform) -> u64 {
    let bytes = u64::from(bits.div_ceil(8));
    match bytes {
        ..=8 => bytes.next_power_of_two(),
        _ => bytes.next_multiple_of(word_size(platform)),
    }
}

/// Size of the words that wide `_BitInt`s consist of.
fn word_size(platform: Platform) -> u64 {
    match platform.architecture {
        Architecture::Aarch64 | Architecture::Riscv64 | Architecture::LoongArch64 => 16,
        _ => platform.address_size().into(),
    }
}

/// Size of the words that a `_BitInt` consists of, which it is aligned by; `None` for other types.
pub(crate) fn bit_precise_word(data: &TypeData, platform: Option<Platform>) -> Option<u64> {
    match is_bit_precise(data) {
        true => platform.map(word_size),
        false => None,
    }
}

/// Whether an integer type is one of C23's `_BitInt`s, which no promotion widens.
pub(super) fn is_bit_precise(data: &TypeData) -> bool {
    matches!(data, TypeData::Int { name, .. }
        if name.starts_with("_BitInt") || name.starts_with("unsigned _BitInt"))
}

/// The basic type that this one is, under any of its spellings.
pub(crate) fn primitive_of(data: &TypeData) -> Option<Primitive> {
    match data {
        TypeData::Int { name, .. } | TypeData::Bool { name, .. } | TypeData::Float { name, .. } => {
            Primitive::parse(name).filter(|primitive| primitive.kind() == data.kind())
        }
        _ => None,
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
