//! Real dumps: all conversions of one dump hold the same pages.

use crate::lab;
use spelunk_base::arch::PageTableGeometry;
use spelunk_base::arch::x86_64::{FIVE_LEVELS, FOUR_LEVELS};
use spelunk_base::{Architecture, ByteOrder, Cancel, NoProgress, PhysAddr};
use spelunk_image::{Format, Image, TargetKind};
use spelunk_memory::{AddressSpace, FaultKind, Memory, PageTables, ReadMemory, SegmentReader};
use std::sync::Arc;

const PAGE: u64 = 4096;

/// What a dump says about one page.
#[derive(PartialEq, Eq, Debug)]
enum Page {
    Data(Box<[u8]>),
    Missing(FaultKind),
}

fn page(memory: &Memory, address: u64) -> Page {
    let mut bytes = vec![0; PAGE as usize];
    match memory.read(AddressSpace::Physical, address, &mut bytes) {
        Ok(()) => Page::Data(bytes.into()),
        Err(fault) => {
            assert_eq!(
                (fault.space, fault.address),
                (AddressSpace::Physical, address)
            );
            Page::Missing(fault.kind)
        }
    }
}

/// All pages of a machine with 512 MiB, as that of `panic`.
fn pages() -> impl Iterator<Item = u64> {
    (0..512 << 20).step_by(PAGE as usize)
}

/// Compares every page of `image` with the unfiltered ELF dump; returns how many are left out.
fn compare(image: &Image) -> u64 {
    let whole = lab::open("panic", &["vmcore.elf"]);
    compare_at(pages(), &whole, image)
}

fn compare_at(pages: impl Iterator<Item = u64>, whole: &Image, image: &Image) -> u64 {
    let (whole, other) = (whole.memory(), image.memory());
    let mut left_out = 0;
    for address in pages {
        let expected = page(&whole, address);
        match page(&other, address) {
            Page::Missing(FaultKind::NotInDump) => {
                assert!(matches!(expected, Page::Data(_)), "{address:#x}");
                left_out += 1;
            }
            // Where a comparison fails, a page of bytes says less than its address.
            found => assert!(found == expected, "{address:#x} differs"),
        }
    }
    left_out
}

#[test]
fn qemus_elf_dump_opens() {
    let image = lab::open("panic", &["vmcore.elf"]);
    assert_eq!(image.format(), Format::Elf);
    assert_eq!(image.target(), TargetKind::Kernel);
    let architecture = image.platform().map(|platform| platform.architecture);
    assert_eq!(architecture, Some(Architecture::X86_64));
    assert!(image.segments(AddressSpace::Virtual).is_empty());
    assert_eq!(image.prstatus().count(), 2);
    assert_eq!(image.damage(), []);
    let info = image.vmcoreinfo().unwrap();
    assert_eq!(info.page_size(), Some(PAGE));
    assert!(info.os_release().unwrap().starts_with("6.1.0-"));
}

#[test]
fn qemus_flattened_dump_tells_its_machine() {
    let image = lab::open("panic", &["vmcore.zlib"]);
    assert!(image.is_flattened());
    assert_eq!(image.format(), Format::Kdump { version: 6 });
    assert_eq!(image.utsname(), None);
    let architecture = image.platform().map(|platform| platform.architecture);
    assert_eq!(architecture, Some(Architecture::X86_64));
    assert_eq!(compare(&image), 0);
}

#[test]
fn makedumpfiles_conversions_hold_the_same_pages() {
    let mut left_out = Vec::new();
    for file in [
        "kdump.zlib.d0",
        "kdump.zlib.d1",
        "kdump.zlib.d31",
        "kdump.lzo.d31",
        "kdump.raw.d31",
        "flat.zlib.d31",
    ] {
        let image = lab::open("panic", &[&format!("conv/{file}")]);
        let (level, expected) = (file.rsplit('d').next(), image.dump_level());
        assert_eq!(expected.map(|level| level.to_string()).as_deref(), level);
        assert_eq!(image.is_flattened(), file.starts_with("flat"));
        assert!(image.utsname().is_some_and(|uts| uts.machine == "x86_64"));
        assert_eq!(image.damage(), [], "{file}");
        left_out.push(compare(&image));
    }
    let filtered = left_out[2];
    assert!(filtered > 50_000, "{left_out:?}");
    assert_eq!(left_out, [0, 0, filtered, filtered, filtered, filtered]);
}

