//! Real dumps: all conversions of one dump hold the same pages.

use crate::lab;
use spelunk_base::{Architecture, Cancel, NoProgress};
use spelunk_image::{Format, Image, TargetKind};
use spelunk_memory::{AddressSpace, FaultKind, Memory, ReadMemory};

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

/// All of the lab's `panic` has 512 MiB.
fn pages() -> impl Iterator<Item = u64> {
    (0..512 << 20).step_by(PAGE as usize)
}

/// Compares every page of `image` with the unfiltered ELF dump; returns how many are left out.
fn compare(image: &Image) -> u64 {
    let (whole, other) = (lab::open("panic", &["vmcore.elf"]).memory(), image.memory());
    let mut left_out = 0;
    for address in pages() {
        match page(&other, address) {
            Page::Missing(kind) => {
                assert_eq!(kind, FaultKind::NotInDump, "{address:#x}");
                left_out += 1;
            }
            // Where a comparison fails, a page of bytes says less than its address.
            data => assert!(data == page(&whole, address), "{address:#x} differs"),
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
