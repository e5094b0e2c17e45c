use super::layout::MemberPlace;
use super::optional_name;
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use gimli::{AttributeValue, constants as dw};
use spelunk_types::{
    CompoundKind, Member, MemberRole, Members, TemplateParameter, TemplateValue, TypeData,
    TypeStore,
};

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
        if !die.flag(dw::DW_AT_declaration) {
            die.for_each_child(|child| {
                if members.len().max(parameters.len()) == MAX_MEMBERS {
                    return Err(child.damaged("type has too many members"));
                }
                match child.tag() {
                    // Static members of C++ are variables; DWARF before version 5 calls them so.
                    dw::DW_TAG_member if child.flag(dw::DW_AT_external) => {}
                    dw::DW_TAG_member => {
                        if is_array(&child)? {
                            arrays.push(members.len());
                        }
                        members.push(self.member(store, &child, MemberRole::Member)?);
                    }
                    dw::DW_TAG_inheritance => {
                        members.push(self.member(store, &child, MemberRole::Base)?)
                    }
                    dw::DW_TAG_template_type_parameter | dw::DW_TAG_template_value_parameter => {
                        parameters.push(self.template_parameter(store, &child)?);
                    }
                    _ => {}
                }
                Ok(())
            })?;
        }
        if die.tag() == dw::DW_TAG_structure_type {
            close_arrays(store, &mut members, &arrays)?;
        }
        Ok(Members::new(members, parameters))
    }

    fn member(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
        role: MemberRole,
    ) -> Result<Member, DebugInfoError> {
        let MemberPlace {
            bit_offset,
            bit_field_size,
        } = MemberPlace::of(die, self.elf().platform().byte_order)?;
        Ok(Member {
            name: optional_name(die)?,
            ty: self.declared_type(store, die)?,
            bit_offset,
            bit_field_size,
            role,
        })
    }

    fn template_parameter(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<TemplateParameter, DebugInfoError> {
        let value = match die.attr(dw::DW_AT_const_value) {
            Some(AttributeValue::Sdata(value)) => Some(TemplateValue::Constant(value.into())),
            Some(value) => value
                .udata_value()
                .map(|value| TemplateValue::Constant(value.into())),
            None => None,
        };
        Ok(TemplateParameter {
            name: optional_name(die)?,
            ty: self.declared_type(store, die)?,
            value,
            is_default: die.flag(dw::DW_AT_default_value),
        })
    }
}

/// Whether a member is an array.
fn is_array(die: &Die<'_, '_>) -> Result<bool, DebugInfoError> {
    let Some(ty) = die.reference(dw::DW_AT_type)? else {
        return Ok(false);
    };
    Ok(die.units().die(ty)?.tag() == dw::DW_TAG_array_type)
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
        let ty = store.get(member.ty.id)?;
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
