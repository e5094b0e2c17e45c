//! Types whose values are single numbers.

use crate::{FloatFormat, PointerForm, TypeData, TypeError, TypeId, TypeStore};
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
    /// What a type is as a number, behind typedefs, enumerations as what they are stored as. It is
    /// worked out once. `None` if it is no number.
    ///
    /// # Errors
    ///
    /// If a type on the way cannot be completed, or typedefs go in a circle.
    pub fn scalar(&self, id: TypeId) -> Result<Option<Scalar>, TypeError> {
        if let Some(scalar) = self.remembered_scalar(id)? {
            return Ok(scalar);
        }
        let scalar = match self.behind_typedefs(id)? {
            TypeData::Enum {
                compatible: Some(compatible),
                ..
            } => plain(self.behind_typedefs(*compatible)?).map(|scalar| Scalar {
                is_enum: true,
                ..scalar
            }),
            // It is what it refers to, if that is a number.
            data if is_reference(data) => None,
            data => plain(data),
        };
        self.remember_scalar(id, scalar)?;
        Ok(scalar)
    }

    /// The address that a reference of C++ stands as in memory; `None` for other types.
    ///
    /// # Errors
    ///
    /// As [`scalar`](Self::scalar).
    pub fn reference_scalar(&self, id: TypeId) -> Result<Option<Scalar>, TypeError> {
        let data = self.behind_typedefs(id)?;
        Ok(plain(data).filter(|_| is_reference(data)))
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

fn is_reference(data: &TypeData) -> bool {
    matches!(data, TypeData::Pointer { form, .. } if *form != PointerForm::Pointer)
}

fn plain(data: &TypeData) -> Option<Scalar> {
    let scalar = |kind, size: &u64, order: &ByteOrder| Scalar {
        kind,
        size: *size,
        precision: None,
        format: None,
        order: *order,
        is_enum: false,
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
        };
        for _ in 0..2 {
            assert_eq!(store.scalar(alias).unwrap(), Some(expected));
        }
        let void = store.void(Language::C).unwrap();
        assert_eq!(store.scalar(void).unwrap(), None);
    }
}
