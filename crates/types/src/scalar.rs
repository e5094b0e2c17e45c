//! Types whose values are single numbers.

use crate::{FloatFormat, PointerForm, Primitive, TypeData, TypeError, TypeId, TypeStore};
use spelunk_base::ByteOrder;

/// How the number of a scalar type stands in its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scalar {
    /// What kind of number it is.
    pub kind: ScalarKind,
    /// In bytes.
    pub size: u64,
    /// Bits of an integer's value where they are fewer than those of `size`: the low ones.
    pub precision: Option<u32>,
    /// The format of a floating-point number, or of the parts of a complex one, where it is known.
    pub format: Option<FloatFormat>,
    /// Order of the bytes.
    pub order: ByteOrder,
    /// Whether the numbers are an enumeration's.
    pub is_enum: bool,
    /// The basic type of C that it is, of an enumeration the one that it is stored as.
    pub primitive: Option<Primitive>,
    /// Whether it is one of C23's `_BitInt`s.
    pub is_bit_precise: bool,
}

/// What stands in memory where an object of a type is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stored {
    /// The number that the object is.
    Number(Scalar),
    /// The address of what a reference of C++ refers to.
    Reference(Scalar),
    /// Something else than one number.
    Other,
}

/// The kinds of numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScalarKind {
    /// An integer in two's complement.
    Signed,
    /// An integer that is not negative.
    Unsigned,
    /// A truth value.
    Bool,
    /// A floating-point number.
    Float,
    /// A complex number: two floating-point numbers of half the size, the real part first.
    Complex,
    /// An address.
    Pointer,
}

impl Scalar {
    /// Whether it is an integer or a truth value.
    #[must_use]
    pub fn is_integer(self) -> bool {
        matches!(
            self.kind,
            ScalarKind::Signed | ScalarKind::Unsigned | ScalarKind::Bool
        )
    }

    /// Whether it is an integer that can be negative.
    #[must_use]
    pub fn is_signed(self) -> bool {
        self.kind == ScalarKind::Signed
    }
}

/// Typedefs of typedefs: deeper is a circle in a broken file.
const MAX_TYPEDEFS: usize = 1000;

impl TypeStore {
    /// What a type is as a number, behind typedefs, enumerations as what they are stored as.
    /// `None` if it is no number.
    ///
    /// # Errors
    ///
    /// As [`stored`](Self::stored).
    pub fn scalar(&self, id: TypeId) -> Result<Option<Scalar>, TypeError> {
        Ok(match self.stored(id)? {
            Stored::Number(scalar) => Some(*scalar),
            _ => None,
        })
    }

    /// The address that a reference of C++ stands as in memory; `None` for other types.
    ///
    /// # Errors
    ///
    /// As [`stored`](Self::stored).
    pub fn reference_scalar(&self, id: TypeId) -> Result<Option<Scalar>, TypeError> {
        Ok(match self.stored(id)? {
            Stored::Reference(scalar) => Some(*scalar),
            _ => None,
        })
    }

    /// What stands in memory where an object of the type is. It is worked out once.
    ///
    /// # Errors
    ///
    /// If a type on the way cannot be completed, or typedefs go in a circle.
    #[inline]
    pub fn stored(&self, id: TypeId) -> Result<&Stored, TypeError> {
        match self.remembered_stored(id) {
            Some(stored) => Ok(stored),
            None => self.work_out_stored(id),
        }
    }

    #[cold]
    fn work_out_stored(&self, id: TypeId) -> Result<&Stored, TypeError> {
        let scalar = match self.behind_typedefs(id)? {
            TypeData::Enum {
                compatible: Some(compatible),
                ..
            } => plain(self.behind_typedefs(*compatible)?).map(|scalar| Scalar {
                is_enum: true,
                ..scalar
            }),
            data => plain(data),
        };
        let is_reference = matches!(self.behind_typedefs(id)?,
            TypeData::Pointer { form, .. } if *form != PointerForm::Pointer);
        let stored = match scalar {
            Some(scalar) if is_reference => Stored::Reference(scalar),
            Some(scalar) => Stored::Number(scalar),
            None => Stored::Other,
        };
        self.remember_stored(id, stored)
    }

    fn behind_typedefs(&self, id: TypeId) -> Result<&TypeData, TypeError> {
        let mut id = id;
        for _ in 0..MAX_TYPEDEFS {
            match &self.get(id)?.data {
                TypeData::Typedef { aliased, .. } => id = aliased.id,
                data => return Ok(data),
            }
        }
        Err(TypeError::new("typedefs are nested too deeply"))
    }
}

fn plain(data: &TypeData) -> Option<Scalar> {
    let scalar = |kind, size: &u64, order: &ByteOrder| Scalar {
        kind,
        size: *size,
        precision: None,
        format: None,
        order: *order,
        is_enum: false,
        primitive: data.primitive(),
        is_bit_precise: data.is_bit_precise(),
    };
    Some(match data {
        TypeData::Int {
            size,
            precision,
            is_signed,
            byte_order,
            ..
        } => {
            let kind = match is_signed {
                true => ScalarKind::Signed,
                false => ScalarKind::Unsigned,
            };
            Scalar {
                precision: *precision,
                ..scalar(kind, size, byte_order)
            }
        }
        TypeData::Bool {
            size, byte_order, ..
        } => scalar(ScalarKind::Bool, size, byte_order),
        TypeData::Float {
            size,
            format,
            is_complex,
            byte_order,
            ..
        } => {
            let kind = match is_complex {
                true => ScalarKind::Complex,
                false => ScalarKind::Float,
            };
            Scalar {
                format: *format,
                ..scalar(kind, size, byte_order)
            }
        }
        TypeData::Pointer {
            size, byte_order, ..
        }
        | TypeData::MemberPointer {
            size, byte_order, ..
        } => scalar(ScalarKind::Pointer, size, byte_order),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Type;
    use spelunk_base::Language;

    fn add(store: &TypeStore, data: TypeData) -> TypeId {
        store.add(Type::new(Language::C, data)).unwrap()
    }

    #[test]
    fn numbers_are_found_behind_typedefs_and_enumerations() {
        let store = TypeStore::new();
        let int = add(
            &store,
            TypeData::Int {
                name: "unsigned int".into(),
                size: 4,
                precision: None,
                is_signed: false,
                byte_order: ByteOrder::Big,
            },
        );
        let color = add(
            &store,
            TypeData::Enum {
                tag: Some("color".into()),
                compatible: Some(int),
                enumerators: Some([].into()),
            },
        );
        let alias = add(
            &store,
            TypeData::Typedef {
                name: "color_t".into(),
                aliased: color.into(),
            },
        );
        let expected = Scalar {
            kind: ScalarKind::Unsigned,
            size: 4,
            precision: None,
            format: None,
            order: ByteOrder::Big,
            is_enum: true,
            primitive: Some(Primitive::UnsignedInt),
            is_bit_precise: false,
        };
        for _ in 0..2 {
            assert_eq!(store.scalar(alias).unwrap(), Some(expected));
        }
        let void = store.void(Language::C).unwrap();
        assert_eq!(store.scalar(void).unwrap(), None);
    }
}
