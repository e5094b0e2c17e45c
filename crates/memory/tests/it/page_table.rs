//! Page tables built by hand from the Intel SDM, volume 3, chapter 5, and walked.

use crate::Bytes;
use spelunk_base::arch::x86_64::{FIVE_LEVELS, FOUR_LEVELS};
use spelunk_base::{ByteOrder, PhysAddr};
use spelunk_memory::{
    AddressSpace, Fault, FaultKind, Memory, PageTables, ReadMemory, Segment, Translation, translate,
};
use std::sync::Arc;

const PRESENT_WRITE: u64 = 0b11;
const HUGE: u64 = 1 << 7;
/// Bits that are no part of an address: execute disable, and a protection key.
const NOISE: u64 = 1 << 63 | 0x5 << 59;

/// Physical memory of 64 pages whose tables are set entry by entry.
struct Machine(Vec<u8>);

impl Machine {
    fn new() -> Self {
        Self(vec![0; 64 << 12])
    }

    fn set(&mut self, table: u64, index: u64, entry: u64) -> &mut Self {
        let at = usize::try_from(table + index * 8).unwrap();
        self.0[at..at + 8].copy_from_slice(&entry.to_le_bytes());
        self
    }

    fn memory(&self) -> Memory {
        let memory = Memory::default();
        let segment = Segment::new(0, self.0.len() as u64, 0, Bytes::new(self.0.clone()));
        memory
            .segments(AddressSpace::Physical)
            .add(segment.unwrap());
        memory
    }
}

fn walk(machine: &Machine, address: u64) -> Result<Translation, FaultKind> {
    let memory = machine.memory();
    translate(
        &memory,
        &FOUR_LEVELS,
        ByteOrder::Little,
        PhysAddr(0x1000),
        address,
    )
    .map_err(|fault| {
        assert_eq!(
            (fault.space, fault.address),
            (AddressSpace::Virtual, address)
        );
        fault.kind
    })
}

/// Maps 0xffff_8000_0020_3000 (indices 256, 0, 1, 3) to 0x9000.
fn machine() -> Machine {
    let mut machine = Machine::new();
    machine
        .set(0x1000, 256, 0x2000 | PRESENT_WRITE)
        .set(0x2000, 0, 0x3000 | PRESENT_WRITE)
        .set(0x3000, 1, 0x4000 | PRESENT_WRITE | NOISE)
        .set(0x4000, 3, 0x9000 | PRESENT_WRITE | NOISE);
    machine
}

#[test]
fn small_and_huge_pages_translate() {
    let mut machine = machine();
    let found = walk(&machine, 0xffff_8000_0020_3abc).unwrap();
    assert_eq!(found.physical, PhysAddr(0x9abc));
    assert_eq!((found.length, found.page_size), (0x1000 - 0xabc, 0x1000));

    // 2 MiB, with the PAT bit (12) set, which is no part of the address.
    machine.set(0x3000, 2, 0x4000_0000 | 1 << 12 | HUGE | PRESENT_WRITE);
    let found = walk(&machine, 0xffff_8000_0041_2345).unwrap();
    assert_eq!(found.physical, PhysAddr(0x4001_2345));
    assert_eq!(found.length, 0x20_0000 - 0x1_2345);

    // 1 GiB.
    machine.set(0x2000, 5, 0x8000_0000 | HUGE | PRESENT_WRITE);
    let found = walk(&machine, 0xffff_8001_5234_5678).unwrap();
    assert_eq!(found.physical, PhysAddr(0x9234_5678));
    assert_eq!(found.page_size, 1 << 30);
}

#[test]
fn what_is_not_mapped_faults_with_its_level() {
    let mut machine = machine();
    for (address, level) in [
        (0xffff_8000_0020_4000, 1),
        (0xffff_8000_0040_0000, 2),
        (0xffff_8000_4000_0000, 3),
        (0, 4),
    ] {
        assert_eq!(
            walk(&machine, address),
            Err(FaultKind::NotPresent { level })
        );
    }
    assert_eq!(
        walk(&machine, 0x8000_0000_0000),
        Err(FaultKind::NotCanonical)
    );
    assert_eq!(
        walk(&machine, 0xfffe_8000_0020_3000),
        Err(FaultKind::NotCanonical)
    );
    // A table where there is no memory.
    machine.set(0x1000, 257, 0xf_0000_0000 | PRESENT_WRITE);
    assert_eq!(
        walk(&machine, 0xffff_8080_0000_0008),
        Err(FaultKind::PageTable {
            level: 3,
            entry: PhysAddr(0xf_0000_0000)
        })
    );
}

