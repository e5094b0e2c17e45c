//! Compression, in the formats that are read. An encoder that fails leaves nothing.

use std::io::Write;

/// zlib's format (RFC 1950).
#[must_use]
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

/// LZO1X.
#[must_use]
pub fn lzo(bytes: &[u8]) -> Vec<u8> {
    lzokay::compress::compress(bytes).unwrap_or_default()
}

/// Snappy's raw format.
#[must_use]
pub fn snappy(bytes: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new()
        .compress_vec(bytes)
        .unwrap_or_default()
}

/// Zstandard (RFC 8878).
#[must_use]
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap_or_default()
}
