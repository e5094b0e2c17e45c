use crate::{open, read};
use spelunk_base::arch::x86_64;
use spelunk_base::{Cancel, NoProgress};
use spelunk_image::{Damage, ImageError, TargetKind};
use spelunk_memory::{AddressSpace, FaultKind, ReadMemory};
use spelunk_synth::elf::{self as synth, ElfBuilder, Segment, note};
use spelunk_synth::{Encoding, vmcoreinfo};

/// `NT_AUXV`, in notes named `CORE`.
const NT_AUXV: u32 = 6;

fn load(virtual_address: u64, physical_address: u64, data: &[u8]) -> Segment {
    Segment {
        kind: synth::PT_LOAD,
        virtual_address,
        physical_address,
        data: data.to_vec(),
        ..Segment::default()
    }
}

fn notes(encoding: Encoding, notes: &[(&str, u32, &[u8])]) -> Segment {
    Segment {
        kind: synth::PT_NOTE,
        data: notes
            .iter()
            .flat_map(|(name, kind, desc)| note(encoding, 4, name, *kind, desc))
            .collect(),
        ..Segment::default()
    }
}

fn core(encoding: Encoding) -> ElfBuilder {
    ElfBuilder::new(encoding, synth::ET_CORE, synth::EM_X86_64)
}

#[test]
fn vmcores_of_all_encodings() {
    for encoding in Encoding::ALL {
        let info = vmcoreinfo("6.1.0-test");
        let image = core(encoding)
            .segment(notes(
                encoding,
                &[
                    ("CORE", synth::NT_PRSTATUS, b"cpu0"),
                    ("CORE", synth::NT_PRSTATUS, b"cpu1"),
                    ("VMCOREINFO", 0, info.as_bytes()),
                ],
            ))
            .segment(load(0xc000_1000, 0x1000, b"one "))
            .segment(load(0xc000_1004, 0x1004, b"two"))
            .build();
        let image = open(vec![image]).unwrap();
        assert_eq!(image.target(), TargetKind::Kernel);
        assert_eq!(image.prstatus().collect::<Vec<_>>(), [b"cpu0", b"cpu1"]);
        assert_eq!(image.vmcoreinfo().unwrap().text(), info);
        assert_eq!(image.damage(), []);
        let memory = image.memory();
        assert_eq!(read(&memory, 0x1002, 5).unwrap(), b"e two");
        let found = memory.read_c_string(AddressSpace::Virtual, 0xc000_1000, 6);
        assert_eq!(found.unwrap(), b"one tw");
    }
}

// As in QEMU's dumps: of virtual addresses there are none.
#[test]
fn virtual_addresses_that_are_physical_ones_are_none() {
    for virtual_address in [0, 0x1000] {
        let bytes = core(Encoding::LITTLE_64)
            .segment(load(virtual_address, 0x1000, b"memory"))
            .build();
        let image = open(vec![bytes]).unwrap();
        assert!(image.segments(AddressSpace::Virtual).is_empty());
        assert_eq!(read(&image.memory(), 0x1000, 6).unwrap(), b"memory");
    }
}

// Memory of the kernel that has a virtual address only, and memory that has a physical one only.
#[test]
fn segments_without_an_address_are_not_in_that_space() {
    let bytes = core(Encoding::LITTLE_64)
        .segment(load(0xffff_c900_0000_0000, u64::MAX, b"vmalloc"))
        .segment(load(0, 0x5000, b"physical"))
        .segment(load(0xffff_8880_0000_6000, 0x6000, b"both"))
        .build();
    let image = open(vec![bytes]).unwrap();
    let starts = |space| -> Vec<u64> {
        let segments = image.segments(space).iter();
        segments.map(|segment| segment.start).collect()
    };
    assert_eq!(
        starts(AddressSpace::Virtual),
        [0xffff_c900_0000_0000, 0xffff_8880_0000_6000]
    );
    assert_eq!(starts(AddressSpace::Physical), [0x5000, 0x6000]);
}

