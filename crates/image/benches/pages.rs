//! How fast compressed dumps are read beside their decompressors alone, by one thread and by two:
//! `cargo bench -p spelunk-image --bench pages -- DUMP`. The pages of an ELF core of Linux are put into a dump of each
//! codec, without those of zeros.

#![allow(clippy::unwrap_used, reason = "a measurement")]

use spelunk_elf::codec::{PageCodec, decode_page};
use spelunk_image::Image;
use spelunk_memory::{AddressSpace, Memory, ReadMemory};
use spelunk_synth::compress;
use spelunk_synth::kdump::{Codec, Frame, KdumpBuilder};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

const PAGE: usize = 4096;
/// So many pages are enough, and more than are kept.
const PAGES: usize = 64 << 10;
const ROUNDS: usize = 3;

/// A codec: its name, how dumps are made with it, and how pages are.
type Way = (&'static str, Codec, PageCodec, fn(&[u8]) -> Vec<u8>);

const WAYS: [Way; 4] = [
    ("zlib", Codec::Zlib, PageCodec::Zlib, compress::zlib),
    ("LZO", Codec::Lzo, PageCodec::Lzo, compress::lzo),
    ("Snappy", Codec::Snappy, PageCodec::Snappy, compress::snappy),
    ("zstd", Codec::Zstd, PageCodec::Zstd, compress::zstd),
];

fn main() {
    let dumps = std::env::args().skip(1).filter(|arg| !arg.starts_with('-'));
    for dump in dumps {
        let pages = pages(Path::new(&dump));
        println!("{dump}: {} pages", pages.len());
        for way in WAYS {
            measure(way, &pages);
        }
    }
}

/// The pages with anything in them, with the numbers of their frames.
fn pages(dump: &Path) -> Vec<(u64, Vec<u8>)> {
    let image = Image::open(&[dump]).unwrap();
    let memory = image.memory();
    let segments = memory.segments(AddressSpace::Physical).segments();
    let frames = segments.iter().flat_map(|segment| {
        let page = PAGE as u64;
        segment.start.div_ceil(page)..(segment.last + 1) / page
    });
    let read = |frame: u64| {
        let mut page = vec![0; PAGE];
        let address = frame * PAGE as u64;
        let read = memory.read(AddressSpace::Physical, address, &mut page);
        (read.is_ok() && page.iter().any(|byte| *byte != 0)).then_some((frame, page))
    };
    frames.filter_map(read).take(PAGES).collect()
}

fn measure((name, codec, page_codec, compress): Way, pages: &[(u64, Vec<u8>)]) {
    let path = std::env::temp_dir().join(format!("spelunk-bench-{name}.kdump"));
    let dump = pages
        .iter()
        .fold(KdumpBuilder::new(6, codec), |dump, (frame, page)| {
            dump.frame(*frame, Frame::Page(page.clone()))
        });
    std::fs::write(&path, dump.build()).unwrap();
    drop(dump);
    // As in a dump: what does not shrink is not compressed.
    let compressed: Vec<_> = pages
        .iter()
        .map(|(_, page)| compress(page))
        .filter(|compressed| compressed.len() < PAGE)
        .collect();
    let in_order: Vec<u64> = pages.iter().map(|(frame, _)| *frame).collect();
    let mut at_random = in_order.clone();
    shuffle(&mut at_random);
    let size = pages.len() * PAGE;
    for threads in [1, 2] {
        let alone = best(size, || {
            by_threads(&compressed, threads, |compressed| {
                let mut page = [0; PAGE];
                for compressed in compressed {
                    decode_page(page_codec, compressed, &mut page).unwrap();
                    black_box(&page);
                }
            });
        });
        let read = |frames: &[u64]| {
            best(size, || {
                // What one round kept is not there in the next.
                let image = Image::open(&[&path]).unwrap();
                let memory = image.memory();
                by_threads(frames, threads, |frames| read_pages(&memory, frames));
            })
        };
        println!(
            "  {name}, {threads} threads: decompressor {alone:.2} GB/s, in order {:.2}, at random {:.2}",
            read(&in_order),
            read(&at_random),
        );
    }
    std::fs::remove_file(path).unwrap();
}

fn read_pages(memory: &Memory, frames: &[u64]) {
    let mut page = [0; PAGE];
    for frame in frames {
        let address = frame * PAGE as u64;
        memory
            .read(AddressSpace::Physical, address, &mut page)
            .unwrap();
        black_box(&page);
    }
}

/// Has each thread work on as many of the items.
fn by_threads<T: Sync>(items: &[T], threads: usize, work: impl Fn(&[T]) + Sync) {
    std::thread::scope(|scope| {
        for items in items.chunks(items.len().div_ceil(threads)) {
            let work = &work;
            scope.spawn(move || work(items));
        }
    });
}

/// GB/s in the fastest of some rounds: on a busy machine the others tell of the neighbours.
fn best(size: usize, round: impl Fn()) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            round();
            size as f64 / start.elapsed().as_secs_f64() / 1e9
        })
        .fold(0.0, f64::max)
}

/// In an order that is the same each time.
fn shuffle(items: &mut [u64]) {
    let mut state = 1u64;
    for last in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        items.swap(last, (state >> 33) as usize % (last + 1));
    }
}
