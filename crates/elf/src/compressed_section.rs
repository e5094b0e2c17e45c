use crate::codec::{self, CodecError, StreamCodec};
use crate::constants::{self as elf, CompressionType};
use crate::data::SectionData;
use crate::error::ElfError;
use crate::section::Section;
use spelunk_base::{ByteOrder, Cursor, Platform, Truncated};

/// The bytes of `section`, which stand in the file as `stored`, decompressed where they must be.
pub(crate) fn decompress(
    stored: SectionData,
    section: &Section,
    platform: Platform,
) -> Result<SectionData, ElfError> {
    let header = if section.flags.contains(elf::SHF_COMPRESSED) {
        parse_header(&stored, platform)
    } else if section.name.starts_with(".zdebug_") && stored.starts_with(b"ZLIB") {
        parse_old_header(&stored)
    } else {
        return Ok(stored);
    };
    let error = |error| ElfError::Compressed {
        section: section.name.clone(),
        error,
    };
    let header = header.map_err(|_| error(CodecError::CutOff))?;
    let codec = match header.kind {
        elf::ELFCOMPRESS_ZLIB => StreamCodec::Zlib,
        elf::ELFCOMPRESS_ZSTD => StreamCodec::Zstd,
        _ => return Err(error(CodecError::UnknownFormat)),
    };
    codec::decode(codec, header.compressed, header.size)
        .map(SectionData::from)
        .map_err(error)
}

struct Header<'a> {
    kind: CompressionType,
    /// Size of the decompressed section.
    size: u64,
    compressed: &'a [u8],
}

/// Parses `Elf32_Chdr` or `Elf64_Chdr`.
fn parse_header(stored: &[u8], platform: Platform) -> Result<Header<'_>, Truncated> {
    let word = usize::from(platform.address_size());
    let mut cursor = Cursor::new(stored, platform.byte_order);
    let kind = CompressionType(cursor.u32()?);
    if platform.is_64_bit {
        let _reserved = cursor.u32()?;
    }
    let size = cursor.uint(word)?;
    let _alignment = cursor.uint(word)?;
    Ok(Header {
        kind,
        size,
        compressed: cursor.rest(),
    })
}

/// Parses the header of `.zdebug_*`, from before `SHF_COMPRESSED`: `ZLIB`, the size in big endian.
fn parse_old_header(stored: &[u8]) -> Result<Header<'_>, Truncated> {
    let mut cursor = Cursor::new(stored, ByteOrder::Big);
    cursor.skip(4)?;
    Ok(Header {
        kind: elf::ELFCOMPRESS_ZLIB,
        size: cursor.u64()?,
        compressed: cursor.rest(),
    })
}
