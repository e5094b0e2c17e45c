use crate::{allocation, open, read};
use spelunk_base::{Cancel, NoProgress};
use spelunk_image::{Damage, Format, Image};
use spelunk_memory::FaultKind;
use spelunk_synth::Encoding;
use spelunk_synth::elf::{EM_X86_64, ET_CORE, ElfBuilder, PT_LOAD, Segment};
use spelunk_synth::flattened::{flatten, flatten_backwards};
use spelunk_synth::kdump::{Codec, Frame, KdumpBuilder};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

const PAGE: usize = 4096;

fn kdump() -> Vec<u8> {
    KdumpBuilder::new(6, Codec::Zlib)
        .frame(1, Frame::Page(b"memory  ".repeat(PAGE / 8)))
        .frame(2, Frame::Page(vec![0; PAGE]))
        .build()
}

fn elf() -> Vec<u8> {
    ElfBuilder::new(Encoding::LITTLE_64, ET_CORE, EM_X86_64)
        .segment(Segment {
            kind: PT_LOAD,
            physical_address: PAGE as u64,
            data: b"memory  ".repeat(PAGE / 8),
            ..Segment::default()
        })
        .build()
}

#[test]
fn both_formats_open_whatever_the_order_of_records() {
    for (file, format) in [
        (kdump(), Format::Kdump { version: 6 }),
        (elf(), Format::Elf),
    ] {
        for size in [100, 4096, 1 << 20] {
            let image = open(vec![flatten_backwards(&file, size)]).unwrap();
            assert!(image.is_flattened());
            assert_eq!(image.format(), format);
            assert_eq!(image.damage(), []);
            assert_eq!(
                read(&image.memory(), PAGE as u64 + 4, 6).unwrap(),
                b"ry  me"
            );
        }
    }
}

// makedumpfile writes its header a second time, when it knows what belongs there.
#[test]
fn later_records_replace_earlier_ones_and_holes_are_zeros() {
    let file = kdump();
    let garbage = vec![0xff; 5000];
    // The page of zeros is left out where it is zeros: in the bitmaps and between the parts.
    let mut records: Vec<(u64, &[u8])> = vec![(0, &garbage), (3, &garbage)];
    let chunks = file.chunks(64).zip((0u64..).step_by(64));
    records.extend(
        chunks
            .filter(|(chunk, offset)| *offset < 8192 || chunk.iter().any(|byte| *byte != 0))
            .map(|(chunk, offset)| (offset, chunk)),
    );
    let image = open(vec![flatten(records)]).unwrap();
    assert_eq!(image.damage(), []);
    let memory = image.memory();
    assert_eq!(read(&memory, PAGE as u64, 8).unwrap(), b"memory  ");
    assert_eq!(read(&memory, 2 * PAGE as u64, 8).unwrap(), [0; 8]);
    assert_eq!(read(&memory, 0, 1), Err(FaultKind::NotMapped));
}

#[test]
fn a_file_cut_off_gives_what_came_before() {
    let file = elf();
    let records: Vec<(u64, &[u8])> = file
        .chunks(256)
        .zip((0u64..).step_by(256))
        .map(|(c, o)| (o, c))
        .collect();
    let whole = flatten(records);
    let cut = whole[..4096 + 3 * (16 + 256) + 20].to_vec();
    let image = open(vec![cut]).unwrap();
    assert!(matches!(
        image.damage(),
        [Damage::FlattenedEnd { .. }, Damage::CutOff { .. }]
    ));
    let memory = image.memory();
    assert_eq!(read(&memory, PAGE as u64, 8).unwrap(), b"memory  ");
    assert_eq!(read(&memory, PAGE as u64 + 2000, 8), Err(FaultKind::CutOff));
    // The record that is cut in its middle counts up to there.
    let end = 3 * 256 + 4 - (64 + 56);
    assert!(read(&memory, PAGE as u64 + end - 1, 1).is_ok());
    assert_eq!(read(&memory, PAGE as u64 + end, 1), Err(FaultKind::CutOff));
}

// Records of a GiB each, of which only the headers are there: the rest is a hole in the file.
#[test]
fn large_files_are_indexed_and_not_read() {
    let path = std::env::temp_dir().join(format!("spelunk-flattened-{}", std::process::id()));
    let mut out = File::create_new(&path).unwrap();
    let core = elf();
    let mut position = 4096 + 16 + core.len() as u64;
    out.write_all(&flatten([(0, &core[..])])[..position as usize])
        .unwrap();
    for record in 1..5u64 {
        out.seek(SeekFrom::Start(position)).unwrap();
        out.write_all(&[(record << 30).to_be_bytes(), (1u64 << 30).to_be_bytes()].concat())
            .unwrap();
        position += 16 + (1 << 30);
    }
    out.seek(SeekFrom::Start(position)).unwrap();
    out.write_all(&[0xff; 16]).unwrap();
    let start = Instant::now();
    let image = Image::open(&[&path]);
    let elapsed = start.elapsed();
    std::fs::remove_file(&path).unwrap();
    let image = image.unwrap();
    assert_eq!(image.damage(), []);
    assert_eq!(read(&image.memory(), PAGE as u64, 8).unwrap(), b"memory  ");
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    assert!(allocation::peak() < allocation::LIMIT);
}

// A few bytes that stand for a file of exabytes.
#[test]
fn records_far_away_cost_nothing() {
    let mut core = elf();
    const P_FILESZ: usize = 64 + 32;
    core[P_FILESZ..P_FILESZ + 8].copy_from_slice(&(1u64 << 60).to_le_bytes());
    let load = core.clone();
    // PT_NOTE instead of PT_LOAD.
    core[64] = 4;
    for core in [&core, &load] {
        let file = flatten([(0, &core[..]), (1 << 61, b"far away")]);
        let image = open(vec![file]).unwrap();
        let found = image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
        assert_eq!(found, Ok(None));
    }
    let mut dump = kdump();
    const MAX_MAPNR_64: usize = PAGE + 96;
    dump[MAX_MAPNR_64..MAX_MAPNR_64 + 8].copy_from_slice(&(1u64 << 50).to_le_bytes());
    const BITMAP_BLOCKS: usize = 436;
    dump[BITMAP_BLOCKS..BITMAP_BLOCKS + 4].copy_from_slice(&[0xff; 4]);
    let file = flatten([(0, &dump[..]), (1 << 61, b"far away")]);
    let image = open(vec![file]).unwrap();
    let found = image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
    assert_eq!(found, Ok(None));
    assert!(allocation::peak() < allocation::LIMIT);
}
