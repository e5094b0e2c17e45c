//! A flattened file, of whatever format.

use super::open_image;

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    open_image::run(data, b"makedumpfile\0\0\0\0");
}
