//! Compressed pages and streams; the first byte chooses the codec.

use spelunk_elf::codec::{PageCodec, StreamCodec, decode_page, decode_page_prefix, decode_unsized};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else {
        return;
    };
    let page = |codec| {
        let mut page = [0; 4096];
        let _ = decode_page(codec, data, &mut page);
        let _ = decode_page_prefix(codec, data, 4096, &mut page[..48]);
    };
    let stream = |codec| {
        let _ = decode_unsized(codec, data, 1 << 20);
    };
    if let Some(codec) = StreamCodec::detect(data) {
        stream(codec);
    }
    match choice % 9 {
        0 => page(PageCodec::Zlib),
        1 => page(PageCodec::Lzo),
        2 => page(PageCodec::Snappy),
        3 => page(PageCodec::Zstd),
        4 => stream(StreamCodec::Zlib),
        5 => stream(StreamCodec::Gzip),
        6 => stream(StreamCodec::Zstd),
        7 => stream(StreamCodec::Lz4),
        _ => stream(StreamCodec::Xz),
    }
}
