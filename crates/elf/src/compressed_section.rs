use crate::codec::{self, CodecError, StreamCodec};
use crate::constants::{self as elf, CompressionType};
use crate::data::{SectionData, WeakData};
use crate::error::ElfError;
use crate::section::Section;
use spelunk_base::{ByteOrder, Cursor, Platform, Truncated};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The decompressed sections of a file that somebody has, by index: several want the same ones, which
/// may be most of the memory that the file takes.
#[derive(Default)]
pub(crate) struct Decompressed(Mutex<HashMap<u32, WeakData>>);

impl Decompressed {
    /// The bytes of `section`, which stand in the file as `stored`, decompressed where they must be.
    pub(crate) fn get(
        &self,
        stored: SectionData,
        section: &Section,
        platform: Platform,
    ) -> Result<SectionData, ElfError> {
        if !is_compressed(&stored, section) {
            return Ok(stored);
        }
        let known = self
            .sections()
            .get(&section.index)
            .and_then(WeakData::upgrade);
        if let Some(known) = known {
            return Ok(known);
        }
        let data = decompress(&stored, section, platform)?;
        self.sections().insert(section.index, data.downgrade());
        Ok(data)
    }

    fn sections(&self) -> MutexGuard<'_, HashMap<u32, WeakData>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_compressed(stored: &[u8], section: &Section) -> bool {
    // Before `SHF_COMPRESSED`.
    let is_old = section.name.starts_with(".zdebug_") && stored.starts_with(b"ZLIB");
    section.flags.contains(elf::SHF_COMPRESSED) || is_old
}

fn decompress(
    stored: &[u8],
    section: &Section,
    platform: Platform,
) -> Result<SectionData, ElfError> {
    let error = |error| ElfError::Compressed {
        section: section.name.clone(),
        error,
    };
    let header = match section.flags.contains(elf::SHF_COMPRESSED) {
        true => parse_header(stored, platform),
        false => parse_old_header(stored),
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
