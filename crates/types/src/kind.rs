use std::fmt;

/// The kinds of types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TypeKind {
    /// `void`
    Void,
    /// An integer; characters are integers.
    Int,
    /// A truth value.
    Bool,
    /// A floating-point number.
    Float,
    /// A structure.
    Struct,
    /// A union.
    Union,
    /// A class.
    Class,
    /// An enumeration.
    Enum,
    /// Another name for a type.
    Typedef,
    /// A pointer.
    Pointer,
    /// An array.
    Array,
    /// A function.
    Function,
}

/// The kinds of types that have members.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CompoundKind {
    /// `struct`
    Struct,
    /// `union`
    Union,
    /// `class`
    Class,
}

impl CompoundKind {
    /// The keyword that introduces the type.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Struct => "struct",
            Self::Union => "union",
            Self::Class => "class",
        }
    }
}

impl From<CompoundKind> for TypeKind {
    fn from(kind: CompoundKind) -> Self {
        match kind {
            CompoundKind::Struct => Self::Struct,
            CompoundKind::Union => Self::Union,
            CompoundKind::Class => Self::Class,
        }
    }
}

impl TypeKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 12] = [
        Self::Void,
        Self::Int,
        Self::Bool,
        Self::Float,
        Self::Struct,
        Self::Union,
        Self::Class,
        Self::Enum,
        Self::Typedef,
        Self::Pointer,
        Self::Array,
        Self::Function,
    ];

    /// The word for the kind in messages: `structure`, `integer`...
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Int => "integer",
            Self::Bool => "Boolean",
            Self::Float => "floating-point",
            Self::Struct => "structure",
            Self::Union => "union",
            Self::Class => "class",
            Self::Enum => "enumerated",
            Self::Typedef => "typedef",
            Self::Pointer => "pointer",
            Self::Array => "array",
            Self::Function => "function",
        }
    }
}

impl fmt::Display for TypeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe())
    }
}
