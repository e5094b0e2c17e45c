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
    /// A page of which only the start is wanted.
    page: Vec<u8>,
}

thread_local! {
    static DECODERS: RefCell<Decoders> = RefCell::new(Decoders {
        zlib: Decompress::new(true),
        snappy: snap::raw::Decoder::new(),
        zstd: None,
        page: Vec::new(),
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

/// Decompresses the first bytes of a page of `page_size` bytes into `prefix`, for searches that look at
/// the start of every page; zlib, the slowest codec, then does not decompress the rest.
///
/// # Errors
///
/// As [`decode_page`], though damage behind the prefix may go unseen.
pub fn decode_page_prefix(
    codec: PageCodec,
    compressed: &[u8],
    page_size: usize,
    prefix: &mut [u8],
) -> Result<(), CodecError> {
    DECODERS.with_borrow_mut(|decoders| {
        if codec == PageCodec::Zlib {
            decoders.zlib.reset(true);
            decoders
                .zlib
                .decompress(compressed, prefix, FlushDecompress::None)
                .map_err(|_| CodecError::Damaged)?;
            return if decoders.zlib.total_out() == prefix.len() as u64 {
                Ok(())
            } else {
                Err(wrong_size(prefix.len()))
            };
        }
        let mut page = std::mem::take(&mut decoders.page);
        page.resize(page_size, 0);
        let decoded = decoders.decode(codec, compressed, &mut page);
        if let Some(start) = page.get(..prefix.len()) {
            prefix.copy_from_slice(start);
        }
        decoders.page = page;
        decoded
    })
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
