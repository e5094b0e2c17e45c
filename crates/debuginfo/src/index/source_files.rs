use super::forms::{Sizes, read_number, skip_form};
use super::scan_unit::{ScanUnit, Strings};
use super::seen::mix;
use crate::hash::hash_bytes;
use gimli::{DwForm, DwLnct, constants as dw};
use spelunk_base::{Cursor, Truncated};
use std::rc::Rc;

/// The source files of a unit, by the numbers that its entries give them (`DW_AT_decl_file`): a
/// number each, which is the same in all units for the same path.
///
/// Only the tables in the header of the line program are read: DWARF 5, section 6.2.4, and DWARF 4,
/// section 6.2.4.
pub(super) struct SourceFiles {
    files: Vec<u64>,
    /// The number of the first: 0 in DWARF 5, 1 before.
    first: u64,
}

/// The source files of the last unit, whose table the next one often shares: type units have that of
/// the unit they were written with.
#[derive(Default)]
pub(super) struct LastSourceFiles {
    /// Where the table is in memory, and the folder.
    key: Option<(*const u8, u64, u64)>,
    files: Option<Rc<SourceFiles>>,
}

impl LastSourceFiles {
    /// As [`SourceFiles::parse`].
    pub(super) fn get(
        &mut self,
        unit: &ScanUnit<'_>,
        lines: u64,
        folder: u64,
    ) -> Option<Rc<SourceFiles>> {
        let key = Some((unit.line.as_ptr(), lines, folder));
        if self.key != key {
            self.files = SourceFiles::parse(unit, lines, folder).map(Rc::new);
            self.key = key;
        }
        self.files.clone()
    }
}

impl SourceFiles {
    /// Those of a unit whose line program is at `lines` and that was compiled in `folder` (any
    /// number that tells it from other folders); none if the tables are damaged.
    fn parse(unit: &ScanUnit<'_>, lines: u64, folder: u64) -> Option<Self> {
        let mut cursor = Cursor::new(unit.line, unit.order);
        cursor.seek(usize::try_from(lines).ok()?);
        let parsed = Header::parse(&mut cursor).and_then(|header| match header.sizes.version {
            5 => header.parse_5(&mut cursor, &unit.strings, folder),
            _ => Self::parse_2(&mut cursor, folder),
        });
        parsed.ok()
    }

    /// The number of the path of a file; `None` if there is no such file.
    pub(super) fn get(&self, file: u64) -> Option<u64> {
        let index = file.checked_sub(self.first)?;
        self.files.get(usize::try_from(index).ok()?).copied()
    }

    /// The tables of versions 2 to 4.
    fn parse_2(cursor: &mut Cursor<'_>, folder: u64) -> Result<Self, Truncated> {
        let mut folders = vec![folder];
        loop {
            match cursor.c_str()? {
                [] => break,
                path => folders.push(absolute(path, hash_bytes(path), folder)),
            }
        }
        let mut files = Vec::new();
        loop {
            let name = cursor.c_str()?;
            if name.is_empty() {
                break;
            }
            let folder = usize::try_from(cursor.uleb128()?).unwrap_or(usize::MAX);
            let (_time, _size) = (cursor.uleb128()?, cursor.uleb128()?);
            let folder = folders.get(folder).copied().unwrap_or(0);
            files.push(absolute(name, hash_bytes(name), folder));
        }
        Ok(Self { files, first: 1 })
    }
}

/// The part of the header that is before the tables.
struct Header {
    sizes: Sizes,
}

