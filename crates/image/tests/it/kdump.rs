//! Kdump-compressed files of all versions, codecs and encodings.

use crate::{open, read};
use spelunk_base::{Architecture, ByteOrder, Cancel, NoProgress};
use spelunk_image::{Damage, Format, Image, ImageError, TargetKind};
use spelunk_memory::FaultKind;
use spelunk_synth::elf::{NT_PRSTATUS, note};
use spelunk_synth::kdump::{Codec, Frame, KdumpBuilder};
use spelunk_synth::{Encoding, Random, vmcoreinfo};

const PAGE: usize = 4096;
const LAST_FRAME: u64 = 40_000;

/// Text, noise, zeros (twice), a hole, an excluded frame, and one far behind the first block of the
/// bitmap's index.
fn frames(builder: KdumpBuilder) -> KdumpBuilder {
    let size = builder.page_size;
    let text: Vec<u8> = b"task_struct ".iter().copied().cycle().take(size).collect();
    builder
        .frame(1, Frame::Page(text))
        .frame(2, Frame::Page(Random::new(3).bytes(size)))
        .frame(3, Frame::Page(vec![0; size]))
        .frame(5, Frame::Excluded)
        .frame(600, Frame::Page(vec![0; size]))
        .frame(LAST_FRAME, Frame::Page(vec![9; size]))
}

fn check_frames(image: &Image, builder: &KdumpBuilder) {
    let memory = image.memory();
    let size = builder.page_size;
    for (frame, content) in &builder.frames {
        let found = read(&memory, frame * size as u64, size);
        match content {
            Frame::Page(page) => assert!(found.as_ref() == Ok(page), "frame {frame}"),
            Frame::Excluded => assert_eq!(found, Err(FaultKind::NotInDump), "frame {frame}"),
        }
    }
    let address = |frame: u64| frame * size as u64;
    assert_eq!(read(&memory, address(4), 1), Err(FaultKind::NotMapped));
    assert_eq!(
        read(&memory, address(LAST_FRAME + 1), 1),
        Err(FaultKind::NotMapped)
    );
    let mut across = vec![b'x'; 4];
    if let (Some(Frame::Page(one)), Some(Frame::Page(two))) =
        (builder.frames.get(&1), builder.frames.get(&2))
    {
        across = [&one[size - 2..], &two[..2]].concat();
    }
    assert_eq!(read(&memory, address(2) - 2, 4), Ok(across));
}

#[test]
fn all_codecs_in_all_versions() {
    for version in 1..=6 {
        for codec in Codec::ALL {
            let mut builder = frames(KdumpBuilder::new(version, codec));
            builder.dump_level = 31;
            builder.phys_base = 0xffff_ffff_dee0_0000;
            builder.vmcoreinfo = vmcoreinfo("6.1.0-test");
            builder.notes = note(Encoding::LITTLE_64, 4, "CORE", NT_PRSTATUS, &[7; 336]);
            let image = open(vec![builder.build()]).unwrap();
            assert_eq!(image.format(), Format::Kdump { version });
            assert_eq!(image.target(), TargetKind::Kernel);
            assert_eq!(image.damage(), []);
            assert_eq!(image.dump_level(), Some(31));
            assert_eq!(image.phys_base(), Some(0xffff_ffff_dee0_0000));
            assert_eq!(image.utsname().unwrap().release, "6.1.0-test");
            let release = image.vmcoreinfo().and_then(|info| info.os_release());
            assert_eq!(release, (version >= 3).then_some("6.1.0-test"));
            let notes: Vec<usize> = image.prstatus().map(<[u8]>::len).collect();
            assert_eq!(notes, if version >= 4 { vec![336] } else { vec![] });
            check_frames(&image, &builder);
        }
    }
}

#[test]
fn all_encodings_and_page_sizes() {
    for (machine, encoding, architecture) in [
        ("x86_64", Encoding::ALL[0], Architecture::X86_64),
        ("i686", Encoding::ALL[1], Architecture::I386),
        ("armv7l", Encoding::ALL[1], Architecture::Arm),
        ("ppc64", Encoding::ALL[2], Architecture::Ppc64),
        ("aarch64", Encoding::ALL[0], Architecture::Aarch64),
        ("s390", Encoding::ALL[3], Architecture::S390),
    ] {
        for page_size in [4096, 65536] {
            for version in [1, 2, 3, 4, 6] {
                let mut builder = KdumpBuilder::new(version, Codec::Lzo);
                builder.encoding = encoding;
                builder.machine = machine.to_owned();
                builder.page_size = page_size;
                builder.vmcoreinfo = "OSRELEASE=5.4\n".to_owned();
                let builder = frames(builder);
                let image = open(vec![builder.build()]).unwrap();
                let platform = image.platform().unwrap();
                assert_eq!(platform.architecture, architecture);
                assert_eq!(platform.is_64_bit, encoding.is_64_bit);
                assert_eq!(
                    image.vmcoreinfo().is_some(),
                    version >= 3,
                    "{machine} {version}"
                );
                check_frames(&image, &builder);
            }
        }
    }
}