#[test]
fn the_end_of_a_segment_that_is_not_in_the_file() {
    let cut = |segments: Segment| Segment {
        memory_size: 100,
        ..segments
    };
    // makedumpfile -E: zeros, and whatever else was left out.
    let kernel = core(Encoding::LITTLE_64)
        .segment(cut(load(0xffff_8880_0000_1000, 0x1000, b"memory")))
        // QEMU: a segment without contents that overlaps another.
        .segment(cut(load(0, 0x1000, b"")))
        .build();
    let memory = open(vec![kernel]).unwrap().memory();
    assert_eq!(read(&memory, 0x1004, 4).unwrap(), b"ry\0\0");
    assert_eq!(read(&memory, 0x1000 + 99, 1).unwrap(), b"\0");
    assert_eq!(read(&memory, 0x1000 + 100, 1), Err(FaultKind::NotMapped));

    // Of processes: pages of mapped files.
    let encoding = Encoding::LITTLE_64;
    let process = core(encoding)
        .segment(notes(encoding, &[("CORE", NT_AUXV, b"")]))
        .segment(cut(load(0x40_0000, 0, b"text")))
        .build();
    let image = open(vec![process]).unwrap();
    assert_eq!(image.target(), TargetKind::Process);
    assert!(image.segments(AddressSpace::Physical).is_empty());
    let memory = image.memory();
    assert_eq!(memory.read_u8(AddressSpace::Virtual, 0x40_0003), Ok(b't'));
    let fault = memory
        .read_u8(AddressSpace::Virtual, 0x40_0004)
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotInDump);
}

#[test]
fn notes_tell_kernels_from_processes() {
    const NT_PRPSINFO: u32 = 3;
    let target = |names: &[(&str, u32, &[u8])]| {
        let bytes = core(Encoding::LITTLE_64).segment(notes(Encoding::LITTLE_64, names));
        open(vec![bytes.build()]).unwrap().target()
    };
    let (status, info) = (
        ("CORE", synth::NT_PRSTATUS, &b""[..]),
        ("CORE", NT_PRPSINFO, &b""[..]),
    );
    assert_eq!(target(&[]), TargetKind::Kernel);
    assert_eq!(target(&[status]), TargetKind::Kernel);
    assert_eq!(target(&[status, info]), TargetKind::Process);
    // As /proc/kcore.
    assert_eq!(
        target(&[status, info, ("VMCOREINFO", 0, b"")]),
        TargetKind::Kernel
    );
}

#[test]
fn more_segments_than_the_header_can_count() {
    let mut builder = core(Encoding::LITTLE_64);
    builder.segments = (1..=70_000u64)
        .map(|page| load(0, page << 12, &page.to_le_bytes()))
        .collect();
    let image = open(vec![builder.build()]).unwrap();
    let memory = image.memory();
    for page in [1u64, 65_535, 65_536, 70_000] {
        assert_eq!(read(&memory, page << 12, 8).unwrap(), page.to_le_bytes());
    }
}

#[test]
fn qemus_note_tells_control_registers() {
    // version and size, 16 general registers, rip, rflags, 10 segments, 5 control registers, and
    // the other base of gs: all words are their index.
    let mut desc = 1u32.to_le_bytes().to_vec();
    desc.extend(440u32.to_le_bytes());
    desc.extend((1..55u64).flat_map(u64::to_le_bytes));
    let encoding = Encoding::LITTLE_64;
    let bytes = core(encoding)
        .segment(notes(
            encoding,
            &[("QEMU", 0, &desc), ("QEMU", 0, b"short")],
        ))
        .build();
    let image = open(vec![bytes]).unwrap();
    let cpus: Vec<_> = image.qemu_cpus().collect();
    assert_eq!(cpus.len(), 1);
    let register = |wanted| {
        let mut registers = cpus[0].registers.iter();
        registers
            .find(|(register, _)| *register == wanted)
            .map(|(_, value)| *value)
    };
    assert_eq!(register(x86_64::RAX), Some(1));
    assert_eq!(register(x86_64::RSP), Some(7));
    assert_eq!(register(x86_64::RIP), Some(17));
    assert_eq!(register(x86_64::GS_BASE), Some(18 + 4 * 3 + 3));
    assert_eq!(cpus[0].control, [49, 50, 51, 52, 53]);
    assert_eq!(cpus[0].kernel_gs_base, Some(54));
}

