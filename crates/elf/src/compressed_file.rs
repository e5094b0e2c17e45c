use crate::codec::{self, StreamCodec};
use crate::data::SectionData;
use crate::file_data::FileData;
use crate::read_at::ReadAt;
use crate::scratch_file::ScratchFile;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// No module or debug file is larger; what decompresses to more is not believed.
const MAX_SIZE: u64 = 512 << 20;

/// What a dump may decompress to, for each of its bytes: zeros, which take no room, do not count.
const MAX_EXPANSION: u64 = 1000;

/// Opens the file at `path`; if it is compressed by xz, gzip or zstd (`.ko.xz`), what is inside.
///
/// The first bytes decide, not the name. Only regular files are opened.
///
/// # Errors
///
/// The host's, or a damaged compressed file, with the path in the message.
pub fn open_decompressed(path: &Path) -> io::Result<Arc<dyn ReadAt>> {
    let file = FileData::open_regular(path)?;
    let Some(codec) = detect(&file)? else {
        return Ok(file);
    };
    let data = SectionData::read(&file, 0, u64::MAX).map_err(|error| invalid(&file, &error))?;
    let bytes =
        codec::decode_unsized(codec, &data, MAX_SIZE).map_err(|error| invalid(&file, &error))?;
    Ok(FileData::from_bytes(file.name(), bytes))
}

/// As [`open_decompressed`], of a dump, which may be larger than memory: it is decompressed into a file
/// without a name, in the folder of temporary files. Compressed data that end too early or are damaged
/// make a dump that is cut off.
///
/// # Errors
///
/// The host's, with the path in the message.
pub fn open_decompressed_dump(path: &Path) -> io::Result<Arc<dyn ReadAt>> {
    let file = FileData::open(path)?;
    let Some(codec) = detect(&file)? else {
        return Ok(file);
    };
    let data = SectionData::read(&file, 0, u64::MAX).map_err(|error| invalid(&file, &error))?;
    let mut reader = codec
        .reader(&data)
        .map_err(|error| invalid(&file, &error))?;
    let limit = (data.len() as u64).saturating_mul(MAX_EXPANSION);
    let mut scratch = ScratchFile::new(limit).map_err(|error| invalid(&file, &error))?;
    let mut piece = vec![0; 1 << 20];
    loop {
        match reader.read(&mut piece) {
            // Damaged from here on: what was there before is there.
            Ok(0) | Err(_) => break,
            Ok(count) => {
                let bytes = piece.get(..count).unwrap_or_default();
                let written = scratch.append(bytes);
                written.map_err(|error| invalid(&file, &error))?;
            }
        }
    }
    let scratch = scratch.finish().map_err(|error| invalid(&file, &error))?;
    FileData::of_file(file.name(), scratch)
}

fn detect(file: &Arc<dyn ReadAt>) -> io::Result<Option<StreamCodec>> {
    let magic = SectionData::read(file, 0, 6).map_err(|error| invalid(file, &error))?;
    Ok(StreamCodec::detect(&magic))
}

fn invalid(file: &Arc<dyn ReadAt>, error: &dyn std::fmt::Display) -> io::Error {
    let text = format!("{}: {error}", file.name());
    io::Error::new(io::ErrorKind::InvalidData, text)
}
