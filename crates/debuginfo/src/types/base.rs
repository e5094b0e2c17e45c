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
            dw::DW_ATE_float | dw::DW_ATE_complex_float => {
                let is_complex = encoding == dw::DW_ATE_complex_float;
                let part_size = if is_complex { size / 2 } else { size };
                let name = match (&*name, part_size) {
                    (CLANG_COMPLEX, 2) => "_Float16 _Complex".into(),
                    (CLANG_COMPLEX, 4) => "float _Complex".into(),
                    (CLANG_COMPLEX, 8) => "double _Complex".into(),
                    (CLANG_COMPLEX, 12 | 16) => "long double _Complex".into(),
                    _ => name,
                };
                let architecture = self.elf().platform().architecture;
                return Ok(TypeData::Float {
                    format: FloatFormat::of(&name, part_size, architecture),
                    name,
                    size,
                    is_complex,
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
        let width = die
            .unsigned(dw::DW_AT_bit_size)
            .or_else(|| bit_precise_width(&name));
        let precision = width
            .filter(|width| (1..size.saturating_mul(8)).contains(width))
            .and_then(|width| u32::try_from(width).ok());
        Ok(TypeData::Int {
            name,
            size,
            precision,
            is_signed,
            byte_order,
        })
    }
}

/// What Clang calls every complex type, whatever its parts.
const CLANG_COMPLEX: &str = "complex";

/// The width of a `_BitInt(17)`, from its name: compilers that tell it there may leave out
/// `DW_AT_bit_size`. Clang 19 says `_BitInt` alone, of which only the size is known.
fn bit_precise_width(name: &str) -> Option<u64> {
    let name = name.strip_prefix("unsigned ").unwrap_or(name);
    let width = name.strip_prefix("_BitInt(")?.strip_suffix(')')?;
    width.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_bit_precise_type_tells_its_width() {
        assert_eq!(bit_precise_width("_BitInt(17)"), Some(17));
        assert_eq!(bit_precise_width("unsigned _BitInt(256)"), Some(256));
        assert_eq!(bit_precise_width("_BitInt"), None);
        assert_eq!(bit_precise_width("int"), None);
    }
}
