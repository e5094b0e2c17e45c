use super::CodecError;
use std::io::{self, Read};

/// The format of a compressed stream.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StreamCodec {
    /// zlib's format (RFC 1950).
    Zlib,
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
    /// xz.
    Xz,
    /// Frames of LZ4 (<https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>).
    Lz4,
}

/// Dictionaries of more memory than this are refused; `xz -9` takes 65 MiB.
const XZ_MEMORY_KIB: u32 = 256 << 10;

impl StreamCodec {
    /// The format of a file that begins with `magic`, if it is compressed.
    #[must_use]
    pub fn detect(magic: &[u8]) -> Option<Self> {
        if magic.starts_with(b"\xfd7zXZ\0") {
            Some(Self::Xz)
        } else if magic.starts_with(b"\x28\xb5\x2f\xfd") {
            Some(Self::Zstd)
        } else if magic.starts_with(b"\x04\x22\x4d\x18") {
            Some(Self::Lz4)
        } else if magic.starts_with(b"\x1f\x8b") {
            Some(Self::Gzip)
        } else {
            None
        }
    }

    /// What reads the decompressed bytes, piece by piece.
    pub(crate) fn reader<'a>(self, compressed: &'a [u8]) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Zlib => Box::new(flate2::bufread::ZlibDecoder::new(compressed)),
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(compressed)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(compressed)?),
            Self::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(compressed)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(
                compressed,
                true,
                XZ_MEMORY_KIB,
            )),
        })
    }
}

/// Decompresses a stream that is `size` bytes decompressed.
///
/// Memory grows with what was decompressed, not with what `size` claims.
///
/// # Errors
///
/// [`CodecError`] if the stream is damaged or has another size.
pub fn decode(codec: StreamCodec, compressed: &[u8], size: u64) -> Result<Vec<u8>, CodecError> {
    let wrong_size = CodecError::WrongSize { expected: size };
    let bytes = decode_unsized(codec, compressed, size).map_err(|error| match error {
        CodecError::TooLarge { .. } => wrong_size,
        error => error,
    })?;
    if bytes.len() as u64 == size {
        Ok(bytes)
    } else {
        Err(wrong_size)
    }
}

/// Decompresses a stream of unknown size, but no more than `limit` bytes.
///
/// # Errors
///
/// [`CodecError`] if the stream is damaged or larger.
pub fn decode_unsized(
    codec: StreamCodec,
    compressed: &[u8],
    limit: u64,
) -> Result<Vec<u8>, CodecError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => CodecError::CutOff,
        _ => CodecError::Damaged,
    };
    let mut bytes = Vec::new();
    let reader = codec.reader(compressed).map_err(failed)?;
    reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(CodecError::TooLarge { limit });
    }
    Ok(bytes)
}
