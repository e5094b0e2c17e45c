use crate::ElfFile;
use spelunk_base::Cursor;

/// What a file says of its separate debug file (`.gnu_debuglink`; GDB's manual, "Debugging
/// Information in Separate Files").
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DebugLink {
    /// The name of the debug file, without a folder.
    pub name: String,
    /// The CRC-32 of all its bytes.
    pub crc: u32,
}

impl ElfFile {
    /// The link to the file's debug file, if it has one that makes sense.
    #[must_use]
    pub fn debug_link(&self) -> Option<DebugLink> {
        let data = self.section_data(".gnu_debuglink").ok().flatten()?;
        let mut cursor = Cursor::new(&data, self.platform().byte_order);
        let name = String::from_utf8_lossy(cursor.c_str().ok()?).into_owned();
        cursor.align(4).ok()?;
        let crc = cursor.u32().ok()?;
        // It names a file, and leads nowhere else.
        (!name.is_empty() && !name.contains('/')).then_some(DebugLink { name, crc })
    }
}
