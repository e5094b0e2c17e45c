use super::required_name;
use super::spelling::usual;
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use gimli::{AttributeValue, constants as dw};
use spelunk_types::{FloatFormat, TypeData};

impl DebugFile {
    pub(super) fn base_type(&self, die: &Die<'_, '_>) -> Result<TypeData, DebugInfoError> {
        let size = match die.unsigned(dw::DW_AT_byte_size) {
            Some(size) => size,
            None => die
                .unsigned(dw::DW_AT_bit_size)
                .map(|bits| bits.div_ceil(8))
                .ok_or_else(|| die.damaged("type has no size"))?,
        };
        let name: Box<str> = usual(&required_name(die)?).into();
        let byte_order = self.byte_order(die);
        let Some(AttributeValue::Encoding(encoding)) = die.attr(dw::DW_AT_encoding) else {
            return Err(die.damaged("type has no encoding"));
        };
        let is_signed = match encoding {
            dw::DW_ATE_boolean => {
                return Ok(TypeData::Bool {
                    name,
                    size,
                    byte_order,
                });
            }
            dw::DW_ATE_float => {
                let architecture = self.elf().platform().architecture;
                return Ok(TypeData::Float {
                    format: FloatFormat::of(&name, size, architecture),
                    name,
                    size,
                    is_complex: false,
                    byte_order,
                });
            }
            dw::DW_ATE_signed | dw::DW_ATE_signed_char => true,
            dw::DW_ATE_unsigned
            | dw::DW_ATE_unsigned_char
            | dw::DW_ATE_UTF
            | dw::DW_ATE_UCS
            | dw::DW_ATE_ASCII
            | dw::DW_ATE_address => false,
            encoding => {
                return Err(die.damaged(format!(
                    "type {name} has encoding {encoding}, which is not supported"
                )));
            }
        };
        Ok(TypeData::Int {
            name,
            size,
            precision: None,
            is_signed,
            byte_order,
        })
    }
}
