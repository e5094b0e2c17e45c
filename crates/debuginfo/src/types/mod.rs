//! DWARF's types as [`spelunk_types`] has them.
//!
//! A type entry is declared under its [`DieId`] and completed, one level deep, when it is looked
//! at. Qualifiers are no types of their own, so a reference through `DW_TAG_const_type` leads to
//! the type behind it; a reference to a declaration leads to the definition, wherever it is.

mod array;
mod base;
mod compound;
mod definition;
mod enumeration;
mod function;
mod layout;
mod spelling;
mod template;
mod variant;

pub(crate) use array::{dimensions, length};
pub(crate) use layout::storage_size;

use crate::die::DieId;
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use gimli::constants as dw;
use spelunk_base::{ByteOrder, Language};
use spelunk_types::{
    Alignment, CompoundKind, Members, PointerForm, QualifiedType, Qualifiers, Type, TypeData,
    TypeError, TypeProducer, TypeStore,
};

/// Qualifiers of qualifiers, typedefs of typedefs: more is no program but a damaged file.
const MAX_CHAIN: usize = 128;

impl DebugFile {
    /// The type that an entry refers to (`DW_AT_type`): of a variable its type, of a function
    /// what it returns. `void` where there is none.
    ///
    /// # Errors
    ///
    /// If the debugging information is damaged, or the file was not added to a program.
    pub fn type_of(&self, store: &TypeStore, die: DieId) -> Result<QualifiedType, DebugInfoError> {
        self.with_units(|units| self.declared_type(store, &units.die(die)?))
    }

    /// The type that an entry describes: a type's, or a function's.
    ///
    /// # Errors
    ///
    /// As [`type_of`](Self::type_of).
    pub fn type_at(&self, store: &TypeStore, die: DieId) -> Result<QualifiedType, DebugInfoError> {
        self.with_units(|units| self.declare(store, units.die(die)?))
    }

