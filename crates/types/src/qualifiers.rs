use std::ops::{BitAnd, BitOr, Not};

/// A set of C's type qualifiers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Qualifiers(u8);

impl Qualifiers {
    /// No qualifiers.
    pub const NONE: Self = Self(0);
    /// `const`
    pub const CONST: Self = Self(1);
    /// `volatile`
    pub const VOLATILE: Self = Self(2);
    /// `restrict`
    pub const RESTRICT: Self = Self(4);
    /// `_Atomic`
    pub const ATOMIC: Self = Self(8);
    /// All of them, in the order in which they are printed, with their keywords.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::CONST, "const"),
        (Self::VOLATILE, "volatile"),
        (Self::RESTRICT, "restrict"),
        (Self::ATOMIC, "_Atomic"),
    ];

    /// The set with these bits (1 const, 2 volatile, 4 restrict, 8 atomic); others are dropped.
    #[must_use]
    pub fn from_bits(bits: u8) -> Self {
        Self(bits & 15)
    }

    /// The set as bits.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other` are in this set.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The keywords of the set, in the order in which they are printed.
    pub fn keywords(self) -> impl Iterator<Item = &'static str> {
        Self::ALL
            .into_iter()
            .filter(move |(qualifier, _)| self.contains(*qualifier))
            .map(|(_, keyword)| keyword)
    }
}

impl BitOr for Qualifiers {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Qualifiers {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Qualifiers {
    type Output = Self;

    fn not(self) -> Self {
        Self::from_bits(!self.0)
    }
}
