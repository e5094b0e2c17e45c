//! How long the index of a file takes: `index_time FILE...`, with an empty and with a full cache.

use spelunk_base::{Cancel, NoProgress};
use spelunk_debuginfo::NameIndex;
use spelunk_elf::{ElfFile, FileData};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args_os().skip(1) {
        let elf = ElfFile::parse(FileData::open(Path::new(&path))?)?;
        for _ in 0..2 {
            let start = Instant::now();
            let index = NameIndex::open(&elf, &NoProgress, &Cancel::default())?;
            let (names, entries) = index.counts();
            println!(
                "{}: {:?}, {names} names, {entries} entries",
                elf.name(),
                start.elapsed()
            );
        }
        let index = NameIndex::open(&elf, &NoProgress, &Cancel::default())?;
        let start = Instant::now();
        for name in ["task_struct", "list_head", "init_task", "nothing_at_all"] {
            println!("{name}: {} entries", index.find(&elf, name).count());
        }
        println!("looked up in {:?}", start.elapsed());
    }
    Ok(())
}