// As QEMU writes it where the BIOS of a PC ends at 4 GiB.
#[test]
fn the_header_may_be_wider_than_the_machine() {
    let mut builder = KdumpBuilder::new(6, Codec::Zlib);
    builder.encoding = Encoding::LITTLE_64;
    builder.machine = "i686".to_owned();
    let builder = frames(builder);
    let image = open(vec![builder.build()]).unwrap();
    let platform = image.platform().unwrap();
    assert_eq!(platform.architecture, Architecture::I386);
    assert!(!platform.is_64_bit);
    check_frames(&image, &builder);
}

// QEMU leaves the names empty.
#[test]
fn the_machine_of_a_nameless_dump_is_told_by_its_notes() {
    let encoding = Encoding::LITTLE_64;
    let nameless = |notes: Vec<u8>, info: String| {
        let mut builder = frames(KdumpBuilder::new(6, Codec::Zlib));
        builder.machine = String::new();
        builder.notes = notes;
        builder.vmcoreinfo = info;
        let image = open(vec![builder.build()]).unwrap();
        assert_eq!(image.utsname(), None);
        assert_eq!(image.byte_order(), ByteOrder::Little);
        check_frames(&image, &builder);
        image.platform().map(|platform| platform.architecture)
    };
    let qemu = note(encoding, 4, "QEMU", 0, &[0; 440]);
    assert_eq!(nameless(qemu, String::new()), Some(Architecture::X86_64));
    let prstatus = |size| note(encoding, 4, "CORE", NT_PRSTATUS, &vec![0; size]);
    assert_eq!(
        nameless(prstatus(336), String::new()),
        Some(Architecture::X86_64)
    );
    assert_eq!(
        nameless(prstatus(392), String::new()),
        Some(Architecture::Aarch64)
    );
    assert_eq!(
        nameless(Vec::new(), vmcoreinfo("6.1")),
        Some(Architecture::X86_64)
    );
    assert_eq!(nameless(Vec::new(), String::new()), None);
}

#[test]
fn parts_of_a_split_dump_are_one_dump() {
    for version in [2, 5, 6] {
        let builder = frames(KdumpBuilder::new(version, Codec::Snappy));
        let parts = [(0, 2), (2, 500), (500, LAST_FRAME + 1)];
        let part = |index: usize| builder.build_split(parts[index].0, parts[index].1);
        let image = open(vec![part(2), part(0), part(1)]).unwrap();
        assert_eq!(image.damage(), []);
        check_frames(&image, &builder);

        let image = open(vec![part(2), part(0)]).unwrap();
        assert_eq!(image.damage(), [Damage::MissingParts { pages: 2 }]);
        let memory = image.memory();
        assert_eq!(read(&memory, 2 << 12, 1), Err(FaultKind::NotInPart));
        assert_eq!(read(&memory, 5 << 12, 1), Err(FaultKind::NotInDump));
        assert_eq!(read(&memory, LAST_FRAME << 12, 1), Ok(vec![9]));

        let whole = builder.build();
        let error = open(vec![part(0), whole]).err().unwrap();
        assert!(matches!(error, ImageError::NotParts { .. }), "{error}");
    }
}

#[test]
fn what_was_not_written_any_more_is_cut_off() {
    let mut builder = frames(KdumpBuilder::new(6, Codec::Zlib));
    builder.status = 8;
    let mut bytes = builder.build();
    // makedumpfile wrote the descriptors ahead as zeros: that of the last page is still one. The
    // header has two blocks; each bitmap, of 40,001 bits, two; five pages have descriptors.
    let last_descriptor = (2 + 4) * PAGE + 4 * 24;
    bytes[last_descriptor..last_descriptor + 24].fill(0);
    let image = open(vec![bytes]).unwrap();
    assert!(matches!(image.damage(), [Damage::Incomplete { .. }]));
    let memory = image.memory();
    assert_eq!(read(&memory, LAST_FRAME << 12, 1), Err(FaultKind::CutOff));
    assert_eq!(read(&memory, 600 << 12, 1), Ok(vec![0]));
}

