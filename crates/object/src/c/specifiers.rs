//! The keywords of basic types, in any order (C11, 6.7.2).

use super::primitive::Primitive;
use super::type_parser::cannot_combine;
use crate::Result;
use spelunk_types::TypeKind;
use std::fmt;

/// What a type name says about a basic type.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Specifiers {
    signedness: Option<Signedness>,
    width: Option<Width>,
    base: Option<Base>,
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
    Void,
    Char,
    Int,
    Int128,
    Bool,
    Float,
    Double,
}

impl Specifiers {
    pub(super) fn is_keyword(word: &str) -> bool {
        matches!(word, "signed" | "unsigned" | "short" | "long") || Base::parse(word).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds a keyword, unless C has no type of all of them.
    pub(super) fn add(&mut self, word: &str) -> Result<()> {
        let mut sum = *self;
        let is_free = match word {
            "signed" => sum.signedness.replace(Signedness::Signed).is_none(),
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

    fn is_type(&self) -> bool {
        match self.base {
            None | Some(Base::Int) => true,
            Some(Base::Char | Base::Int128) => self.width.is_none(),
            Some(Base::Double) => {
                self.signedness.is_none() && matches!(self.width, None | Some(Width::Long))
            }
            Some(Base::Void | Base::Bool | Base::Float) => {
                self.signedness.is_none() && self.width.is_none()
            }
        }
    }

    pub(super) fn primitive(&self) -> Option<Primitive> {
        use Primitive as P;
        let is_unsigned = self.signedness == Some(Signedness::Unsigned);
        let either = |signed, unsigned| Some(if is_unsigned { unsigned } else { signed });
        match (self.base, self.width) {
            (Some(Base::Void), _) => Some(P::Void),
            (Some(Base::Bool), _) => Some(P::Bool),
            (Some(Base::Float), _) => Some(P::Float),
            (Some(Base::Double), None) => Some(P::Double),
            (Some(Base::Double), Some(_)) => Some(P::LongDouble),
            (Some(Base::Int128), _) => None,
            (Some(Base::Char), _) => match self.signedness {
                None => Some(P::Char),
                Some(_) => either(P::SignedChar, P::UnsignedChar),
            },
            (_, None) => either(P::Int, P::UnsignedInt),
            (_, Some(Width::Short)) => either(P::Short, P::UnsignedShort),
            (_, Some(Width::Long)) => either(P::Long, P::UnsignedLong),
            (_, Some(Width::LongLong)) => either(P::LongLong, P::UnsignedLongLong),
        }
    }

    /// How debugging information may call the type.
    pub(super) fn spellings(&self) -> &'static [&'static str] {
        match (self.primitive(), self.signedness) {
            (Some(primitive), _) => primitive.spellings(),
            (None, Some(Signedness::Unsigned)) => &["unsigned __int128", "__int128 unsigned"],
            (None, _) => &["__int128", "signed __int128", "__int128 signed"],
        }
    }

    pub(super) fn kind(&self) -> TypeKind {
        match self.base {
            Some(Base::Void) => TypeKind::Void,
            Some(Base::Bool) => TypeKind::Bool,
            Some(Base::Float | Base::Double) => TypeKind::Float,
            _ => TypeKind::Int,
        }
    }
}

impl Base {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "void" => Self::Void,
            "char" => Self::Char,
            "int" => Self::Int,
            "__int128" => Self::Int128,
            "_Bool" => Self::Bool,
            "float" => Self::Float,
            "double" => Self::Double,
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
                Base::Void => "void",
                Base::Char => "char",
                Base::Int => "int",
                Base::Int128 => "__int128",
                Base::Bool => "_Bool",
                Base::Float => "float",
                Base::Double => "double",
            }),
        ];
        for (index, word) in words.into_iter().flatten().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}
