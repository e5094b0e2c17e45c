//! The types of the target program, whoever made them known.
//!
//! A type is a [`TypeId`]: four bytes, good for as long as its [`TypeStore`] lives. What the
//! type is stands behind [`TypeStore::get`], and is worked out there when it is first wanted, by
//! the [`TypeProducer`] (DWARF, BTF, a user's own) that handed the id out. One level is
//! completed at a time: a structure's member names ids of types that nobody has looked at yet.
//! So cyclic types need no care, and nothing is parsed that is not used.
//!
//! Ids are stable and records never move or change, so reading a type takes no lock.

mod alignment;
mod error;
mod float_format;
mod kind;
mod kinds;
mod member;
mod member_index;
mod primitive;
mod qualifiers;
mod scalar;
mod store;
mod ty;

pub use alignment::Alignment;
pub use error::TypeError;
pub use float_format::FloatFormat;
pub use kind::{CompoundKind, TypeKind};
pub use kinds::TypeKinds;
pub use member::{
    Member, MemberRole, Members, TemplateParameter, TemplateValue, Variant, VariantPart,
};
pub use member_index::{FlatMember, MemberIndex, VirtualPath, VirtualStep};
pub use primitive::Primitive;
pub use qualifiers::Qualifiers;
pub use scalar::{Scalar, ScalarKind, Stored};
pub use store::{ProducerId, TypeId, TypeProducer, TypeStore};
pub use ty::{Enumerator, Parameter, PointerForm, QualifiedType, Type, TypeData, UNKNOWN_LENGTH};