    /// The type that `die` refers to, itself or through what it is the code or definition of.
    pub(crate) fn declared_type(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<QualifiedType, DebugInfoError> {
        let mut ty = die.reference(dw::DW_AT_type)?;
        let mut origin = die.origin()?;
        for _ in 0..MAX_CHAIN {
            let Some(from) = origin.filter(|_| ty.is_none()) else {
                break;
            };
            ty = from.reference(dw::DW_AT_type)?;
            origin = from.origin()?;
        }
        match ty {
            Some(ty) => self.declare(store, die.units().die(ty)?),
            None => Ok(store.void(die.language())?.into()),
        }
    }

    /// Declares the type that `die` describes, behind its qualifiers.
    fn declare(
        &self,
        store: &TypeStore,
        mut die: Die<'_, '_>,
    ) -> Result<QualifiedType, DebugInfoError> {
        let mut qualifiers = Qualifiers::NONE;
        for _ in 0..MAX_CHAIN {
            let qualifier = match die.tag() {
                dw::DW_TAG_const_type => Qualifiers::CONST,
                dw::DW_TAG_volatile_type => Qualifiers::VOLATILE,
                dw::DW_TAG_restrict_type => Qualifiers::RESTRICT,
                dw::DW_TAG_atomic_type => Qualifiers::ATOMIC,
                // The compiler's affair: they change nothing in memory.
                dw::DW_TAG_packed_type | dw::DW_TAG_shared_type | dw::DW_TAG_immutable_type => {
                    Qualifiers::NONE
                }
                // What assembly functions return.
                dw::DW_TAG_unspecified_type if !is_null_pointer(&die)? => {
                    let id = store.void(die.language())?;
                    return Ok(QualifiedType { id, qualifiers });
                }
                _ => {
                    let id = match self.find_definition(store, &die)? {
                        Some(id) => id,
                        None => store.declare(self.producer()?, die.id().as_u64())?,
                    };
                    return Ok(QualifiedType { id, qualifiers });
                }
            };
            qualifiers = qualifiers | qualifier;
            match die.reference(dw::DW_AT_type)? {
                Some(ty) => die = die.units().die(ty)?,
                None => {
                    let id = store.void(die.language())?;
                    return Ok(QualifiedType { id, qualifiers });
                }
            }
        }
        Err(die.damaged("too many qualifiers in a row"))
    }

    fn data(&self, store: &TypeStore, die: &Die<'_, '_>) -> Result<TypeData, DebugInfoError> {
        Ok(match die.tag() {
            // `()` and `!` of Rust.
            dw::DW_TAG_base_type if die.unsigned(dw::DW_AT_byte_size) == Some(0) => {
                compound::data(die, CompoundKind::Struct)?
            }
            dw::DW_TAG_base_type => self.base_type(die)?,
            // `decltype(nullptr)` is stored as `void *` is.
            dw::DW_TAG_unspecified_type => TypeData::Typedef {
                name: required_name(die)?,
                aliased: store
                    .pointer(
                        store.void(die.language())?.into(),
                        die.unit().encoding().address_size.into(),
                        self.byte_order(die),
                        die.language(),
                    )?
                    .into(),
            },
            dw::DW_TAG_ptr_to_member_type => self.member_pointer(store, die)?,
            dw::DW_TAG_structure_type => compound::data(die, CompoundKind::Struct)?,
            dw::DW_TAG_union_type => compound::data(die, CompoundKind::Union)?,
            dw::DW_TAG_class_type | dw::DW_TAG_interface_type => {
                compound::data(die, CompoundKind::Class)?
            }
            dw::DW_TAG_enumeration_type => self.enumeration(store, die)?,
            dw::DW_TAG_typedef | dw::DW_TAG_template_alias => TypeData::Typedef {
                name: required_name(die)?,
                aliased: self.declared_type(store, die)?,
            },
            tag @ (dw::DW_TAG_pointer_type
            | dw::DW_TAG_reference_type
            | dw::DW_TAG_rvalue_reference_type) => TypeData::Pointer {
                form: match tag {
                    dw::DW_TAG_reference_type => PointerForm::Reference,
                    dw::DW_TAG_rvalue_reference_type => PointerForm::RvalueReference,
                    _ => PointerForm::Pointer,
                },
                size: die
                    .unsigned(dw::DW_AT_byte_size)
                    .unwrap_or(die.unit().encoding().address_size.into()),
                byte_order: self.byte_order(die),
                referenced: self.declared_type(store, die)?,
            },
            dw::DW_TAG_array_type => self.array(store, die)?,
            dw::DW_TAG_subroutine_type | dw::DW_TAG_subprogram => self.function(store, die)?,
            tag => return Err(die.damaged(format!("types of tag {tag} are not supported"))),
        })
    }

    /// A pointer to a member: an offset; one to a member function takes two words (Itanium C++ ABI,
    /// section 2.3).
    fn member_pointer(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<TypeData, DebugInfoError> {
        let word = u64::from(die.unit().encoding().address_size);
        let is_function = match die.reference(dw::DW_AT_type)? {
            Some(ty) => die.units().die(ty)?.tag() == dw::DW_TAG_subroutine_type,
            None => false,
        };
        let class = die
            .reference(dw::DW_AT_containing_type)?
            .ok_or_else(|| die.damaged("pointer to a member has no class"))?;
        Ok(TypeData::MemberPointer {
            size: match (die.unsigned(dw::DW_AT_byte_size), is_function) {
                (Some(size), _) => size,
                (None, true) => word.saturating_mul(2),
                (None, false) => word,
            },
            byte_order: self.byte_order(die),
            class: self.declare(store, die.units().die(class)?)?.id,
            referenced: self.declared_type(store, die)?,
        })
    }

    /// The order of the bytes of a value of the type (`DW_AT_endianity`).
    fn byte_order(&self, die: &Die<'_, '_>) -> ByteOrder {
        match die.attr(dw::DW_AT_endianity) {
            Some(gimli::AttributeValue::Endianity(dw::DW_END_big)) => ByteOrder::Big,
            Some(gimli::AttributeValue::Endianity(dw::DW_END_little)) => ByteOrder::Little,
            _ => self.elf().platform().byte_order,
        }
    }
}

impl TypeProducer for DebugFile {
    fn complete(&self, store: &TypeStore, key: u64) -> Result<Type, TypeError> {
        let ty = self.with_units(|units| {
            let die = units.die(DieId::from_u64(key))?;
            let data = self.data(store, &die)?;
            let has_scope = matches!(
                data,
                TypeData::Compound { .. } | TypeData::Enum { .. } | TypeData::Typedef { .. }
            );
            let scope = match has_scope {
                true => die.scope()?.map(Into::into),
                false => None,
            };
            let spelling = match (die.tag(), die.language()) {
                (dw::DW_TAG_pointer_type, Language::Rust) => optional_name(&die)?,
                _ => None,
            };
            Ok(Type {
                scope,
                spelling,
                alignment: alignment(&die),
                ..Type::new(die.language(), data)
            })
        })?;
        Ok(ty)
    }

    fn members(&self, store: &TypeStore, key: u64) -> Result<Members, TypeError> {
        let members = self.with_units(|units| {
            let die = units.die(DieId::from_u64(key))?;
            self.members_of(store, &die)
        })?;
        Ok(members)
    }
}

/// Whether an unspecified type is that of `nullptr`.
fn is_null_pointer(die: &Die<'_, '_>) -> Result<bool, DebugInfoError> {
    let name = die.name()?;
    Ok(name.is_some_and(|name| name.contains("nullptr")))
}

/// What is asked of the alignment of a type or member; one that is no power of two is damaged, and
/// asks for nothing.
fn alignment(die: &Die<'_, '_>) -> Option<Alignment> {
    die.unsigned(dw::DW_AT_alignment).and_then(Alignment::new)
}

fn required_name(die: &Die<'_, '_>) -> Result<Box<str>, DebugInfoError> {
    let name = die
        .any_name()?
        .ok_or_else(|| die.damaged("type has no name"))?;
    Ok(name.into())
}

/// The name of a type that may be without, as C's anonymous structures.
fn optional_name(die: &Die<'_, '_>) -> Result<Option<Box<str>>, DebugInfoError> {
    let name = die.any_name()?.filter(|name| !name.is_empty());
    Ok(name.map(Into::into))
}
