use crate::{Alignment, FlatMember, MemberIndex, QualifiedType, TypeError, TypeStore};

/// A member of a structure, union or class; also a C++ base class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The name; `None` for an anonymous structure or union, whose members count as the outer's.
    pub name: Option<Box<str>>,
    /// The type.
    pub ty: QualifiedType,
    /// Distance from the start of the outer type, in bits.
    pub bit_offset: u64,
    /// Width in bits of a bit field.
    pub bit_field_size: Option<u64>,
    /// The alignment that its declaration asks for, instead of that of its type.
    pub alignment: Option<Alignment>,
    /// What it is to the outer type.
    pub role: MemberRole,
}

/// What a member is to the type that it is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MemberRole {
    /// A member of its own.
    #[default]
    Member,
    /// A base class, searched like an anonymous member.
    Base,
    /// A virtual base class. Where it is stands in the object's table of virtual functions, at
    /// this distance in bytes from the address in the object's first word (Itanium C++ ABI,
    /// section 2.5.2, "virtual base offsets").
    VirtualBase {
        /// In bytes; negative.
        table_offset: i64,
    },
}

/// The part of a type that is one of several, as in an `enum` of Rust.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VariantPart {
    /// The number that says which variant is there; `None` where there is but one.
    pub discriminant: Option<Member>,
    /// In the order of their declaration.
    pub variants: Box<[Variant]>,
}

/// One of the variants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variant {
    /// The discriminants that select it, as ranges with both ends in; empty for the one that all
    /// others select.
    pub discriminants: Box<[(i128, i128)]>,
    /// What it holds.
    pub members: Box<[Member]>,
}

/// The members of a type, with an index by name.
#[derive(Debug)]
pub struct Members {
    /// In the order of their declaration.
    pub members: Box<[Member]>,
    /// Template parameters, in the order of their declaration.
    pub template_parameters: Box<[TemplateParameter]>,
    /// The variants that stand beside the members.
    pub variant_part: Option<VariantPart>,
    index: std::sync::OnceLock<MemberIndex>,
}

/// A parameter of a template.
#[derive(Clone, Debug)]
pub struct TemplateParameter {
    /// The name, where known.
    pub name: Option<Box<str>>,
    /// The type, or the type of the value.
    pub ty: QualifiedType,
    /// The value of a parameter that is no type.
    pub value: Option<TemplateValue>,
    /// Whether it is the default.
    pub is_default: bool,
}

/// The value of a template parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TemplateValue {
    /// A constant.
    Constant(i128),
    /// The address of an object.
    Address(u64),
}

impl Members {
    /// These members.
    #[must_use]
    pub fn new(members: Vec<Member>, template_parameters: Vec<TemplateParameter>) -> Self {
        Self {
            members: members.into(),
            template_parameters: template_parameters.into(),
            variant_part: None,
            index: std::sync::OnceLock::new(),
        }
    }

    /// These members, and variants beside them.
    #[must_use]
    pub fn with_variants(self, variant_part: Option<VariantPart>) -> Self {
        Self {
            variant_part,
            ..self
        }
    }

    /// What stands at the same place in every object of the type: members, base classes that are
    /// not virtual, members of variants.
    pub fn fixed(&self) -> impl Iterator<Item = &Member> {
        let variants = self.variant_part.iter().flat_map(|part| &part.variants);
        let of_variants = variants.flat_map(|variant| &variant.members);
        self.members
            .iter()
            .filter(|member| !matches!(member.role, MemberRole::VirtualBase { .. }))
            .chain(of_variants)
    }

    /// The member called `name`, also where it is a member of an anonymous member, of a variant or
    /// of a base class; or the base class called `name`.
    ///
    /// # Errors
    ///
    /// If there is none, and there is an anonymous member or base class whose type cannot be
    /// completed, so that it may be in there.
    pub fn find(&self, store: &TypeStore, name: &str) -> Result<Option<FlatMember>, TypeError> {
        self.by_name(store).find(name)
    }

    /// All members by name. Of several called the same, a type's own hides those of its base
    /// classes, and the first in declaration order the others.
    pub fn by_name(&self, store: &TypeStore) -> &MemberIndex {
        self.index.get_or_init(|| MemberIndex::new(store, self))
    }
}
