use spelunk_elf::codec::{
    CodecError, PageCodec, StreamCodec, decode_page, decode_page_prefix, decode_unsized,
};
use spelunk_synth::{Random, compress};

const PAGE: usize = 4096;

fn pages() -> Vec<Vec<u8>> {
    let mut random = Random::new(1);
    let text: Vec<u8> = b"struct page *page; "
        .iter()
        .copied()
        .cycle()
        .take(PAGE)
        .collect();
    vec![vec![0; PAGE], text, random.bytes(PAGE)]
}

type Compress = fn(&[u8]) -> Vec<u8>;

fn codecs() -> [(PageCodec, Compress); 4] {
    [
        (PageCodec::Zlib, compress::zlib),
        (PageCodec::Lzo, compress::lzo),
        (PageCodec::Snappy, compress::snappy),
        (PageCodec::Zstd, compress::zstd),
    ]
}

#[test]
fn pages_of_all_codecs_decompress() {
    for (codec, compress) in codecs() {
        for page in pages() {
            let compressed = compress(&page);
            let mut found = vec![1; PAGE];
            assert_eq!(
                decode_page(codec, &compressed, &mut found),
                Ok(()),
                "{codec:?}"
            );
            assert!(found == page, "{codec:?}");
            let mut prefix = [1; 48];
            assert_eq!(
                decode_page_prefix(codec, &compressed, PAGE, &mut prefix),
                Ok(())
            );
            assert_eq!(prefix, page[..48]);
        }
    }
}

#[test]
fn pages_of_another_size_are_refused() {
    for (codec, compress) in codecs() {
        let compressed = compress(&pages()[1]);
        for size in [0, PAGE - 1, PAGE + 1, 2 * PAGE] {
            let result = decode_page(codec, &compressed, &mut vec![0; size]);
            assert!(result.is_err(), "{codec:?} into {size}");
        }
    }
}

#[test]
fn damaged_pages_never_panic() {
    let mut random = Random::new(2);
    for (codec, compress) in codecs() {
        for page in pages() {
            let compressed = compress(&page);
            for _ in 0..500 {
                let mut damaged = compressed.clone();
                random.damage(&mut damaged);
                let mut found = vec![0; PAGE];
                // Either is right: not all codecs have a checksum.
                let _ = decode_page(codec, &damaged, &mut found);
                let _ = decode_page_prefix(codec, &damaged, PAGE, &mut found[..48]);
            }
        }
    }
}

#[test]
fn streams_are_bounded() {
    let content = vec![7; 1 << 20];
    let zlib = compress::zlib(&content);
    let limit = 1 << 16;
    assert_eq!(
        decode_unsized(StreamCodec::Zlib, &zlib, limit),
        Err(CodecError::TooLarge { limit })
    );
    let zstd = compress::zstd(&content);
    assert_eq!(
        decode_unsized(StreamCodec::Zstd, &zstd, limit),
        Err(CodecError::TooLarge { limit })
    );
    assert!(decode_unsized(StreamCodec::Zlib, &zlib, 1 << 20).unwrap() == content);
}
