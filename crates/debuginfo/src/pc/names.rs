use crate::{DebugInfoError, DieId, UnitIndex, Units};
use gimli::{AttributeValue, UnitOffset, constants as dw};
use std::sync::Arc;

/// How many entries a name may be passed on by: the copy, its origin, the origin's declaration.
const MAX_REFERENCES: usize = 16;

/// What a function is called.
#[derive(Default)]
pub(super) struct FunctionNames {
    pub(super) name: Option<Arc<str>>,
    pub(super) linkage_name: Option<Arc<str>>,
}

impl Units<'_> {
    /// The entry at an offset in a unit.
    pub(super) fn die_at(
        &self,
        index: UnitIndex,
        offset: UnitOffset,
    ) -> Result<DieId, DebugInfoError> {
        let header = &self.unit(index)?.header;
        let offset = offset.to_unit_section_offset(header);
        Ok(DieId::new(header.section(), offset))
    }

    /// The names of the function at `offset`, its own or those of what it is a copy or the
    /// definition of (`DW_AT_abstract_origin`, `DW_AT_specification`).
    pub(super) fn function_names(
        &self,
        index: UnitIndex,
        offset: UnitOffset,
    ) -> Result<FunctionNames, DebugInfoError> {
        let mut names = FunctionNames::default();
        let (mut index, mut offset) = (index, offset);
        for _ in 0..MAX_REFERENCES {
            let unit = self.unit(index)?;
            let entry = unit.entry(offset).map_err(|error| {
                let die = self.die_at(index, offset);
                self.damaged(die.unwrap_or(DieId::from_u64(0)), error.to_string())
            })?;
            let mut next = None;
            for attribute in entry.attrs() {
                let text = |value| {
                    let text = self.dwarf().attr_string(unit, value).ok()?;
                    Some(String::from_utf8_lossy(text.slice()).into())
                };
                match attribute.name() {
                    dw::DW_AT_name if names.name.is_none() => names.name = text(attribute.value()),
                    dw::DW_AT_linkage_name | dw::DW_AT_MIPS_linkage_name
                        if names.linkage_name.is_none() =>
                    {
                        names.linkage_name = text(attribute.value());
                    }
                    dw::DW_AT_abstract_origin | dw::DW_AT_specification => {
                        next = self.referenced(index, attribute.value());
                    }
                    _ => {}
                }
            }
            match next {
                Some(reference) => (index, offset) = reference,
                None => break,
            }
        }
        Ok(names)
    }

    /// The entry that a reference in unit `index` leads to.
    pub(super) fn referenced(
        &self,
        index: UnitIndex,
        value: AttributeValue<crate::Slice<'_>>,
    ) -> Option<(UnitIndex, UnitOffset)> {
        match value {
            AttributeValue::UnitRef(offset) => Some((index, offset)),
            AttributeValue::DebugInfoRef(offset) => {
                let die = DieId::from_u64(offset.0 as u64);
                let unit = self.find_unit(die)?;
                let offset = offset.to_unit_offset(self.header(unit)?)?;
                Some((unit, offset))
            }
            _ => None,
        }
    }
}
