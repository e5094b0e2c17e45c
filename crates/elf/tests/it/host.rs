//! This test program is an ELF file too: what is read of it agrees with readelf.

use spelunk_elf::{ElfFile, FileData};
use std::process::Command;

fn readelf(option: &str) -> String {
    let output = Command::new("readelf")
        .args(["-W", option])
        .arg(std::env::current_exe().unwrap())
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn sections_segments_and_build_id_agree_with_readelf() {
    let file = FileData::open(&std::env::current_exe().unwrap()).unwrap();
    let file = ElfFile::parse(file).unwrap();

    let text = readelf("-S");
    let sections: Vec<(String, u64, u64, u64)> = text
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.trim_start().strip_prefix('[')?.split_once(']')?;
            let fields: Vec<&str> = rest.split_whitespace().collect();
            let hex = |index: usize| u64::from_str_radix(fields.get(index)?, 16).ok();
            Some((fields.first()?.to_string(), hex(2)?, hex(3)?, hex(4)?))
        })
        .filter(|(name, ..)| name != "NULL")
        .collect();
    let ours: Vec<(String, u64, u64, u64)> = file
        .sections()
        .iter()
        .filter(|section| section.index != 0)
        .map(|section| {
            (
                section.name.clone(),
                section.address,
                section.offset,
                section.size,
            )
        })
        .collect();
    assert!(sections.len() > 10);
    assert_eq!(ours, sections);

    let loads = readelf("-l")
        .lines()
        .filter(|line| line.trim_start().starts_with("LOAD "))
        .count();
    let ours = file
        .segments()
        .iter()
        .filter(|segment| segment.kind == spelunk_elf::constants::PT_LOAD);
    assert_eq!(ours.count(), loads);

    let build_id = readelf("-n")
        .lines()
        .find_map(|line| Some(line.split_once("Build ID: ")?.1.trim().to_owned()));
    assert_eq!(file.build_id().map(|id| id.to_string()), build_id);
}