impl Header {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Truncated> {
        let offset = cursor.position();
        let is_wide = cursor.u32()? == u32::MAX;
        if is_wide {
            cursor.skip(8)?;
        }
        let mut sizes = Sizes {
            version: cursor.u16()?,
            address: 8,
            offset: if is_wide { 8 } else { 4 },
        };
        if sizes.version == 5 {
            sizes.address = cursor.u8()?;
            // The size of a segment selector.
            cursor.skip(1)?;
        }
        // The header's length, the minimum length of an instruction.
        cursor.skip(usize::from(sizes.offset).saturating_add(1))?;
        match sizes.version {
            2 | 3 => {}
            // How many operations an instruction has.
            4 | 5 => cursor.skip(1)?,
            _ => return Err(Truncated { offset }),
        }
        // default_is_stmt, line_base, line_range
        cursor.skip(3)?;
        let opcodes = usize::from(cursor.u8()?);
        cursor.skip(opcodes.saturating_sub(1))?;
        Ok(Self { sizes })
    }

    /// The tables of version 5.
    fn parse_5<'a>(
        &self,
        cursor: &mut Cursor<'a>,
        strings: &Strings<'a>,
        folder: u64,
    ) -> Result<SourceFiles, Truncated> {
        let mut folders: Vec<u64> = Vec::new();
        self.parse_table(cursor, strings, |path, number, _| {
            // The first is the one that the unit was compiled in.
            let around = folders.first().copied().unwrap_or(folder);
            folders.push(absolute(path, number, around));
        })?;
        let mut files = Vec::new();
        self.parse_table(cursor, strings, |path, number, folder| {
            let folder = usize::try_from(folder).ok();
            let folder = folder.and_then(|folder| folders.get(folder));
            files.push(absolute(path, number, folder.copied().unwrap_or(0)));
        })?;
        Ok(SourceFiles { files, first: 0 })
    }

    /// Calls `take` with the path of each entry of a table, a number for it, and its folder.
    fn parse_table<'a>(
        &self,
        cursor: &mut Cursor<'a>,
        strings: &Strings<'a>,
        mut take: impl FnMut(&[u8], u64, u64),
    ) -> Result<(), Truncated> {
        let mut fields = Vec::new();
        for _ in 0..cursor.u8()? {
            let content = DwLnct(u16::try_from(cursor.uleb128()?).unwrap_or(0));
            let form = DwForm(u16::try_from(cursor.uleb128()?).unwrap_or(0));
            fields.push((content, form));
        }
        for _ in 0..cursor.uleb128()? {
            let start = cursor.position();
            let (mut path, mut folder) = (None, 0);
            for (content, form) in &fields {
                match *content {
                    dw::DW_LNCT_path => path = self.parse_path(cursor, strings, *form)?,
                    dw::DW_LNCT_directory_index => {
                        folder = read_number(cursor, *form, self.sizes)?.unwrap_or(0);
                    }
                    _ => skip_form(cursor, *form, self.sizes)?,
                }
            }
            if cursor.position() == start {
                // Any number of entries fits into no bytes.
                return Err(Truncated { offset: start });
            }
            let (path, number) = path.unwrap_or((&[], 0));
            take(path, number, folder);
        }
        Ok(())
    }

    /// The start of a path, and a number for all of it.
    fn parse_path<'a>(
        &self,
        cursor: &mut Cursor<'a>,
        strings: &Strings<'a>,
        form: DwForm,
    ) -> Result<Option<(&'a [u8], u64)>, Truncated> {
        let section = match form {
            dw::DW_FORM_line_strp => strings.line_str,
            dw::DW_FORM_strp => strings.str,
            dw::DW_FORM_string => {
                let path = cursor.c_str()?;
                return Ok(Some((path, hash_bytes(path))));
            }
            _ => return skip_form(cursor, form, self.sizes).map(|()| None),
        };
        // Linkers keep each path once: where it stands is as good as its bytes.
        let offset = cursor.uint(usize::from(self.sizes.offset))?;
        let start = usize::try_from(offset).ok();
        let path = start.and_then(|start| section.get(start..)).unwrap_or(&[]);
        let section = u64::from(form.0) | u64::from(strings.source) << 32;
        Ok(Some((path, mix(offset, section))))
    }
}

/// The number of a path that may be relative to `folder`.
fn absolute(path: &[u8], number: u64, folder: u64) -> u64 {
    match path.first() {
        Some(b'/') => number,
        _ => mix(number, folder),
    }
}
