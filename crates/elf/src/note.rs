use crate::constants::NoteType;
use crate::data::SectionData;
use spelunk_base::{ByteOrder, Cursor};

/// One note: who defined it, which of its kinds it is, and what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Note<'a> {
    /// The name of its definer (`CORE`, `GNU`, `VMCOREINFO`), without the NUL at its end.
    pub name: &'a [u8],
    /// Its type, which means something together with the name only.
    pub kind: NoteType,
    /// The descriptor: what the note says.
    pub desc: &'a [u8],
}

/// The padding between the parts of notes.
///
/// The ELF specification asks for 8 in 64-bit files; all producers but a few write 4, and those
/// few say so in the alignment of the segment or section.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NoteAlignment {
    /// Names and descriptors start at multiples of 4.
    #[default]
    Four,
    /// Names and descriptors start at multiples of 8.
    Eight,
}

impl NoteAlignment {
    /// The padding that a segment or section with this alignment has.
    #[must_use]
    pub fn of(alignment: u64) -> Self {
        if alignment == 8 {
            Self::Eight
        } else {
            Self::Four
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::Four => 4,
            Self::Eight => 8,
        }
    }
}

/// An iterator over notes in bytes that hold nothing else.
///
/// Ends at the first note that does not fit: what stands behind cannot be told from garbage.
#[derive(Clone, Debug)]
pub struct Notes<'a> {
    cursor: Cursor<'a>,
    alignment: NoteAlignment,
}

impl<'a> Notes<'a> {
    /// The notes in `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8], order: ByteOrder, alignment: NoteAlignment) -> Self {
        Self {
            cursor: Cursor::new(bytes, order),
            alignment,
        }
    }

    /// Offset of the next note from the start of the bytes.
    #[must_use]
    pub fn position(&self) -> usize {
        self.cursor.position()
    }

    fn parse_note(&mut self) -> Option<Note<'a>> {
        let alignment = self.alignment.bytes();
        let cursor = &mut self.cursor;
        let name_size = usize::try_from(cursor.u32().ok()?).ok()?;
        let desc_size = usize::try_from(cursor.u32().ok()?).ok()?;
        let kind = NoteType(cursor.u32().ok()?);
        let name = cursor.bytes(name_size).ok()?;
        cursor.align(alignment).ok()?;
        let desc = cursor.bytes(desc_size).ok()?;
        // The last note may lack its padding.
        if cursor.align(alignment).is_err() {
            cursor.seek(usize::MAX);
        }
        let name = name.strip_suffix(b"\0").unwrap_or(name);
        Some(Note { name, kind, desc })
    }
}

impl<'a> Iterator for Notes<'a> {
    type Item = Note<'a>;

    fn next(&mut self) -> Option<Note<'a>> {
        let note = self.parse_note();
        if note.is_none() {
            self.cursor.seek(usize::MAX);
        }
        note
    }
}

/// The bytes of a segment or section of notes, and their padding.
pub(crate) struct NoteTable {
    pub(crate) data: SectionData,
    pub(crate) alignment: NoteAlignment,
}
