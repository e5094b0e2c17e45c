use crate::{Alignment, CompoundKind, FloatFormat, Qualifiers, TypeId, TypeKind};
use spelunk_base::{ByteOrder, Language};

/// A type with qualifiers: what a variable, member or expression has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct QualifiedType {
    /// The type.
    pub id: TypeId,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

impl From<TypeId> for QualifiedType {
    fn from(id: TypeId) -> Self {
        Self {
            id,
            qualifiers: Qualifiers::NONE,
        }
    }
}

/// What stands behind the element's type in the name of an array of variable length where that does
/// not matter (C23, 6.7.7.3): `int [*]`.
pub const UNKNOWN_LENGTH: &str = "[*]";

/// One type, one level deep.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Type {
    /// The language that it was written in.
    pub language: Language,
    /// The namespaces and types that it is declared in, from the outermost (`std::chrono`); `None`
    /// for C, and at the outermost level. It is part of the type's name in text.
    pub scope: Option<Box<str>>,
    /// How the compiler spells a type that C has no name for: a pointer of Rust (`&mut T`). Of an
    /// array of variable length, whose length is not known, [`UNKNOWN_LENGTH`].
    pub spelling: Option<Box<str>>,
    /// The alignment that its declaration asks for, instead of that of what it is made of.
    pub alignment: Option<Alignment>,
    /// What it is.
    pub data: TypeData,
}

impl Type {
    /// A type of no scope.
    #[must_use]
    pub fn new(language: Language, data: TypeData) -> Self {
        Self {
            language,
            scope: None,
            alignment: None,
            spelling: None,
            data,
        }
    }
}

impl Type {
    /// Whether this is an array that has a length, which is not known.
    #[must_use]
    pub fn has_unknown_length(&self) -> bool {
        self.spelling.as_deref() == Some(UNKNOWN_LENGTH)
    }
}

/// What a type is. Sizes are in bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeData {
    /// `void`
    Void,
    /// An integer.
    Int {
        /// `unsigned int`
        name: Box<str>,
        /// Size.
        size: u64,
        /// Bits of the value where they are fewer than those of `size` (`_BitInt(17)`); the
        /// others are padding.
        precision: Option<u32>,
        /// Whether it can be negative.
        is_signed: bool,
        /// Order of its bytes in memory.
        byte_order: ByteOrder,
    },
    /// A truth value.
    Bool {
        /// `_Bool`
        name: Box<str>,
        /// Size.
        size: u64,
        /// Order of its bytes in memory.
        byte_order: ByteOrder,
    },
    /// A floating-point number.
    Float {
        /// `double`
        name: Box<str>,
        /// Size, with padding.
        size: u64,
        /// What its bits mean; `None` if that is not known.
        format: Option<FloatFormat>,
        /// Whether it is a pair of such numbers, real part first, of half the size each
        /// (`double _Complex`).
        is_complex: bool,
        /// Order of its bytes in memory.
        byte_order: ByteOrder,
    },
    /// A structure, union or class. Its members are at [`TypeStore::members`](crate::TypeStore::members).
    Compound {
        /// Which of the three.
        kind: CompoundKind,
        /// The name after the keyword; `None` for an anonymous one.
        tag: Option<Box<str>>,
        /// Size; `None` where only a declaration is known (an incomplete type).
        size: Option<u64>,
    },
    /// An enumeration.
    Enum {
        /// The name after `enum`; `None` for an anonymous one.
        tag: Option<Box<str>>,
        /// The integer type that it is stored as; `None` for an incomplete one.
        compatible: Option<TypeId>,
        /// Its names and values; `None` for an incomplete one.
        enumerators: Option<Box<[Enumerator]>>,
    },
    /// Another name for a type.
    Typedef {
        /// The name.
        name: Box<str>,
        /// The type it stands for.
        aliased: QualifiedType,
    },
    /// A pointer, or a reference of C++, which is one in memory.
    Pointer {
        /// Which of them.
        form: PointerForm,
        /// Size.
        size: u64,
        /// Order of its bytes in memory.
        byte_order: ByteOrder,
        /// What it points to.
        referenced: QualifiedType,
    },
    /// A pointer of C++ to a member (`int Foo::*`): a number that says where in an object it is.
    MemberPointer {
        /// Size.
        size: u64,
        /// Order of its bytes in memory.
        byte_order: ByteOrder,
        /// The class whose members it points to.
        class: TypeId,
        /// The type of the member.
        referenced: QualifiedType,
    },
    /// An array.
    Array {
        /// The type of its elements.
        element: QualifiedType,
        /// How many; `None` for an incomplete one (`int []`).
        length: Option<u64>,
    },
    /// A function.
    Function {
        /// What it returns.
        return_type: QualifiedType,
        /// What it takes.
        parameters: Box<[Parameter]>,
        /// Whether more arguments may follow (`...`).
        is_variadic: bool,
    },
}

/// The kinds of pointers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum PointerForm {
    /// `T *`
    #[default]
    Pointer,
    /// `T &`
    Reference,
    /// `T &&`
    RvalueReference,
}

/// A name of an enumeration and its value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Enumerator {
    /// The name.
    pub name: Box<str>,
    /// The value, within 64 bits signed or unsigned.
    pub value: i128,
}

/// A parameter of a function type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Parameter {
    /// The name, where known.
    pub name: Option<Box<str>>,
    /// The type.
    pub ty: QualifiedType,
}

impl TypeData {
    /// The kind.
    #[must_use]
    pub fn kind(&self) -> TypeKind {
        match self {
            Self::Void => TypeKind::Void,
            Self::Int { .. } => TypeKind::Int,
            Self::Bool { .. } => TypeKind::Bool,
            Self::Float { .. } => TypeKind::Float,
            Self::Compound { kind, .. } => (*kind).into(),
            Self::Enum { .. } => TypeKind::Enum,
            Self::Typedef { .. } => TypeKind::Typedef,
            Self::Pointer { .. } | Self::MemberPointer { .. } => TypeKind::Pointer,
            Self::Array { .. } => TypeKind::Array,
            Self::Function { .. } => TypeKind::Function,
        }
    }

    /// The tag of a structure, union, class or enumeration.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        match self {
            Self::Compound { tag, .. } | Self::Enum { tag, .. } => tag.as_deref(),
            _ => None,
        }
    }

    /// The name of an integer, Boolean, floating-point or typedef type.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Int { name, .. }
            | Self::Bool { name, .. }
            | Self::Float { name, .. }
            | Self::Typedef { name, .. } => Some(name),
            Self::Void => Some("void"),
            _ => None,
        }
    }
}
