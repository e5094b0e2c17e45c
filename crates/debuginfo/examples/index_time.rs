//! How long the index of a file takes: `index_time FILE...`, with an empty and with a full cache, and
//! beside a loop on as many threads that does nothing but read what is indexed.

use rayon::prelude::*;
use spelunk_debuginfo::DebugFile;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use std::error::Error;
use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

fn open(path: &OsStr) -> Result<ElfFile, Box<dyn Error>> {
    Ok(ElfFile::parse(FileData::open(Path::new(path))?)?)
}

/// How many bytes the index is made from, and how long it takes to read each once, of a file that
/// was just mapped.
fn read(path: &OsStr) -> Result<(usize, Duration), Box<dyn Error>> {
    let elf = open(path)?;
    let start = Instant::now();
    let (mut size, mut sum) = (0, 0u64);
    for name in [".debug_info", ".debug_types", ".debug_abbrev"] {
        if let Some(section) = elf.find_section(name) {
            let data = elf.data_of(section)?;
            size += data.len();
            let part = |bytes: &[u8]| {
                let words = bytes.as_chunks().0.iter();
                words.fold(0, |sum, word| u64::from_le_bytes(*word) ^ sum)
            };
            sum ^= data
                .par_chunks(1 << 20)
                .map(part)
                .reduce(|| 0, |a, b| a ^ b);
        }
    }
    std::hint::black_box(sum);
    Ok((size, start.elapsed()))
}

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args_os().skip(1) {
        read(&path)?;
        let (size, reading) = read(&path)?;
        let index = || -> Result<Duration, Box<dyn Error>> {
            let file = DebugFile::new(open(&path)?, SectionAddresses::default(), 0);
            let start = Instant::now();
            let (names, entries) = file.index()?.counts();
            let time = start.elapsed();
            println!(
                "{}: {time:?}, {names} names, {entries} entries",
                file.name()
            );
            Ok(time)
        };
        let (first, _again) = (index()?, index()?);
        let gigabytes = |time: Duration| size as f64 / time.as_secs_f64() / 1e9;
        println!(
            "{:.2} GB/s the first time, where a loop reads {:.2} GB/s: {:.0} %",
            gigabytes(first),
            gigabytes(reading),
            100.0 * reading.as_secs_f64() / first.as_secs_f64(),
        );
        let file = DebugFile::new(open(&path)?, SectionAddresses::default(), 0);
        let index = file.index()?;
        for name in ["task_struct", "nothing_at_all", "std::string"] {
            let start = Instant::now();
            let count = index.find(name).count();
            println!("{name}: {count} entries, found in {:?}", start.elapsed());
        }
    }
    Ok(())
}
