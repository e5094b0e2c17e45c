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

/// gzip (RFC 1952).
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

/// xz.
#[must_use]
pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let encode = || {
        let options = lzma_rust2::XzOptions::with_preset(0);
        let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options)?;
        encoder.write_all(bytes)?;
        encoder.finish()
    };
    encode().unwrap_or_default()
}

/// A frame of LZ4.
#[must_use]
pub fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    let written = encoder.write_all(bytes);
    written
        .ok()
        .and_then(|()| encoder.finish().ok())
        .unwrap_or_default()
}
