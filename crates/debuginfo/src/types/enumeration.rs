use super::optional_name;
use super::template::number;
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use gimli::{AttributeValue, Reader, constants as dw};
use spelunk_types::{Enumerator, Type, TypeData, TypeId, TypeStore};

/// Enumerators of an enumeration: more is no program but a damaged file.
const MAX_ENUMERATORS: usize = 1 << 20;

impl DebugFile {
    pub(super) fn enumeration(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<TypeData, DebugInfoError> {
        let tag = optional_name(die)?;
        if die.flag(dw::DW_AT_declaration) {
            return Ok(TypeData::Enum {
                tag,
                compatible: None,
                enumerators: None,
            });
        }
        let compatible = self.underlying_integer(store, die)?;
        let is_signed = match compatible {
            Some(id) => match store.get(id)?.data {
                TypeData::Int { is_signed, .. } => Some(is_signed),
                _ => None,
            },
            None => None,
        };
        let size = die.unsigned(dw::DW_AT_byte_size);
        let mut enumerators = Vec::new();
        die.for_each_child(|child| {
            if child.tag() == dw::DW_TAG_enumerator {
                if enumerators.len() == MAX_ENUMERATORS {
                    return Err(child.damaged("enumeration has too many enumerators"));
                }
                let name = child.name()?;
                enumerators.push(Enumerator {
                    name: name
                        .ok_or_else(|| child.damaged("enumerator has no name"))?
                        .into(),
                    value: self.enumerator_value(&child, size, is_signed)?,
                });
            }
            Ok(())
        })?;
        let compatible = match compatible {
            Some(id) => id,
            None => {
                let is_signed = enumerators.iter().any(|enumerator| enumerator.value < 0);
                store.add(Type::new(
                    die.language(),
                    TypeData::Int {
                        name: "<unknown>".into(),
                        size: size.ok_or_else(|| die.damaged("enumeration has no size"))?,
                        precision: None,
                        is_signed,
                        byte_order: self.byte_order(die),
                    },
                ))?
            }
        };
        Ok(TypeData::Enum {
            tag,
            compatible: Some(compatible),
            enumerators: Some(enumerators.into()),
        })
    }

    /// The integer type of the enumeration, behind typedefs (`enum e : u8`).
    fn underlying_integer(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<Option<TypeId>, DebugInfoError> {
        let mut ty = die.reference(dw::DW_AT_type)?;
        for _ in 0..super::MAX_CHAIN {
            let Some(id) = ty else {
                return Ok(None);
            };
            let behind = die.units().die(id)?;
            if behind.tag() == dw::DW_TAG_base_type {
                return Ok(Some(self.declare(store, behind)?.id));
            }
            ty = behind.reference(dw::DW_AT_type)?;
        }
        Err(die.damaged("enumeration's type is behind too many typedefs"))
    }

    /// The value of an enumerator. Forms of a fixed size do not say whether they are signed, so the
    /// enumeration's type must, where it has that size.
    fn enumerator_value(
        &self,
        die: &Die<'_, '_>,
        size: Option<u64>,
        is_signed: Option<bool>,
    ) -> Result<i128, DebugInfoError> {
        let extend = |unsigned: u64, signed: i64, bytes: u64| {
            if is_signed == Some(true) && size == Some(bytes) {
                i128::from(signed)
            } else {
                i128::from(unsigned)
            }
        };
        Ok(match die.attr(dw::DW_AT_const_value) {
            Some(AttributeValue::Sdata(value)) => value.into(),
            Some(AttributeValue::Udata(value)) => value.into(),
            Some(AttributeValue::Data1(value)) => {
                extend(value.into(), value.cast_signed().into(), 1)
            }
            Some(AttributeValue::Data2(value)) => {
                extend(value.into(), value.cast_signed().into(), 2)
            }
            Some(AttributeValue::Data4(value)) => {
                extend(value.into(), value.cast_signed().into(), 4)
            }
            Some(AttributeValue::Data8(value)) => extend(value, value.cast_signed(), 8),
            Some(AttributeValue::Data16(value)) => value.cast_signed(),
            // Before DWARF 5 there was no other form for 128 bits; Clang still takes it.
            Some(AttributeValue::Block(bytes)) if bytes.len() == 16 => {
                number(bytes.slice(), self.elf().platform().byte_order).cast_signed()
            }
            _ => return Err(die.damaged("enumerator has no value")),
        })
    }
}
