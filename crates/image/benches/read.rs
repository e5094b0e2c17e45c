//! What a read costs: `cargo bench -p spelunk-image -- DUMP`, with a dump that QEMU wrote.

#![allow(clippy::unwrap_used, reason = "a measurement")]

use spelunk_base::arch::x86_64::{FIVE_LEVELS, FOUR_LEVELS};
use spelunk_base::{ByteOrder, Cancel, NoProgress, PhysAddr};
use spelunk_image::Image;
use spelunk_memory::{AddressSpace, PageTables, ReadMemory, Segment};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const MIB: u64 = 1 << 20;

fn main() {
    let dumps = std::env::args().skip(1).filter(|arg| !arg.starts_with('-'));
    for dump in dumps {
        measure(&dump);
    }
}

fn measure(dump: &str) {
    let start = Instant::now();
    let image = Image::open(&[Path::new(dump)]).unwrap();
    println!("{dump}: {}", image.format());
    println!("  open {:?}", start.elapsed());
    let memory = image.memory();
    let physical = Arc::clone(memory.segments(AddressSpace::Physical));

    // A megabyte that has memory in all dumps: more pages than a thread remembers; and 16, which
    // are more than the translations that are kept.
    let read = |space: AddressSpace, base: u64, stride: u64, size: u64, what: &str| {
        // The fastest of many short rounds: on a busy machine the others tell of the neighbours.
        let best = (0..200)
            .map(|_| {
                let mut address = base;
                let start = Instant::now();
                for _ in 0..10_000 {
                    let word = memory.read_u64(space, black_box(address), ByteOrder::Little);
                    let _ = black_box(word);
                    address = base + (address - base + stride) % size;
                }
                start.elapsed().as_nanos() as f64 / 10_000.0
            })
            .fold(f64::INFINITY, f64::min);
        println!("  {what}: {best:.1} ns");
    };
    let far = 4096 * 7 + 8;
    let space = AddressSpace::Physical;
    let base = 0x200_0000;
    read(space, base, 0, MIB, "physical, one page");
    read(space, base, 8, MIB, "physical, walking");
    read(space, base, far, MIB, "physical, page after page");
    if let Some(cpu) = image.qemu_cpus().next() {
        let geometry = if cpu.control[4] & 1 << 12 == 0 {
            &FOUR_LEVELS
        } else {
            &FIVE_LEVELS
        };
        let root = PhysAddr(cpu.control[3] & geometry.address_mask);
        let tables = PageTables::new(physical, geometry, ByteOrder::Little, root);
        let stext = image.vmcoreinfo().and_then(|info| info.symbol("_stext"));
        let segment = Segment::new(0, u64::MAX, 0, Arc::new(tables)).unwrap();
        memory.segments(AddressSpace::Virtual).add(segment);
        if let Some(stext) = stext {
            let space = AddressSpace::Virtual;
            read(space, stext, 0, MIB, "virtual, one page");
            read(space, stext, 8, MIB, "virtual, walking");
            read(space, stext, far, MIB, "virtual, page after page");
            read(space, stext, far, 16 * MIB, "virtual, page after page, far");
        }
    }
    let start = Instant::now();
    let found = image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
    let found = found.unwrap().is_some();
    println!("  scan for VMCOREINFO: {:?} ({found})", start.elapsed());
}