#[test]
fn a_table_of_itself_ends() {
    let mut machine = Machine::new();
    for index in 0..512 {
        machine.set(0x1000, index, 0x1000 | PRESENT_WRITE);
    }
    assert_eq!(walk(&machine, 0x1234).unwrap().physical, PhysAddr(0x1234));
    // At the lowest level the entry's address is the page's, and never a table's again.
    assert_eq!(
        walk(&machine, 0x7fff_ffff_f000).unwrap().physical,
        PhysAddr(0x1000)
    );
}

#[test]
fn five_levels_have_wider_addresses() {
    let mut machine = machine();
    machine.set(0x5000, 511, 0x1000 | PRESENT_WRITE);
    let memory = machine.memory();
    let root = PhysAddr(0x5000);
    let five = |address| translate(&memory, &FIVE_LEVELS, ByteOrder::Little, root, address);
    assert_eq!(
        five(0xffff_8000_0020_3000).map(|found| found.physical),
        Ok(PhysAddr(0x9000))
    );
    assert_eq!(
        five(0xff00_0000_0000_0000).map_err(|fault| fault.kind),
        Err(FaultKind::NotPresent { level: 5 })
    );
    assert_eq!(
        five(0xfe00_0000_0000_0000).map_err(|fault| fault.kind),
        Err(FaultKind::NotCanonical)
    );
}

#[test]
fn virtual_reads_cross_pages_and_fault_at_virtual_addresses() {
    let mut machine = machine();
    machine.0[0x9ffe..0xa000].copy_from_slice(b"ab");
    // The next virtual page is elsewhere.
    machine.set(0x4000, 4, 0x7000 | PRESENT_WRITE);
    machine.0[0x7000..0x7002].copy_from_slice(b"cd");
    // And the one after that where no memory is.
    machine.set(0x4000, 5, 0x100_0000 | PRESENT_WRITE);
    let memory = machine.memory();
    let physical = Arc::clone(memory.segments(AddressSpace::Physical));
    let tables = PageTables::new(physical, &FOUR_LEVELS, ByteOrder::Little, PhysAddr(0x1000));
    let segment = Segment {
        start: 0,
        last: u64::MAX,
        offset: 0,
        reader: Arc::new(tables),
    };
    memory.segments(AddressSpace::Virtual).add(segment);
    let read = |address, size| {
        let mut bytes = vec![0; size];
        memory
            .read(AddressSpace::Virtual, address, &mut bytes)
            .map(|()| bytes)
    };
    // Twice: the second time from the cache.
    for _ in 0..2 {
        assert_eq!(read(0xffff_8000_0020_3ffe, 4).unwrap(), b"abcd");
        let fault = |address, kind| Err(Fault::new(AddressSpace::Virtual, address, kind));
        assert_eq!(
            read(0xffff_8000_0020_4ffe, 4),
            fault(0xffff_8000_0020_5000, FaultKind::NotMapped)
        );
        assert_eq!(
            read(0xffff_8000_0020_6000, 4),
            fault(0xffff_8000_0020_6000, FaultKind::NotPresent { level: 1 })
        );
        assert_eq!(
            read(0xffff_ffff_ffff_fffe, 2),
            fault(0xffff_ffff_ffff_fffe, FaultKind::NotPresent { level: 4 })
        );
    }
}

#[test]
fn the_cache_keeps_all_sizes_apart() {
    let mut machine = machine();
    machine
        .set(0x3000, 2, 0x4000_0000 | HUGE | PRESENT_WRITE)
        .set(0x2000, 5, 0x8000_0000 | HUGE | PRESENT_WRITE);
    let memory = machine.memory();
    let root = PhysAddr(0x1000);
    let physical = Arc::clone(memory.segments(AddressSpace::Physical));
    let tables = PageTables::new(physical, &FOUR_LEVELS, ByteOrder::Little, root);
    let base = 0xffff_8000_0000_0000;
    for _ in 0..2 {
        for offset in [
            0x20_3abc,
            0x20_4000,
            0x40_1234,
            0x5f_ffff,
            0x60_0000,
            0x1_4000_0000,
            0x1_5234_5678,
        ] {
            let walked = translate(
                &memory,
                &FOUR_LEVELS,
                ByteOrder::Little,
                root,
                base + offset,
            );
            let cached = tables.translate(base + offset);
            let physical = |found: Translation| found.physical;
            assert_eq!(cached.map(physical), walked.map(physical), "{offset:#x}");
            if let (Ok(cached), Ok(walked)) = (cached, walked) {
                // A gigabyte is there in parts.
                assert!((1..=walked.length).contains(&cached.length), "{offset:#x}");
            }
        }
    }
    tables.flush();
    assert!(tables.translate(base + 0x40_1234).is_ok());
}
