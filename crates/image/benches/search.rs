//! How fast memory is searched: `cargo bench -p spelunk-image --bench search -- DUMP`, beside a bare loop over the file
//! where that is an ELF core.

#![allow(clippy::unwrap_used, reason = "a measurement")]

use regex::bytes::Regex;
use spelunk_base::{ByteOrder, Cancel, NoProgress};
use spelunk_elf::open_decompressed_dump;
use spelunk_image::{Format, Image};
use spelunk_memory::{AddressSpace, Pattern, Search, SearchRange};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

fn main() {
    let dumps = std::env::args().skip(1).filter(|arg| !arg.starts_with('-'));
    for dump in dumps {
        measure(Path::new(&dump));
    }
}

/// The fastest of some rounds: on a busy machine the others tell of the neighbours.
fn report(what: &str, size: u64, round: impl Fn() -> usize) {
    let mut best = f64::INFINITY;
    let mut found = 0;
    for _ in 0..5 {
        let start = Instant::now();
        found = round();
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "  {what}: {:.2} GB/s, {found} found",
        size as f64 / best / 1e9
    );
}

fn count(words: &[[u8; 8]], wanted: u64) -> usize {
    let equal = |word: &&[u8; 8]| u64::from_ne_bytes(**word) == wanted;
    words.iter().filter(equal).count()
}

fn measure(dump: &Path) {
    let image = Image::open(&[dump]).unwrap();
    println!("{}: {}", dump.display(), image.format());
    let memory = image.memory();
    let segments = memory.segments(AddressSpace::Physical).segments();
    let ranges: Vec<SearchRange> = segments
        .iter()
        .map(|segment| SearchRange {
            start: segment.start,
            last: segment.last,
            shown_at: 0,
        })
        .collect();
    let size = ranges
        .iter()
        .map(|range| range.last - range.start + 1)
        .sum();
    const WANTED: u64 = 0x0123_4567_89ab_cdef;
    if image.format() == Format::Elf {
        let file = open_decompressed_dump(dump).unwrap();
        if let Some(bytes) = file.bytes() {
            let (words, _) = bytes.as_chunks::<8>();
            for threads in [1, 2] {
                report(
                    &format!("bare loop, {threads} threads"),
                    size_of_val(words) as u64,
                    || {
                        std::thread::scope(|scope| {
                            let parts = words.chunks(words.len().div_ceil(threads));
                            let parts =
                                parts.map(|words| scope.spawn(|| count(words, black_box(WANTED))));
                            let parts: Vec<_> = parts.collect();
                            parts.into_iter().map(|part| part.join().unwrap()).sum()
                        })
                    },
                );
            }
        }
    }
    let search = |pattern: Pattern, threads: usize| {
        let search = Search::new(pattern, AddressSpace::Physical, ranges.iter().copied());
        let mut search = search.with_segments(segments.clone()).with_threads(threads);
        let cancel = Cancel::default();
        std::iter::from_fn(|| search.next(&memory, &cancel, &NoProgress).unwrap()).count()
    };
    let number = || Pattern::Integers {
        size: 8,
        order: ByteOrder::Little,
        values: vec![WANTED..=WANTED],
        ignored: 0,
    };
    let regex =
        || Pattern::Regex(Regex::new(r"(?-u)spelunk[0-9]+x|Linux version [0-9]\.[0-9]").unwrap());
    for threads in [1, 2] {
        report(&format!("u64, {threads} threads"), size, || {
            search(number(), threads)
        });
        report(&format!("bytes, {threads} threads"), size, || {
            search(Pattern::bytes(b"no such text", 1).unwrap(), threads)
        });
        report(&format!("regex, {threads} threads"), size, || {
            search(regex(), threads)
        });
    }
}
