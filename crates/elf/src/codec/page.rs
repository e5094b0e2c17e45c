use super::CodecError;
use flate2::{Decompress, FlushDecompress, Status};
use std::cell::RefCell;

/// How a page of a dump is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PageCodec {
    /// zlib's format (RFC 1950).
    Zlib,
    /// LZO1X.
    Lzo,
    /// Snappy's raw format.
    Snappy,
    /// Zstandard (RFC 8878).
    Zstd,
}

/// The decoders of one thread, so that a page costs no allocation.
struct Decoders {
    zlib: Decompress,
    snappy: snap::raw::Decoder,
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

thread_local! {
    static DECODERS: RefCell<Decoders> = RefCell::new(Decoders {
        zlib: Decompress::new(true),
        snappy: snap::raw::Decoder::new(),
        zstd: None,
    });
}

/// Decompresses one page into `page`, which it must fill exactly.
///
/// # Errors
///
/// [`CodecError`] if it does not; what `page` then holds is not defined.
pub fn decode_page(codec: PageCodec, compressed: &[u8], page: &mut [u8]) -> Result<(), CodecError> {
    DECODERS.with_borrow_mut(|decoders| decoders.decode(codec, compressed, page))
}

impl Decoders {
    fn decode(
        &mut self,
        codec: PageCodec,
        compressed: &[u8],
        page: &mut [u8],
    ) -> Result<(), CodecError> {
        let decoded = match codec {
            PageCodec::Zlib => self.decode_zlib(compressed, page)?,
            PageCodec::Lzo => {
                lzokay::decompress::decompress(compressed, page).map_err(|error| match error {
                    lzokay::Error::InputOverrun => CodecError::CutOff,
                    lzokay::Error::OutputOverrun => wrong_size(page.len()),
                    _ => CodecError::Damaged,
                })?
            }
            PageCodec::Snappy => self
                .snappy
                .decompress(compressed, page)
                .map_err(|_| CodecError::Damaged)?,
            PageCodec::Zstd => self.decode_zstd(compressed, page)?,
        };
        if decoded == page.len() {
            Ok(())
        } else {
            Err(wrong_size(page.len()))
        }
    }

    fn decode_zlib(&mut self, compressed: &[u8], page: &mut [u8]) -> Result<usize, CodecError> {
        self.zlib.reset(true);
        let status = self
            .zlib
            .decompress(compressed, page, FlushDecompress::Finish)
            .map_err(|_| CodecError::Damaged)?;
        let decoded = usize::try_from(self.zlib.total_out()).unwrap_or(usize::MAX);
        match status {
            Status::StreamEnd => Ok(decoded),
            _ if decoded == page.len() => Err(wrong_size(page.len())),
            _ => Err(CodecError::CutOff),
        }
    }

    fn decode_zstd(&mut self, compressed: &[u8], page: &mut [u8]) -> Result<usize, CodecError> {
        if self.zstd.is_none() {
            self.zstd = zstd::bulk::Decompressor::new().ok();
        }
        let zstd = self.zstd.as_mut().ok_or(CodecError::Damaged)?;
        zstd.decompress_to_buffer(compressed, page)
            .map_err(|_| CodecError::Damaged)
    }
}

fn wrong_size(expected: usize) -> CodecError {
    CodecError::WrongSize {
        expected: expected as u64,
    }
}
