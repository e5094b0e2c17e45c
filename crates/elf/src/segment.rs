use crate::constants::{ProgramFlags, ProgramType};
use spelunk_base::{Cursor, Platform, Truncated};

/// A segment, as its program header tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// What it is for: `PT_LOAD`, `PT_NOTE`.
    pub kind: ProgramType,
    /// Readable, writable, executable.
    pub flags: ProgramFlags,
    /// Where it stands in the file.
    pub offset: u64,
    /// Its virtual address.
    pub virtual_address: u64,
    /// Its physical address.
    pub physical_address: u64,
    /// Its size in the file, in bytes.
    pub file_size: u64,
    /// Its size in memory, in bytes.
    pub memory_size: u64,
    /// Its alignment.
    pub alignment: u64,
}

impl Segment {
    /// Parses the program header at the cursor.
    ///
    /// # Errors
    ///
    /// If the bytes end before it does.
    pub fn parse(cursor: &mut Cursor<'_>, platform: Platform) -> Result<Self, Truncated> {
        let word = usize::from(platform.address_size());
        let kind = ProgramType(cursor.u32()?);
        // The flags moved to the front in 64-bit files, for alignment.
        let front_flags = if platform.is_64_bit { cursor.u32()? } else { 0 };
        let offset = cursor.uint(word)?;
        let virtual_address = cursor.uint(word)?;
        let physical_address = cursor.uint(word)?;
        let file_size = cursor.uint(word)?;
        let memory_size = cursor.uint(word)?;
        let flags = if platform.is_64_bit {
            front_flags
        } else {
            cursor.u32()?
        };
        Ok(Self {
            kind,
            flags: ProgramFlags(flags),
            offset,
            virtual_address,
            physical_address,
            file_size,
            memory_size,
            alignment: cursor.uint(word)?,
        })
    }
}