#[test]
fn a_file_cut_off_anywhere_gives_the_pages_before() {
    let builder = frames(KdumpBuilder::new(6, Codec::Zstd));
    let bytes = builder.build();
    for size in (0..bytes.len()).step_by(97) {
        let Ok(image) = open(vec![bytes[..size].to_vec()]) else {
            assert!(size < 2 * PAGE);
            continue;
        };
        assert!(
            matches!(image.damage(), [Damage::CutOff { .. }, ..]),
            "{size}"
        );
        let memory = image.memory();
        for (frame, content) in &builder.frames {
            match (read(&memory, frame << 12, PAGE), content) {
                (Ok(found), Frame::Page(page)) => assert!(found == *page),
                (found, _) => assert!(
                    [Err(FaultKind::CutOff), Err(FaultKind::NotInDump)].contains(&found),
                    "{found:?}"
                ),
            }
        }
    }
}

#[test]
fn impossible_descriptors_are_damage() {
    let builder = frames(KdumpBuilder::new(6, Codec::Zlib));
    let descriptors = (2 + 4) * PAGE;
    for (at, value, expected) in [
        (8, 4095u32, FaultKind::Damaged), // a plain page of another size
        (12, 0x40, FaultKind::Damaged),   // a codec that does not exist
        (8, u32::MAX, FaultKind::Damaged),
        (4, u32::MAX, FaultKind::CutOff), // far behind the end
    ] {
        let mut bytes = builder.build();
        // The second page is noise, which is stored plain.
        let at = descriptors + 24 + at;
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let image = open(vec![bytes]).unwrap();
        assert_eq!(read(&image.memory(), 2 << 12, 1), Err(expected));
        assert!(read(&image.memory(), 1 << 12, 1).is_ok());
    }
}

#[test]
fn vmcoreinfo_is_found_in_memory() {
    let text = vmcoreinfo("6.1.0-scanned");
    let page = |content: &[u8]| {
        let mut page = content.to_vec();
        page.resize(PAGE, 0);
        Frame::Page(page)
    };
    let buffer = note(Encoding::LITTLE_64, 4, "VMCOREINFO", 0, text.as_bytes());
    let stale = vmcoreinfo("5.0.0-stale");
    for codec in Codec::ALL {
        let builder = frames(KdumpBuilder::new(6, codec))
            .frame(7, page(b"OSRELEASE=a file that begins so\n"))
            .frame(8, page(stale.as_bytes()))
            .frame(20_000, page(&buffer));
        let image = open(vec![builder.build()]).unwrap();
        assert_eq!(image.vmcoreinfo(), None);
        let scan = || image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
        let found = scan().unwrap().unwrap();
        assert_eq!(found.text(), text);
        let cancel = Cancel::default();
        cancel.cancel();
        assert!(image.scan_for_vmcoreinfo(&cancel, &NoProgress).is_err());
    }
    // Without the note the text serves.
    let builder = frames(KdumpBuilder::new(6, Codec::Zlib)).frame(8, page(text.as_bytes()));
    let image = open(vec![builder.build()]).unwrap();
    let found = image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
    assert_eq!(found.unwrap().unwrap().os_release(), Some("6.1.0-scanned"));
}

#[test]
fn headers_that_make_no_sense_are_refused() {
    let bytes = frames(KdumpBuilder::new(6, Codec::Zlib)).build();
    const BLOCK_SIZE: usize = 428;
    for size in [0u32, 1000, 1 << 30] {
        let mut bytes = bytes.clone();
        bytes[BLOCK_SIZE..BLOCK_SIZE + 4].copy_from_slice(&size.to_le_bytes());
        let error = open(vec![bytes]).err().unwrap();
        assert!(matches!(error, ImageError::KdumpLayout { .. }), "{error}");
    }
    const MAX_MAPNR_64: usize = PAGE + 96;
    let mut bytes = bytes.clone();
    bytes[MAX_MAPNR_64..MAX_MAPNR_64 + 8].fill(0xff);
    let error = open(vec![bytes]).err().unwrap();
    assert!(matches!(error, ImageError::Kdump { .. }), "{error}");
}
