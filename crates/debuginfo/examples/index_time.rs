//! How long the index of a file takes: `index_time FILE...`, with an empty and with a full cache.

use spelunk_debuginfo::DebugFile;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args_os().skip(1) {
        let open = || -> Result<_, Box<dyn Error>> {
            let elf = ElfFile::parse(FileData::open(Path::new(&path))?)?;
            Ok(DebugFile::new(elf, SectionAddresses::default(), 0))
        };
        for _ in 0..2 {
            let file = open()?;
            let start = Instant::now();
            let (names, entries) = file.index()?.counts();
            println!(
                "{}: {:?}, {names} names, {entries} entries",
                file.name(),
                start.elapsed()
            );
        }
        let file = open()?;
        let index = file.index()?;
        let start = Instant::now();
        for name in ["task_struct", "list_head", "init_task", "nothing_at_all"] {
            println!("{name}: {} entries", index.find(name).count());
        }
        println!("looked up in {:?}", start.elapsed());
    }
    Ok(())
}