#[test]
fn split_dumps_are_whole_together_and_say_so_alone() {
    let filtered = compare(&lab::open("panic", &["conv/kdump.zlib.d31"]));
    let both = lab::open("panic", &["conv/split.2", "conv/split.1"]);
    assert_eq!(both.damage(), []);
    assert_eq!(compare(&both), filtered);

    // makedumpfile put every page into the first part of this one.
    let one = lab::open("panic", &["conv/split.2"]);
    assert_eq!(one.damage().len(), 1, "{:?}", one.damage());
    let (memory, whole) = (one.memory(), both.memory());
    for address in pages() {
        let elsewhere = page(&memory, address) == Page::Missing(FaultKind::NotInPart);
        let held = matches!(page(&whole, address), Page::Data(_));
        assert_eq!(elsewhere, held, "{address:#x}");
    }
}

// makedumpfile -E cuts left out pages from the ends of segments; they read as zeros.
#[test]
fn filtered_elf_dumps_read_zeros() {
    let (whole, filtered) = (
        lab::open("panic", &["vmcore.elf"]),
        lab::open("panic", &["conv/elf.d31"]),
    );
    let kdump = lab::open("panic", &["conv/kdump.zlib.d31"]).memory();
    let (whole, filtered) = (whole.memory(), filtered.memory());
    let zeros = Page::Data(vec![0; PAGE as usize].into());
    for address in pages() {
        let found = page(&filtered, address);
        let same = found == page(&whole, address);
        let left_out = page(&kdump, address) == Page::Missing(FaultKind::NotInDump);
        assert!(same || left_out && found == zeros, "{address:#x}");
    }
}

#[test]
fn scanning_finds_the_vmcoreinfo_of_the_note() {
    for file in ["vmcore.elf", "conv/kdump.lzo.d31", "vmcore.zlib"] {
        let image = lab::open("panic", &[file]);
        let found = image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
        assert_eq!(found.unwrap().as_ref(), image.vmcoreinfo(), "{file}");
    }
}

// The kernel's own dump after a crash, and what makedumpfile makes of it.
#[test]
fn a_crash_kernels_dump_and_its_conversions_hold_the_same_pages() {
    let open = |file: &str| lab::open("kdump", &[&format!("dumps/{file}")]);
    let whole = open("vmcore.elf");
    assert_eq!(whole.prstatus().count(), 2);
    assert_eq!(whole.qemu_cpus().count(), 0);
    assert!(whole.vmcoreinfo().unwrap().crash_time().is_some());
    // Every seventh page of 768 MiB: `panic` is compared in full.
    let some_pages = || (0..768 << 20).step_by(7 * PAGE as usize);
    let mut left_out = Vec::new();
    for file in [
        "kdump.zlib.d31",
        "kdump.lzo.d31",
        "kdump.raw.d31",
        "flat.zlib.d31",
    ] {
        let image = open(file);
        assert_eq!(image.damage(), [], "{file}");
        assert_eq!(image.notes(), whole.notes(), "{file}");
        assert_eq!(image.vmcoreinfo(), whole.vmcoreinfo(), "{file}");
        let vmcoreinfo_base = image.vmcoreinfo().unwrap().number("phys_base");
        assert_eq!(image.phys_base().map(u64::cast_signed), vmcoreinfo_base);
        left_out.push(compare_at(some_pages(), &whole, &image));
    }
    assert!(left_out[0] > 5_000);
    assert!(
        left_out.iter().all(|count| *count == left_out[0]),
        "{left_out:?}"
    );
}

