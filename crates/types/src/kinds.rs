use crate::TypeKind;
use std::fmt;

/// A set of [`TypeKind`]s, such as the kinds that a lookup accepts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TypeKinds(u16);

impl TypeKinds {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Kinds with members: structures, unions and classes.
    pub const COMPOUND: Self = Self::of(TypeKind::Struct)
        .with(TypeKind::Union)
        .with(TypeKind::Class);

    /// The set of one kind.
    #[must_use]
    pub const fn of(kind: TypeKind) -> Self {
        Self(1 << kind as u16)
    }

    /// This set and `kind`.
    #[must_use]
    pub const fn with(self, kind: TypeKind) -> Self {
        Self(self.0 | 1 << kind as u16)
    }

    /// Whether `kind` is in the set.
    #[must_use]
    pub const fn contains(self, kind: TypeKind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds of the set, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = TypeKind> {
        TypeKind::ALL
            .into_iter()
            .filter(move |kind| self.contains(*kind))
    }
}

impl From<TypeKind> for TypeKinds {
    fn from(kind: TypeKind) -> Self {
        Self::of(kind)
    }
}

impl FromIterator<TypeKind> for TypeKinds {
    fn from_iter<I: IntoIterator<Item = TypeKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for TypeKinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set: TypeKinds = [TypeKind::Function, TypeKind::Void].into_iter().collect();
        assert!(set.contains(TypeKind::Void) && set.contains(TypeKind::Function));
        assert!(!set.contains(TypeKind::Int));
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [TypeKind::Void, TypeKind::Function]
        );
        assert_eq!(TypeKinds::COMPOUND.iter().count(), 3);
        assert!(TypeKinds::NONE.is_empty());
    }
}
