//! Lists of macros, entry by entry.

use crate::dwarf::{Dwarf, Slice};
use crate::unit::Unit;
use gimli::{
    AttributeValue, DebugLineOffset, DebugStrOffset, DebugStrOffsetsIndex, DwForm, DwMacro,
    DwarfFileType, Format, Reader, Section, constants as dw,
};
use std::collections::BTreeMap;

/// A list, as a unit refers to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ListPlace {
    pub(super) section: ListSection,
    pub(super) offset: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ListSection {
    /// `.debug_macinfo`
    Macinfo,
    /// `.debug_macro`
    Macro,
    /// `.debug_macro` of the supplementary file.
    Supplementary,
}

/// Which list of all those of all files: where it is in our memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ListId(usize);

/// An entry of a list. Text is a name, and in a definition what follows it.
pub(super) enum Entry<'a> {
    Define { line: u64, text: &'a [u8] },
    Undefine { text: &'a [u8] },
    StartFile { file: u64 },
    EndFile,
    Import(ListPlace),
}

impl ListPlace {
    /// The list of a unit, if it has one.
    pub(super) fn of(unit: &Unit<'_>) -> Option<Self> {
        let root = unit.entry(unit.header.root_offset()).ok()?;
        for (name, section) in [
            (dw::DW_AT_macros, ListSection::Macro),
            (dw::DW_AT_GNU_macros, ListSection::Macro),
            (dw::DW_AT_macro_info, ListSection::Macinfo),
        ] {
            let offset = match root.attr_value(name) {
                Some(AttributeValue::DebugMacroRef(offset)) => offset.0,
                Some(AttributeValue::DebugMacinfoRef(offset)) => offset.0,
                Some(AttributeValue::SecOffset(offset)) => offset,
                // DWARF 2 and 3 have no form of its own for it.
                Some(value) => match value.udata_value().map(usize::try_from) {
                    Some(Ok(offset)) => offset,
                    _ => continue,
                },
                None => continue,
            };
            return Some(Self { section, offset });
        }
        None
    }

    fn sections<'u, 'a>(self, unit: &'u Unit<'a>) -> Option<(&'u Dwarf<'a>, Slice<'a>)> {
        let own = unit.dwarf();
        Some(match self.section {
            ListSection::Macinfo => (own, *own.debug_macinfo.reader()),
            ListSection::Macro => (own, *own.debug_macro.reader()),
            ListSection::Supplementary => {
                let other = own.sup.as_deref()?;
                (other, *other.debug_macro.reader())
            }
        })
    }
}

/// Reads a list. It ends where it is damaged.
pub(super) struct List<'u, 'a> {
    place: ListPlace,
    id: ListId,
    unit: &'u Unit<'a>,
    dwarf: &'u Dwarf<'a>,
    section: Slice<'a>,
    input: Slice<'a>,
    format: Format,
    /// Whether strings are told by their index where an offset should be. GCC does so in `.dwo` files
    /// of DWARF 4 (`output_macinfo_op` in GCC 12), for which there is no other code.
    has_indices: bool,
    /// The line table that counts the files, where the list says so.
    line_table: Option<DebugLineOffset>,
    /// The operands of entries that a producer made up.
    operands: BTreeMap<u8, Slice<'a>>,
}

impl<'u, 'a> List<'u, 'a> {
    /// The list at a place; `None` if there is none.
    pub(super) fn open(unit: &'u Unit<'a>, place: ListPlace) -> Option<Self> {
        let (dwarf, section) = place.sections(unit)?;
        let mut input = section;
        input.skip(place.offset).ok()?;
        let mut list = Self {
            place,
            id: ListId(input.slice().as_ptr().addr()),
            unit,
            dwarf,
            section,
            input,
            format: Format::Dwarf32,
            has_indices: false,
            line_table: None,
            operands: BTreeMap::new(),
        };
        if place.section != ListSection::Macinfo {
            list.parse_header().ok()?;
        }
        Some(list)
    }

    fn parse_header(&mut self) -> gimli::Result<()> {
        const OFFSETS_OF_8_BYTES: u8 = 1;
        const HAS_LINE_TABLE: u8 = 2;
        const HAS_OPERANDS: u8 = 4;
        let version = self.input.read_u16()?;
        // 4 is that of GCC's own form.
        if !matches!(version, 4 | 5) {
            return Err(gimli::Error::UnknownVersion(version.into()));
        }
        self.has_indices = version == 4 && self.dwarf.file_type == DwarfFileType::Dwo;
        let flags = self.input.read_u8()?;
        if flags & OFFSETS_OF_8_BYTES != 0 {
            self.format = Format::Dwarf64;
        }
        if flags & HAS_LINE_TABLE != 0 {
            let offset = self.input.read_offset(self.format)?;
            self.line_table = Some(DebugLineOffset(offset));
        }
        if flags & HAS_OPERANDS != 0 {
            for _ in 0..self.input.read_u8()? {
                let opcode = self.input.read_u8()?;
                let count = self.input.read_uleb128()?;
                let count = usize::try_from(count).map_err(|_| gimli::Error::BadUnsignedLeb128)?;
                self.operands.insert(opcode, self.input.split(count)?);
            }
        }
        Ok(())
    }

    pub(super) fn id(&self) -> ListId {
        self.id
    }

    pub(super) fn place(&self) -> ListPlace {
        self.place
    }

    pub(super) fn line_table(&self) -> Option<DebugLineOffset> {
        self.line_table
    }

    /// Where what follows the entries that were read so far starts.
    pub(super) fn position(&self) -> usize {
        self.input.offset_from(self.section)
    }

    /// The next entry; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Entry<'a>> {
        let entry = self.parse_entry();
        let entry = entry.ok().flatten();
        if entry.is_none() {
            self.operands.clear();
        }
        entry
    }

    fn parse_entry(&mut self) -> gimli::Result<Option<Entry<'a>>> {
        let is_macinfo = self.place.section == ListSection::Macinfo;
        loop {
            // The codes of `.debug_macinfo` are the first of `.debug_macro`.
            let code = DwMacro(self.input.read_u8()?);
            let entry = match code {
                DwMacro(0) => return Ok(None),
                dw::DW_MACRO_define | dw::DW_MACRO_undef => {
                    let line = self.input.read_uleb128()?;
                    let text = self.input.read_null_terminated_slice()?;
                    definition(code == dw::DW_MACRO_define, line, text)
                }
                dw::DW_MACRO_start_file => {
                    self.input.read_uleb128()?;
                    let file = self.input.read_uleb128()?;
                    Entry::StartFile { file }
                }
                dw::DW_MACRO_end_file => Entry::EndFile,
                _ if is_macinfo && code.0 == dw::DW_MACINFO_vendor_ext.0 => {
                    self.input.read_uleb128()?;
                    self.input.read_null_terminated_slice()?;
                    continue;
                }
                _ if is_macinfo => return Ok(None),
                dw::DW_MACRO_define_strp | dw::DW_MACRO_undef_strp => {
                    let line = self.input.read_uleb128()?;
                    let text = match self.has_indices {
                        true => self.indexed_string()?,
                        false => {
                            let offset = self.input.read_offset(self.format)?;
                            self.dwarf.string(DebugStrOffset(offset))?
                        }
                    };
                    definition(code == dw::DW_MACRO_define_strp, line, text)
                }
                dw::DW_MACRO_define_sup | dw::DW_MACRO_undef_sup => {
                    let line = self.input.read_uleb128()?;
                    let offset = DebugStrOffset(self.input.read_offset(self.format)?);
                    // A supplementary file that is missing has only the names of its macros.
                    let text = self.dwarf.sup_string(offset);
                    let Ok(text) = text else { continue };
                    definition(code == dw::DW_MACRO_define_sup, line, text)
                }
                dw::DW_MACRO_define_strx | dw::DW_MACRO_undef_strx => {
                    let line = self.input.read_uleb128()?;
                    let text = self.indexed_string()?;
                    definition(code == dw::DW_MACRO_define_strx, line, text)
                }
                dw::DW_MACRO_import => Entry::Import(ListPlace {
                    section: self.place.section,
                    offset: self.input.read_offset(self.format)?,
                }),
                dw::DW_MACRO_import_sup => Entry::Import(ListPlace {
                    section: ListSection::Supplementary,
                    offset: self.input.read_offset(self.format)?,
                }),
                _ => {
                    let Some(forms) = self.operands.get(&code.0).copied() else {
                        return Ok(None);
                    };
                    for form in forms.slice() {
                        self.skip(DwForm((*form).into()))?;
                    }
                    continue;
                }
            };
            return Ok(Some(entry));
        }
    }

    /// A string by its index in the unit's `.debug_str_offsets`.
    fn indexed_string(&mut self) -> gimli::Result<Slice<'a>> {
        let index = usize::try_from(self.input.read_uleb128()?);
        let index = index.map_err(|_| gimli::Error::BadUnsignedLeb128)?;
        let index = DebugStrOffsetsIndex(index);
        let offset = self.dwarf.string_offset(self.unit, index)?;
        self.dwarf.string(offset)
    }

    /// Passes an operand of a form that is allowed here (DWARF 5, section 6.3.1).
    fn skip(&mut self, form: DwForm) -> gimli::Result<()> {
        let length = match form {
            dw::DW_FORM_flag | dw::DW_FORM_data1 | dw::DW_FORM_strx1 => 1,
            dw::DW_FORM_data2 | dw::DW_FORM_strx2 => 2,
            dw::DW_FORM_strx3 => 3,
            dw::DW_FORM_data4 | dw::DW_FORM_strx4 => 4,
            dw::DW_FORM_data8 => 8,
            dw::DW_FORM_data16 => 16,
            dw::DW_FORM_udata | dw::DW_FORM_sdata | dw::DW_FORM_strx => {
                return self.input.skip_leb128();
            }
            dw::DW_FORM_string => {
                return self.input.read_null_terminated_slice().map(|_| ());
            }
            dw::DW_FORM_strp
            | dw::DW_FORM_line_strp
            | dw::DW_FORM_strp_sup
            | dw::DW_FORM_sec_offset => self.format.word_size().into(),
            dw::DW_FORM_block1 => self.input.read_u8()?.into(),
            dw::DW_FORM_block2 => self.input.read_u16()?.into(),
            dw::DW_FORM_block4 => self.input.read_u32()? as usize,
            dw::DW_FORM_block => usize::try_from(self.input.read_uleb128()?)
                .map_err(|_| gimli::Error::BadUnsignedLeb128)?,
            _ => return Err(gimli::Error::UnknownForm(form)),
        };
        self.input.skip(length)
    }
}

fn definition<'a>(is_definition: bool, line: u64, text: Slice<'a>) -> Entry<'a> {
    let text = text.slice();
    match is_definition {
        true => Entry::Define { line, text },
        false => Entry::Undefine { text },
    }
}
