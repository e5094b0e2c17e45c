use crate::{QualifiedType, TypeError, TypeStore};
use hashbrown::HashMap;

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

/// Where a member stands in the type that it was asked of, through anonymous members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlatMember {
    /// The type.
    pub ty: QualifiedType,
    /// Distance from the start of the outermost type, in bits.
    pub bit_offset: u64,
    /// Width in bits of a bit field.
    pub bit_field_size: Option<u64>,
}

/// Members by name, those of anonymous members included.
pub type MemberIndex = HashMap<Box<str>, FlatMember, foldhash::fast::FixedState>;

/// Anonymous members in anonymous members: deeper is not C but a broken (or cyclic) file.
const MAX_DEPTH: u32 = 64;
/// Members that one type may have, anonymous ones' included.
const MAX_MEMBERS: usize = 1 << 20;

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

    /// The member called `name`, also where it is a member of an anonymous member.
    ///
    /// # Errors
    ///
    /// If an anonymous member's type cannot be completed.
    pub fn find(&self, store: &TypeStore, name: &str) -> Result<Option<FlatMember>, TypeError> {
        Ok(self.index(store)?.get(name).copied())
    }

    /// All members by name. Where a name stands twice, the first in declaration order wins.
    ///
    /// # Errors
    ///
    /// If an anonymous member's type cannot be completed.
    pub fn index(&self, store: &TypeStore) -> Result<&MemberIndex, TypeError> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let mut index = MemberIndex::default();
        add(store, &self.members, 0, 0, &mut index)?;
        Ok(self.index.get_or_init(|| index))
    }
}

fn add(
    store: &TypeStore,
    members: &[Member],
    outer: u64,
    depth: u32,
    index: &mut MemberIndex,
) -> Result<(), TypeError> {
    if depth > MAX_DEPTH {
        return Err(TypeError::new("anonymous members are nested too deeply"));
    }
    for member in members {
        let bit_offset = outer.wrapping_add(member.bit_offset);
        if let Some(name) = &member.name
            && member.role == MemberRole::Member
        {
            if index.len() >= MAX_MEMBERS {
                return Err(TypeError::new("type has too many members"));
            }
            index.entry(name.clone()).or_insert(FlatMember {
                ty: member.ty,
                bit_offset,
                bit_field_size: member.bit_field_size,
            });
        } else if let Some(inner) = store.members(member.ty.id)? {
            add(
                store,
                &inner.members,
                bit_offset,
                depth.saturating_add(1),
                index,
            )?;
        }
    }
    Ok(())
}
