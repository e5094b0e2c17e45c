//! A kdump-compressed file.

use super::open_image;

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    open_image::run(data, b"KDUMP   ");
}
