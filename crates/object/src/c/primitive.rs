use crate::{Error, Result, Target};
use spelunk_base::{Language, Platform};
use spelunk_types::{FloatFormat, QualifiedType, Type, TypeData, TypeId, TypeKind};
use std::sync::OnceLock;

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
}

/// The basic types of a target that were found already.
#[derive(Default, Debug)]
pub struct PrimitiveTypes([OnceLock<TypeId>; 18]);

/// The spellings that compilers write into debugging information; the first is the one to show.
const SPELLINGS: [(Primitive, &[&str]); 18] = {
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

    fn kind(self) -> TypeKind {
        match self {
            Self::Void => TypeKind::Void,
            Self::Bool => TypeKind::Bool,
            Self::Float | Self::Double | Self::LongDouble => TypeKind::Float,
            Self::SizeT | Self::PtrdiffT => TypeKind::Typedef,
            _ => TypeKind::Int,
        }
    }

    /// Size in bytes, under the data models ILP32 and LP64 that all Linux platforms have.
    fn size(self, platform: Platform) -> u64 {
        match self {
            Self::Void => 0,
            Self::Char | Self::SignedChar | Self::UnsignedChar | Self::Bool => 1,
            Self::Short | Self::UnsignedShort => 2,
            Self::Int | Self::UnsignedInt | Self::Float => 4,
            Self::Long | Self::UnsignedLong | Self::SizeT | Self::PtrdiffT => {
                platform.address_size().into()
            }
            Self::LongLong | Self::UnsignedLongLong | Self::Double => 8,
            Self::LongDouble => 16,
        }
    }

    fn is_signed(self) -> bool {
        matches!(
            self,
            Self::Char | Self::SignedChar | Self::Short | Self::Int | Self::Long | Self::LongLong
        )
    }

    /// The unsigned type of the same size.
    pub(crate) fn to_unsigned(self) -> Self {
        match self {
            Self::Int => Self::UnsignedInt,
            Self::Long => Self::UnsignedLong,
            Self::LongLong => Self::UnsignedLongLong,
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
    let Some(slot) = target.primitives().0.get(primitive as usize) else {
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
        if let Some(found) = target.find_type(primitive.kind().into(), name, None)? {
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
        Primitive::Float | Primitive::Double | Primitive::LongDouble => TypeData::Float {
            format: FloatFormat::of(primitive.name(), size, platform.architecture),
            name,
            size,
            is_complex: false,
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
        _ => TypeData::Int {
            name,
            size,
            precision: None,
            is_signed: primitive.is_signed(),
            byte_order,
        },
    };
    Ok(types.add(Type::new(language, data))?)
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
        assert_eq!(Primitive::parse("__int128"), None);
        assert_eq!(Primitive::parse(""), None);
    }
}
