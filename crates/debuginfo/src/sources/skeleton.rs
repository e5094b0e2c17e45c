use super::sections::SourceSections;
use crate::abbreviation_tables::AbbreviationTables;
use crate::dwarf::{Dwarf, Slice};
use crate::unit_headers::UnitHeaders;
use crate::unit_parse::parse_unit;
use gimli::{DwAt, DwForm, SectionId, UnitHeader, UnitType, constants as dw};
use spelunk_base::{ByteOrder, Cursor, Truncated};

/// A unit that has only addresses, of one that stands in another file: DWARF 5, section 3.1.2.
pub(super) struct Skeleton {
    /// Where it starts in `.debug_info`.
    pub(super) offset: u64,
    /// What both units have in common.
    pub(super) dwo_id: u64,
    /// `DW_AT_dwo_name`
    pub(super) dwo_name: String,
    /// `DW_AT_comp_dir`
    pub(super) comp_dir: Option<String>,
}

/// Whether a file has any skeleton units. Reads no more of each unit than it must: kernels have
/// thousands of units and no skeletons.
pub(super) fn has_any(sections: &SourceSections) -> bool {
    headers(sections).any(|header| is_skeleton(sections, &header))
}

/// The skeleton units of a file of which all sections are loaded.
pub(super) fn list(sections: &SourceSections) -> Vec<Skeleton> {
    let dwarf = sections.dwarf();
    let tables = AbbreviationTables::new(sections.size_for_abbreviations());
    headers(sections)
        .filter(|header| is_skeleton(sections, header))
        .filter_map(|header| skeleton(&dwarf, &tables, header))
        .collect()
}

fn headers(sections: &SourceSections) -> impl Iterator<Item = UnitHeader<Slice<'_>>> {
    let id = SectionId::DebugInfo;
    UnitHeaders::new(id, sections.get(id)).flatten()
}

fn skeleton<'a>(
    dwarf: &Dwarf<'a>,
    tables: &AbbreviationTables,
    header: UnitHeader<Slice<'a>>,
) -> Option<Skeleton> {
    let abbreviations = tables.get(dwarf, &header).ok()?;
    let unit = parse_unit(dwarf, header, abbreviations).ok()?.unit;
    let text = |text: Slice<'a>| String::from_utf8_lossy(text.slice()).into_owned();
    let name = unit.dwo_name().ok().flatten()?;
    Some(Skeleton {
        offset: header.offset().0 as u64,
        dwo_id: unit.dwo_id?.0,
        dwo_name: text(dwarf.attr_string(&unit, name).ok()?),
        comp_dir: unit.comp_dir.map(text),
    })
}

fn is_skeleton(sections: &SourceSections, header: &UnitHeader<Slice<'_>>) -> bool {
    match header.type_() {
        UnitType::Skeleton(_) => true,
        // GCC and Clang split DWARF 4 and earlier in their own way, which shows in the first entry.
        UnitType::Compilation if header.version() < 5 => {
            has_gnu_dwo_name(sections, header).unwrap_or(false)
        }
        _ => false,
    }
}

/// Whether the first entry of a unit has the attribute `DW_AT_GNU_dwo_name`.
fn has_gnu_dwo_name(
    sections: &SourceSections,
    header: &UnitHeader<Slice<'_>>,
) -> Result<bool, Truncated> {
    let info = sections.get(SectionId::DebugInfo);
    let root = header.offset().0.saturating_add(header.root_offset().0);
    let mut cursor = Cursor::new(info.slice(), ByteOrder::Little);
    cursor.seek(root);
    let wanted = cursor.uleb128()?;
    let abbreviations = sections.get(SectionId::DebugAbbrev);
    let mut cursor = Cursor::new(abbreviations.slice(), ByteOrder::Little);
    cursor.seek(header.debug_abbrev_offset().0);
    // Compilers number the abbreviation of the first entry first.
    for _ in 0..MAX_ABBREVIATIONS {
        let code = cursor.uleb128()?;
        if code == 0 {
            break;
        }
        let _tag = cursor.uleb128()?;
        let _has_children = cursor.u8()?;
        let mut is_split = false;
        loop {
            let name = DwAt(u16::try_from(cursor.uleb128()?).unwrap_or(0));
            let form = DwForm(u16::try_from(cursor.uleb128()?).unwrap_or(0));
            if form == dw::DW_FORM_implicit_const {
                cursor.sleb128()?;
            }
            is_split |= name == dw::DW_AT_GNU_dwo_name;
            if name == DwAt(0) && form == DwForm(0) {
                break;
            }
        }
        if code == wanted {
            return Ok(is_split);
        }
    }
    Ok(false)
}

/// Abbreviations that are looked through for the one of a unit's first entry.
const MAX_ABBREVIATIONS: usize = 64;