/// The kernel's page table, by what VMCOREINFO says, as everyone finds it who has no registers.
fn kernel_tables(image: &Image, geometry: &'static PageTableGeometry) -> PageTables {
    const START_KERNEL_MAP: u64 = 0xffff_ffff_8000_0000;
    let info = image.vmcoreinfo().unwrap();
    let symbol = info
        .symbol("init_top_pgt")
        .or(info.symbol("swapper_pg_dir"));
    let phys_base = info.number("phys_base").unwrap().cast_unsigned();
    let root = symbol
        .unwrap()
        .wrapping_sub(START_KERNEL_MAP)
        .wrapping_add(phys_base);
    let physical = Arc::clone(image.memory().segments(AddressSpace::Physical));
    PageTables::new(physical, geometry, ByteOrder::Little, PhysAddr(root))
}

// Two ways to the same bytes: the addresses in the program headers, and the page table.
#[test]
fn page_tables_agree_with_virtual_segments() {
    let linear = 0xffff_8880_0000_0000..0xffff_c880_0000_0000;
    for (dump, file) in [
        ("kdump", "dumps/vmcore.elf"),
        ("stop-nokaslr", "vmcore.elf-paging"),
    ] {
        let image = lab::open(dump, &[file]);
        let tables = kernel_tables(&image, &FOUR_LEVELS);
        let mut compared = 0;
        for segment in image.segments(AddressSpace::Virtual) {
            // QEMU also writes what is mapped for processes, under addresses that nobody has.
            let is_kernel =
                linear.contains(&segment.start) || segment.start >= 0xffff_c900_0000_0000;
            for address in (segment.start..segment.last).step_by(0x3_0000 | 0x5000) {
                let mut mapped = [0; 16];
                let offset = segment.offset + (address - segment.start);
                segment.reader.read(offset, &mut mapped).unwrap();
                let mut translated = [0; 16];
                match tables.read(address, &mut translated) {
                    Ok(()) if is_kernel => {
                        assert_eq!(translated, mapped, "{dump}: {address:#x}");
                        compared += 1;
                    }
                    // Parts of the direct map and of the kernel's image are not mapped.
                    _ => {}
                }
            }
        }
        assert!(compared > 1000, "{dump}: {compared}");
    }
}

#[test]
fn registers_and_vmcoreinfo_name_the_same_page_table() {
    for (dump, geometry) in [
        ("panic", &FOUR_LEVELS),
        ("la57", &FIVE_LEVELS),
        ("panic-5.10", &FOUR_LEVELS),
        ("panic-7.2", &FOUR_LEVELS),
    ] {
        for file in ["vmcore.elf", "vmcore.zlib"] {
            let image = lab::open(dump, &[file]);
            let tables = kernel_tables(&image, geometry);
            let banner = image.vmcoreinfo().unwrap().symbol("_stext").unwrap();
            let mut expected = [0; 64];
            tables.read(banner, &mut expected).unwrap();
            let physical = Arc::clone(image.memory().segments(AddressSpace::Physical));
            let mut cpus = 0;
            for cpu in image.qemu_cpus() {
                let five_levels = cpu.control[4] & 1 << 12 != 0;
                assert_eq!(five_levels, geometry.levels.len() == 5);
                let root = PhysAddr(cpu.control[3] & geometry.address_mask);
                let tables = PageTables::new(
                    Arc::clone(&physical) as _,
                    geometry,
                    ByteOrder::Little,
                    root,
                );
                let mut found = [0; 64];
                // A CPU in a process may have the table without the kernel (page table isolation).
                if tables.read(banner, &mut found).is_ok() {
                    assert_eq!(found, expected, "{dump}/{file}");
                    cpus += 1;
                }
            }
            assert!(cpus > 0, "{dump}/{file}");
        }
    }
}
