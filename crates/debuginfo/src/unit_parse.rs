use crate::dwarf::{Dwarf, Slice, UnitHeader};
use gimli::{
    Abbreviations, AttributeValue, DebugAddrBase, DebugLineOffset, DebugLocListsBase,
    DebugRngListsBase, DebugStrOffsetsBase, UnitType, constants,
};
use std::sync::Arc;

/// A unit, and where its line program is.
pub(crate) struct ParsedUnit<'a> {
    pub(crate) unit: gimli::Unit<Slice<'a>>,
    pub(crate) lines: Option<DebugLineOffset>,
}

/// A unit with its abbreviations and what its first entry says. Its line program is not in it: gimli
/// reads the header of that with each unit, and fails if it cannot.
pub(crate) fn parse_unit<'a>(
    dwarf: &Dwarf<'a>,
    header: UnitHeader<'a>,
    abbreviations: Arc<Abbreviations>,
) -> gimli::Result<ParsedUnit<'a>> {
    let (encoding, file_type) = (header.encoding(), dwarf.file_type);
    let mut unit = gimli::Unit {
        abbreviations,
        name: None,
        comp_dir: None,
        low_pc: 0,
        str_offsets_base: DebugStrOffsetsBase::default_for_encoding_and_file(encoding, file_type),
        addr_base: DebugAddrBase(0),
        loclists_base: DebugLocListsBase::default_for_encoding_and_file(encoding, file_type),
        rnglists_base: DebugRngListsBase::default_for_encoding_and_file(encoding, file_type),
        line_program: None,
        dwo_id: match header.type_() {
            UnitType::Skeleton(dwo_id) | UnitType::SplitCompilation(dwo_id) => Some(dwo_id),
            _ => None,
        },
        header,
    };
    let mut lines = None;
    let root = header.entry(&unit.abbreviations, header.root_offset())?;
    for attribute in root.attrs() {
        match attribute.value() {
            AttributeValue::DebugStrOffsetsBase(base) => unit.str_offsets_base = base,
            AttributeValue::DebugAddrBase(base) => unit.addr_base = base,
            AttributeValue::DebugLocListsBase(base) => unit.loclists_base = base,
            AttributeValue::DebugRngListsBase(base) => unit.rnglists_base = base,
            AttributeValue::DwoId(id) => unit.dwo_id = unit.dwo_id.or(Some(id)),
            AttributeValue::DebugLineRef(offset) => lines = Some(offset),
            value => {
                // Before version 4 there is no form for offsets, and gimli takes these for numbers
                // (GCC and Clang split units of versions 2 and 3, too).
                let offset = || usize::try_from(value.udata_value()?).ok();
                match attribute.name() {
                    constants::DW_AT_GNU_addr_base => {
                        unit.addr_base = offset().map_or(unit.addr_base, DebugAddrBase);
                    }
                    constants::DW_AT_GNU_ranges_base => {
                        unit.rnglists_base = offset().map_or(unit.rnglists_base, DebugRngListsBase);
                    }
                    _ => {}
                }
            }
        }
    }
    // Strings and addresses may need the bases, which may stand behind them.
    let text = |name| dwarf.attr_string(&unit, root.attr_value(name)?).ok();
    let (name, comp_dir) = (text(constants::DW_AT_name), text(constants::DW_AT_comp_dir));
    (unit.name, unit.comp_dir) = (name, comp_dir);
    if let Some(low_pc) = root.attr_value(constants::DW_AT_low_pc)
        && let Some(address) = dwarf.attr_address(&unit, low_pc)?
    {
        unit.low_pc = address;
    }
    Ok(ParsedUnit { unit, lines })
}
