use super::layout::{MemberPlace, virtual_base};
use super::{alignment, optional_name};
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use gimli::constants as dw;
use spelunk_types::{CompoundKind, Member, MemberRole, Members, TypeData, TypeStore};

/// Members of a structure: more is no program but a damaged file.
const MAX_MEMBERS: usize = 1 << 20;

/// A structure, union or class without its members.
pub(super) fn data(die: &Die<'_, '_>, kind: CompoundKind) -> Result<TypeData, DebugInfoError> {
    let size = match die.flag(dw::DW_AT_declaration) {
        true => None,
        false => Some(
            die.unsigned(dw::DW_AT_byte_size)
                .ok_or_else(|| die.damaged("type has no size"))?,
        ),
    };
    Ok(TypeData::Compound {
        kind,
        tag: optional_name(die)?,
        size,
    })
}

impl DebugFile {
    pub(super) fn members_of(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<Members, DebugInfoError> {
        let mut members = Vec::new();
        let mut arrays = Vec::new();
        let mut parameters = Vec::new();
        let mut variants = None;
        if !die.flag(dw::DW_AT_declaration) {
            die.for_each_child(|child| {
                if members.len().max(parameters.len()) == MAX_MEMBERS {
                    return Err(child.damaged("type has too many members"));
                }
                match child.tag() {
                    // Static members of C++ are variables; DWARF before version 5 calls them so.
                    dw::DW_TAG_member
                        if child.flag(dw::DW_AT_external) || child.flag(dw::DW_AT_declaration) => {}
                    dw::DW_TAG_member => {
                        if is_array(&child) {
                            arrays.push(members.len());
                        }
                        members.push(self.member(store, &child)?);
                    }
                    dw::DW_TAG_inheritance => members.push(self.member(store, &child)?),
                    dw::DW_TAG_variant_part if variants.is_none() => {
                        match self.variant_part(store, &child) {
                            Ok(part) => variants = Some(part),
                            Err(error) => members.push(unknown(store, None, &child, error)?),
                        }
                    }
                    _ => self.add_template_parameter(store, &child, &mut parameters)?,
                }
                Ok(())
            })?;
        }
        if matches!(die.tag(), dw::DW_TAG_structure_type | dw::DW_TAG_class_type) {
            close_arrays(store, &mut members, &arrays)?;
        }
        Ok(Members::new(members, parameters).with_variants(variants))
    }

    /// A member or base class. Where its type or place is damaged it is of an unknown type, and
    /// spoils no other; so it is with variants.
    pub(super) fn member(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<Member, DebugInfoError> {
        let name = optional_name(die).unwrap_or_default();
        let member = self.known_member(store, die);
        Ok(match member {
            Ok(member) => Member { name, ..member },
            Err(error) => unknown(store, name, die, error)?,
        })
    }

    fn known_member(&self, store: &TypeStore, die: &Die<'_, '_>) -> Result<Member, DebugInfoError> {
        let is_base = die.tag() == dw::DW_TAG_inheritance;
        let ty = self.declared_type(store, die)?;
        if is_base && let Some(table_offset) = virtual_base(die)? {
            return Ok(Member {
                name: None,
                ty,
                bit_offset: 0,
                bit_field_size: None,
                alignment: None,
                role: MemberRole::VirtualBase { table_offset },
            });
        }
        let place = MemberPlace::of(die, self.elf().platform().byte_order)?;
        Ok(Member {
            name: None,
            ty,
            bit_offset: place.bit_offset,
            bit_field_size: place.bit_field_size,
            alignment: alignment(die),
            role: match is_base {
                true => MemberRole::Base,
                false => MemberRole::Member,
            },
        })
    }
}

/// What stands for a part that is damaged.
fn unknown(
    store: &TypeStore,
    name: Option<Box<str>>,
    die: &Die<'_, '_>,
    error: DebugInfoError,
) -> Result<Member, DebugInfoError> {
    Ok(Member {
        name,
        ty: store.add_unknown(error.into())?.into(),
        bit_offset: 0,
        bit_field_size: None,
        alignment: None,
        role: match die.tag() {
            dw::DW_TAG_inheritance => MemberRole::Base,
            _ => MemberRole::Member,
        },
    })
}

/// Whether a member is an array.
fn is_array(die: &Die<'_, '_>) -> bool {
    let ty = die.reference(dw::DW_AT_type).ok().flatten();
    let ty = ty.and_then(|ty| die.units().die(ty).ok());
    ty.is_some_and(|ty| ty.tag() == dw::DW_TAG_array_type)
}

/// Only the last member of a structure can be an array without length. GCC before version 9 and
/// Clang before 11 describe `int a[0]` as they do `int a[]`, so any other one has length 0.
fn close_arrays(
    store: &TypeStore,
    members: &mut [Member],
    arrays: &[usize],
) -> Result<(), DebugInfoError> {
    let Some((_, inner)) = members.split_last_mut() else {
        return Ok(());
    };
    for member in arrays {
        let Some(member) = inner.get_mut(*member) else {
            continue;
        };
        let Ok(ty) = store.get(member.ty.id) else {
            continue;
        };
        if let TypeData::Array {
            element,
            length: None,
        } = ty.data
        {
            member.ty.id = store.array(element, Some(0), ty.language)?;
        }
    }
    Ok(())
}