#[test]
fn vmcoreinfo_is_found_in_memory() {
    let text = vmcoreinfo("6.1.0-scanned");
    let encoding = Encoding::LITTLE_64;
    let mut memory = vec![1; 0x10000];
    let buffer = note(encoding, 4, "VMCOREINFO", 0, text.as_bytes());
    memory[0x4000..0x4000 + buffer.len()].copy_from_slice(&buffer);
    // The segment does not start at a page: its sixth page is at 0x4800 of it.
    let image = core(encoding).segment(load(0, 0x9000, &memory)).build();
    let image = open(vec![image]).unwrap();
    let found = image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
    assert_eq!(found.unwrap().unwrap().text(), text);
}

#[test]
fn hostile_segments_do_not_make_the_scan_hang() {
    let mut builder = core(Encoding::LITTLE_64);
    builder.segments = (0..2000)
        .map(|_| Segment {
            memory_size: u64::MAX,
            ..load(0, 0, &[0; 100])
        })
        .collect();
    let image = open(vec![builder.build()]).unwrap();
    let found = image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
    assert_eq!(found, Ok(None));
}

#[test]
fn what_is_no_core_is_refused_with_the_remedy() {
    let executable = ElfBuilder::new(Encoding::LITTLE_64, synth::ET_EXEC, synth::EM_X86_64).build();
    let error = open(vec![executable]).err().unwrap();
    assert_eq!(
        error.to_string(),
        "test is an ELF file but no core dump: give it as a debug file instead"
    );
    let text = open(vec![b"just text".to_vec()]).err().unwrap();
    assert!(matches!(text, ImageError::UnknownFormat { .. }));
    assert!(matches!(open(vec![]).err().unwrap(), ImageError::NoFiles));
    let core = core(Encoding::LITTLE_64).build();
    let two = open(vec![core.clone(), core]).err().unwrap();
    assert!(matches!(two, ImageError::NotParts { .. }));
}

#[test]
fn a_core_that_is_cut_off_says_so() {
    let bytes = core(Encoding::LITTLE_64)
        .segment(load(0, 0x1000, &[7; 100]))
        .build();
    let size = bytes.len();
    let image = open(vec![bytes[..size - 10].to_vec()]).unwrap();
    assert_eq!(
        image.damage(),
        [Damage::CutOff {
            file: "test".to_owned(),
            expected: size as u64,
            found: size as u64 - 10
        }]
    );
    let memory = image.memory();
    assert_eq!(read(&memory, 0x1000, 90).unwrap(), [7; 90]);
    let fault = memory
        .read(AddressSpace::Physical, 0x1000, &mut [0; 100])
        .unwrap_err();
    assert_eq!(
        (fault.address, fault.kind),
        (0x1000 + 90, FaultKind::CutOff)
    );
}

#[test]
fn each_thread_has_the_notes_behind_its_own() {
    const NT_386_TLS: u32 = 0x200;
    let encoding = Encoding::LITTLE_64;
    let status = |tid: u8| {
        let mut desc = [0; 336];
        desc[32] = tid;
        desc
    };
    let (first, second) = (status(7), status(8));
    let image = core(encoding)
        .segment(notes(
            encoding,
            &[
                ("CORE", synth::NT_PRSTATUS, &first),
                ("CORE", NT_AUXV, b""),
                ("LINUX", NT_386_TLS, b"one"),
                ("CORE", synth::NT_PRSTATUS, &second),
                ("LINUX", NT_386_TLS, b"two"),
            ],
        ))
        .build();
    let image = open(vec![image]).unwrap();
    let threads = image.thread_statuses();
    let threads: Vec<_> = threads
        .map(|thread| (thread.tid, thread.thread_areas()))
        .collect();
    let expected = [(7, Some(&b"one"[..])), (8, Some(&b"two"[..]))];
    assert_eq!(threads, expected);
}
