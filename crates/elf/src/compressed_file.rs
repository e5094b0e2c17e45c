use crate::codec::{self, StreamCodec};
use crate::data::SectionData;
use crate::file_data::FileData;
use crate::read_at::ReadAt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// No module or debug file is larger; what decompresses to more is not believed.
const MAX_SIZE: u64 = 512 << 20;

/// Opens the file at `path`; if it is compressed by xz, gzip or zstd (`.ko.xz`), what is inside.
///
/// The first bytes decide, not the name.
///
/// # Errors
///
/// The host's, or a damaged compressed file, with the path in the message.
pub fn open_decompressed(path: &Path) -> io::Result<Arc<dyn ReadAt>> {
    let file = FileData::open(path)?;
    let invalid = |error: &dyn std::fmt::Display| {
        let text = format!("{}: {error}", file.name());
        io::Error::new(io::ErrorKind::InvalidData, text)
    };
    let magic = SectionData::read(&file, 0, 6).map_err(|error| invalid(&error))?;
    let Some(codec) = StreamCodec::detect(&magic) else {
        return Ok(file);
    };
    let data = SectionData::read(&file, 0, u64::MAX).map_err(|error| invalid(&error))?;
    let bytes = codec::decode_unsized(codec, &data, MAX_SIZE).map_err(|error| invalid(&error))?;
    Ok(FileData::from_bytes(file.name(), bytes))
}
