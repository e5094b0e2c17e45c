use spelunk_types::TypeKind;

/// What a name in the index is the name of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NameKind {
    /// `DW_TAG_structure_type`
    Struct,
    /// `DW_TAG_union_type`
    Union,
    /// `DW_TAG_class_type`
    Class,
    /// `DW_TAG_enumeration_type`
    Enum,
    /// `DW_TAG_typedef`
    Typedef,
    /// `DW_TAG_base_type`: an integer, a truth value, a floating-point number.
    BaseType,
    /// `DW_TAG_enumerator`; its index entry leads to the enumeration.
    Enumerator,
    /// `DW_TAG_variable`
    Variable,
    /// `DW_TAG_subprogram` that has code.
    Function,
    /// `DW_TAG_subprogram` without code: it was inlined wherever it is called.
    InlineFunction,
    /// `DW_TAG_variable` or `DW_TAG_member`: a static member of a class of which the declaration
    /// tells the value.
    Constant,
}

impl NameKind {
    const ALL: [Self; 11] = [
        Self::Struct,
        Self::Union,
        Self::Class,
        Self::Enum,
        Self::Typedef,
        Self::BaseType,
        Self::Enumerator,
        Self::Variable,
        Self::Function,
        Self::InlineFunction,
        Self::Constant,
    ];

    pub(super) fn as_u8(self) -> u8 {
        self as u8
    }

    pub(super) fn from_u8(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Whether an entry of this kind may be a type of that one.
    #[must_use]
    pub fn may_be(self, kind: TypeKind) -> bool {
        match self {
            Self::Struct => kind == TypeKind::Struct,
            Self::Union => kind == TypeKind::Union,
            Self::Class => kind == TypeKind::Class,
            Self::Enum => kind == TypeKind::Enum,
            Self::Typedef => kind == TypeKind::Typedef,
            Self::BaseType => {
                matches!(kind, TypeKind::Int | TypeKind::Bool | TypeKind::Float)
            }
            Self::Enumerator
            | Self::Variable
            | Self::Function
            | Self::InlineFunction
            | Self::Constant => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_for_kinds() {
        for (number, kind) in NameKind::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(kind.as_u8()), number);
            assert_eq!(NameKind::from_u8(kind.as_u8()), Some(kind));
        }
        assert_eq!(NameKind::from_u8(11), None);
    }
}
