//! The flattened form. Source: makedumpfile(8), option `-F`.

use crate::{Encoding, Writer};

/// A flattened file of these records: where each stands in the file that it stands for, and its
/// bytes.
#[must_use]
pub fn flatten<'a>(records: impl IntoIterator<Item = (u64, &'a [u8])>) -> Vec<u8> {
    let mut out = Writer::new(Encoding {
        big_endian: true,
        is_64_bit: true,
    });
    // The signature, the type and the version, in a block.
    out.put(b"makedumpfile")
        .pad_to(16)
        .u64(1)
        .u64(1)
        .pad_to(4096);
    for (offset, bytes) in records {
        out.u64(offset).u64(bytes.len() as u64).put(bytes);
    }
    out.u64(u64::MAX).u64(u64::MAX);
    out.bytes
}

/// `file` flattened in records of `size` bytes, the last record first.
#[must_use]
pub fn flatten_backwards(file: &[u8], size: usize) -> Vec<u8> {
    let records: Vec<(u64, &[u8])> = file
        .chunks(size)
        .zip((0u64..).step_by(size))
        .map(|(chunk, offset)| (offset, chunk))
        .collect();
    flatten(records.into_iter().rev())
}
