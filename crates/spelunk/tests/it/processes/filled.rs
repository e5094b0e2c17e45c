//! Memory that cores leave out and files have: what is read is what the process had.

use super::build::{KINDS, Kind};
use super::run::Running;
use spelunk::{AddressSpace, LoadRequest, ObjectKinds, Program};
use std::ops::Range;

/// The addresses of the files that are mapped into a process.
fn mapped(pid: u32) -> Vec<Range<u64>> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let file = |line: &str| {
        let mut words = line.split_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        let is_file = words.nth(4)?.starts_with('/');
        is_file.then(|| number(start)..number(end))
    };
    maps.lines().filter_map(file).collect()
}

fn pages(ranges: &[Range<u64>]) -> impl Iterator<Item = u64> {
    ranges.iter().flat_map(|range| range.clone().step_by(4096))
}

fn read(program: &Program, address: u64) -> Option<Vec<u8>> {
    program.read(AddressSpace::Virtual, address, 4096).ok()
}

/// Sets which mappings the kernel and gdb write: core(5), "Controlling which mappings are written".
fn set_filter(running: &Running, filter: u32) {
    let path = format!("/proc/{}/coredump_filter", running.pid());
    std::fs::write(path, format!("{filter:#x}")).unwrap();
}

/// Compares a core with what was in `before`, and returns how much of it is there.
fn compare(what: &str, core: &Program, before: &[(u64, Option<Vec<u8>>)]) -> usize {
    let mut there = 0;
    for (address, bytes) in before {
        if let Some(found) = read(core, *address) {
            let is_same = bytes.as_ref() == Some(&found);
            assert!(is_same, "{what}: {address:#x} has other bytes");
            there += 1;
        }
    }
    there
}

fn check(kind: &Kind, filter: u32, by_gdb: bool) {
    let what = format!("{}, filter {filter:#x}, gdb: {by_gdb}", kind.name);
    let workshop = kind.build(&format!("filled-{filter:x}-{by_gdb}"));
    let running = Running::start(&workshop);
    set_filter(&running, filter);
    let live = spelunk::open_process(running.pid()).unwrap();
    live.load_debug_info(&LoadRequest::everything()).unwrap();
    let constant = live.object("constant", ObjectKinds::VARIABLE, None);
    let constant = constant.unwrap().address().unwrap();
    let ranges = mapped(running.pid());
    let before: Vec<_> = pages(&ranges)
        .map(|page| (page, read(&live, page)))
        .collect();
    let core = match by_gdb {
        true => running.core_by_gdb(),
        false => running.into_core(),
    };
    let dead = spelunk::open(&[core], None).unwrap();
    let there = compare(&what, &dead, &before);
    // Without the first page of files (bit 4), nothing tells which files they were.
    if filter & 0x10 != 0 {
        let text = dead.read(AddressSpace::Virtual, constant, 9).unwrap();
        assert_eq!(text, b"constant\0", "{what}");
        assert!(
            there * 10 > before.len() * 8,
            "{what}: {there} of {}",
            before.len()
        );
    }
    workshop.remove();
}

#[test]
fn what_is_read_is_what_the_process_had() {
    let kind = |name| KINDS.iter().find(|kind| kind.name == name).unwrap();
    // Nothing private, nothing at all but first pages, the default, all.
    for filter in [0x32, 0x10, 0x33, 0x7f, 0] {
        check(kind("pie"), filter, false);
    }
    check(kind("library"), 0x33, true);
    check(kind("library"), 0x12, true);
    check(kind("no-pie"), 0x32, false);
    check(kind("static-pie"), 0x10, false);
    check(kind("32-bit"), 0x33, true);
    check(kind("32-bit"), 0x12, false);
}
