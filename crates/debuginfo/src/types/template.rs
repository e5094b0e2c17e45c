use super::optional_name;
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::object::ObjectValue;
use crate::place::variable_value;
use gimli::{AttributeValue, constants as dw};
use spelunk_base::ByteOrder;
use spelunk_types::{TemplateParameter, TemplateValue, TypeStore};

/// Parameters of a template: more is no program but a damaged file.
const MAX_PARAMETERS: usize = 1 << 16;

impl DebugFile {
    /// Adds what `die` says of a template's parameters, if anything: one, or those of a pack
    /// (`typename... T`), which have no names. Templates as parameters are left out.
    pub(super) fn add_template_parameter(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
        parameters: &mut Vec<TemplateParameter>,
    ) -> Result<(), DebugInfoError> {
        match die.tag() {
            dw::DW_TAG_template_type_parameter | dw::DW_TAG_template_value_parameter => {
                if parameters.len() == MAX_PARAMETERS {
                    return Err(die.damaged("template has too many parameters"));
                }
                parameters.push(self.template_parameter(store, die)?);
                Ok(())
            }
            // There are no packs in packs.
            dw::DW_TAG_GNU_template_parameter_pack => {
                die.for_each_child(|child| match child.tag() {
                    dw::DW_TAG_GNU_template_parameter_pack => Ok(()),
                    _ => self.add_template_parameter(store, &child, parameters),
                })
            }
            _ => Ok(()),
        }
    }

    fn template_parameter(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<TemplateParameter, DebugInfoError> {
        Ok(TemplateParameter {
            name: optional_name(die)?,
            ty: match self.declared_type(store, die) {
                Ok(ty) => ty,
                Err(error) => store.add_unknown(error.into())?.into(),
            },
            value: self.template_value(die),
            is_default: die.flag(dw::DW_AT_default_value),
        })
    }

    /// The value of a parameter: a number, an address, or where an object is.
    fn template_value(&self, die: &Die<'_, '_>) -> Option<TemplateValue> {
        let constant = die.attr(dw::DW_AT_const_value);
        if let Some(AttributeValue::Sdata(value)) = constant {
            return Some(TemplateValue::Constant(value.into()));
        }
        if let Some(value) = constant.as_ref().and_then(AttributeValue::udata_value) {
            return Some(TemplateValue::Constant(value.into()));
        }
        if constant.is_none() && die.attr(dw::DW_AT_location).is_none() {
            return None;
        }
        let platform = self.elf().platform();
        match variable_value(die, platform, self.load_bias()).ok()? {
            ObjectValue::Address(address) => Some(TemplateValue::Address(address)),
            ObjectValue::Constant(value) => Some(TemplateValue::Constant(value)),
            ObjectValue::Bytes(bytes) if bytes.len() <= 16 => Some(TemplateValue::Constant(
                number(&bytes, platform.byte_order).cast_signed(),
            )),
            ObjectValue::Bytes(_) | ObjectValue::ThreadLocal(_) | ObjectValue::Absent(_) => None,
        }
    }
}

/// The number that stands in up to 16 bytes.
pub(super) fn number(bytes: &[u8], order: ByteOrder) -> u128 {
    let join = |number: u128, byte: &u8| number << 8 | u128::from(*byte);
    match order {
        ByteOrder::Little => bytes.iter().rev().fold(0, join),
        ByteOrder::Big => bytes.iter().fold(0, join),
    }
}
