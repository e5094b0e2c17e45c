//! Real dumps that are cut off at 1,000 places and damaged at 1,000: as much as can be read is
//! read, and nothing hangs, panics or takes much memory.

use crate::{allocation, lab, open_image, read};
use spelunk_elf::{FileData, ReadAt, ReadAtError, SubRange};
use spelunk_image::Image;
use spelunk_memory::{FaultKind, Memory};
use spelunk_synth::Random;
use std::sync::Arc;
use std::time::{Duration, Instant};

const FILES: [&str; 4] = [
    "kdump.zlib.d31",
    "kdump.lzo.d31",
    "flat.zlib.d31",
    "elf.d31",
];
/// For each of the files.
const ROUNDS: usize = 250;
const PAGE: u64 = 4096;

/// A file of which some bytes read as others.
struct Patched {
    file: Arc<dyn ReadAt>,
    patches: Vec<(u64, u8)>,
}

impl ReadAt for Patched {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadAtError> {
        self.file.read_at(offset, buf)?;
        for (at, value) in &self.patches {
            let index = at
                .checked_sub(offset)
                .and_then(|index| usize::try_from(index).ok());
            if let Some(byte) = index.and_then(|index| buf.get_mut(index)) {
                *byte = *value;
            }
        }
        Ok(())
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn name(&self) -> &str {
        "damaged"
    }
}

fn sample(random: &mut Random) -> Vec<u64> {
    (0..50)
        .map(|_| random.below((512 << 20) / 4096) as u64 * PAGE)
        .collect()
}

fn opened(file: Arc<dyn ReadAt>) -> Option<Memory> {
    let start = Instant::now();
    let image = Image::from_files(vec![file]).ok()?;
    open_image::ask(&image);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    Some(image.memory())
}

#[test]
fn cut_off_at_random_places() {
    let mut random = Random::new(4);
    for name in FILES {
        let file = FileData::open(&lab::dump("panic", &format!("conv/{name}"))).unwrap();
        let whole = Image::from_files(vec![Arc::clone(&file)]).unwrap().memory();
        let size = usize::try_from(file.len()).unwrap();
        for round in 0..ROUNDS {
            // A quarter in the headers, bitmaps and descriptors at the start.
            let limit = if round % 4 == 0 {
                size.min(1 << 20)
            } else {
                size
            };
            let cut = random.below(limit);
            let part: Arc<dyn ReadAt> = Arc::new(SubRange::new(Arc::clone(&file), 0, cut as u64));
            let Some(memory) = opened(part) else {
                assert!(cut < 64 << 10, "{name} does not open, cut off at {cut}");
                continue;
            };
            for address in sample(&mut random) {
                let found = read(&memory, address, PAGE as usize);
                let missing = matches!(
                    found,
                    // Of a bitmap or a table of segments that is cut off, nothing is known.
                    Err(FaultKind::CutOff | FaultKind::NotMapped)
                );
                assert!(
                    missing || found == read(&whole, address, PAGE as usize),
                    "{name} cut off at {cut}, page {address:#x}"
                );
            }
        }
    }
    assert!(allocation::peak() < allocation::LIMIT);
}

#[test]
fn a_dump_that_is_cut_off_says_so() {
    for name in FILES {
        let file = FileData::open(&lab::dump("panic", &format!("conv/{name}"))).unwrap();
        let whole = Image::from_files(vec![Arc::clone(&file)]).unwrap();
        assert!(whole.damage().is_empty(), "{name}: {:?}", whole.damage());
        for left_of_ten in [5, 9] {
            let length = file.len() / 10 * left_of_ten;
            let part: Arc<dyn ReadAt> = Arc::new(SubRange::new(Arc::clone(&file), 0, length));
            let image = Image::from_files(vec![part]).unwrap();
            assert!(!image.damage().is_empty(), "{left_of_ten}/10 of {name}");
        }
    }
}

#[test]
fn damaged_at_random_places() {
    let mut random = Random::new(5);
    for name in FILES {
        let file = FileData::open(&lab::dump("panic", &format!("conv/{name}"))).unwrap();
        let size = usize::try_from(file.len()).unwrap();
        for round in 0..ROUNDS {
            // Headers are a small part of the file, and the part where damage matters most.
            let limit = match round % 4 {
                0 => 512,
                1 => 16 << 10,
                2 => 1 << 20,
                _ => size,
            };
            let patches = (0..1 + random.below(8))
                .map(|_| (random.below(limit) as u64, random.bytes(1)[0]))
                .collect();
            let file = Arc::clone(&file);
            if let Some(memory) = opened(Arc::new(Patched { file, patches })) {
                for address in sample(&mut random) {
                    // Right, wrong or refused: damage of data cannot be seen.
                    let _ = read(&memory, address, PAGE as usize);
                }
            }
        }
    }
    assert!(allocation::peak() < allocation::LIMIT);
}
