//! Decompression, the one place for it: [`decode_page`] is for the pages of dumps, whose size is known
//! and whose decoders are kept per thread; [`decode`] for sections and whole files.

mod page;
mod stream;

pub use page::{PageCodec, decode_page, decode_page_prefix};
pub use stream::{StreamCodec, decode, decode_unsized};

use std::fmt;

/// Why compressed data could not be decompressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodecError {
    /// The compressed data end before the decompressed data do.
    CutOff,
    /// The compressed data are damaged.
    Damaged,
    /// The data decompress to another size than they should.
    WrongSize {
        /// The size in bytes that they should have.
        expected: u64,
    },
    /// The data decompress to more than is believed of such a file.
    TooLarge {
        /// The most that is believed, in bytes.
        limit: u64,
    },
    /// The data are in none of the formats that are known.
    UnknownFormat,
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutOff => f.write_str("compressed data are cut off"),
            Self::Damaged => f.write_str("compressed data are damaged"),
            Self::WrongSize { expected } => {
                write!(
                    f,
                    "compressed data do not decompress to {expected:#x} bytes"
                )
            }
            Self::TooLarge { limit } => {
                write!(
                    f,
                    "compressed data decompress to more than {limit:#x} bytes"
                )
            }
            Self::UnknownFormat => f.write_str("compressed in a format that is not known"),
        }
    }
}

impl std::error::Error for CodecError {}
