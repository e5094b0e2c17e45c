use crate::error::{Damage, ImageError};
use crate::image::{Format, Image, MissingRange, TargetKind};
use crate::notes::{StoredNote, are_of_process};
use crate::reader::{Excluded, FileSegment, Zeros};
use crate::vmcoreinfo::Vmcoreinfo;
use spelunk_base::{Architecture, Platform};
use spelunk_elf::constants as elf;
use spelunk_elf::{ElfFile, ReadAt};
use spelunk_memory::{FaultKind, Segment, SegmentReader};
use std::sync::Arc;

/// An address that says that there is none: the kernel writes it for memory that has no physical
/// address of its own, such as vmalloc's.
const NO_ADDRESS: u64 = u64::MAX;

/// Opens an ELF core: of a process, or of a kernel.
pub(crate) fn open(file: &Arc<dyn ReadAt>) -> Result<Image, ImageError> {
    let name = || file.name().to_owned();
    let elf_file = ElfFile::parse(Arc::clone(file)).map_err(|error| ImageError::Elf {
        file: name(),
        error,
    })?;
    if elf_file.header().kind != elf::ET_CORE {
        return Err(ImageError::NotACore { file: name() });
    }
    let notes: Vec<StoredNote> = elf_file.notes().map(StoredNote::from).collect();
    let target = if are_of_process(&notes) {
        TargetKind::Process
    } else {
        TargetKind::Kernel
    };
    let loads: Vec<&spelunk_elf::Segment> = elf_file
        .segments()
        .iter()
        .filter(|segment| segment.kind == elf::PT_LOAD)
        .collect();
    let readers = Readers::new(file, target);
    let virtual_loads: &[&spelunk_elf::Segment] =
        if target == TargetKind::Process || has_virtual_addresses(&loads) {
            &loads
        } else {
            &[]
        };
    let virtual_segments = readers.segments(
        virtual_loads
            .iter()
            .map(|load| (load.virtual_address, **load))
            // No kernel has memory at 0; a process may (`vm.mmap_min_addr`).
            .filter(|(address, _)| *address != 0 || target == TargetKind::Process),
    );
    let physical_segments = match target {
        TargetKind::Process => Vec::new(),
        TargetKind::Kernel => readers.segments(
            loads
                .iter()
                .map(|load| (load.physical_address, **load))
                .filter(|(address, _)| *address != NO_ADDRESS),
        ),
    };
    // gdb writes the notes last.
    let expected = elf_file
        .segments()
        .iter()
        .filter(|segment| [elf::PT_LOAD, elf::PT_NOTE].contains(&segment.kind))
        .filter(|segment| segment.file_size != 0)
        .map(|segment| segment.offset.saturating_add(segment.file_size))
        .max()
        .unwrap_or(0);
    let mut damage: Vec<Damage> = elf_file.damage().iter().cloned().map(Damage::Elf).collect();
    if expected > file.len() {
        damage.push(Damage::CutOff {
            file: name(),
            expected,
            found: file.len(),
        });
    }
    let vmcoreinfo = notes
        .iter()
        .find(|note| *note.name == *b"VMCOREINFO")
        .map(|note| Vmcoreinfo::parse(&note.desc));
    let platform = platform(&elf_file);
    Ok(Image {
        format: Format::Elf,
        flattened: false,
        target,
        platform: (platform.architecture != Architecture::Unknown).then_some(platform),
        byte_order: platform.byte_order,
        virtual_segments,
        physical_segments,
        missing: match target {
            TargetKind::Process => missing_ranges(file, &loads),
            TargetKind::Kernel => Vec::new(),
        },
        stored: stored(file, &loads),
        pages: None,
        notes,
        vmcoreinfo,
        utsname: None,
        dump_level: None,
        phys_base: None,
        damage,
    })
}

/// The machine. QEMU writes dumps of machines with addresses of 32 bits in the form for 64 if the
/// machine has memory that needs it: the BIOS of a PC ends at 4 GiB.
fn platform(file: &ElfFile) -> Platform {
    let platform = file.platform();
    let usual = Platform::of(platform.architecture);
    Platform {
        is_64_bit: platform.is_64_bit && usual.is_64_bit,
        ..platform
    }
}

/// What of a process's memory the segments tell of and the file does not have, because it was left out
/// or the file is cut off.
fn missing_ranges(file: &Arc<dyn ReadAt>, loads: &[&spelunk_elf::Segment]) -> Vec<MissingRange> {
    let range = |load: &spelunk_elf::Segment, start: u64, end: u64, kind| {
        let start = load.virtual_address.checked_add(start)?;
        let end = load.virtual_address.checked_add(end)?;
        (start < end).then_some(MissingRange {
            range: start..end,
            kind,
        })
    };
    let of_load = |load: &&spelunk_elf::Segment| {
        let available = file.len().saturating_sub(load.offset).min(load.file_size);
        let cut_off = range(load, available, load.file_size, FaultKind::CutOff);
        let excluded = range(load, load.file_size, load.memory_size, FaultKind::NotInDump);
        [cut_off, excluded]
    };
    loads.iter().flat_map(of_load).flatten().collect()
}

/// Whether the kernel's segments tell virtual addresses. Unless QEMU was asked to walk the page
/// tables, it writes the physical address in their place, or 0 (old versions, and makedumpfile).
fn has_virtual_addresses(loads: &[&spelunk_elf::Segment]) -> bool {
    loads
        .iter()
        .any(|load| ![0, load.physical_address].contains(&load.virtual_address))
}

/// The physical addresses and sizes of what is in the file. Segments that share bytes of the file
/// are all here, but altogether not more than a sound file has.
fn stored(file: &Arc<dyn ReadAt>, loads: &[&spelunk_elf::Segment]) -> Vec<(u64, u64)> {
    let mut budget = file.stored_len().saturating_mul(4);
    loads
        .iter()
        .filter(|load| load.physical_address != NO_ADDRESS)
        .map_while(|load| {
            let available = file.len().saturating_sub(load.offset);
            let size = load.file_size.min(available);
            budget = budget.checked_sub(size)?;
            Some((load.physical_address, size))
        })
        .collect()
}

/// What reads the parts of a segment.
struct Readers {
    file: Arc<dyn SegmentReader>,
    /// What is in memory but not in the file.
    rest: Arc<dyn SegmentReader>,
}

impl Readers {
    fn new(file: &Arc<dyn ReadAt>, target: TargetKind) -> Self {
        Self {
            file: Arc::new(FileSegment(Arc::clone(file))),
            rest: match target {
                // The kernel leaves out what can be read from the mapped files (core(5), coredump
                // filter).
                TargetKind::Process => Arc::new(Excluded),
                // makedumpfile -E cuts pages that it leaves out from the ends of segments, those
                // of zeros as well as all others, and the file does not tell them apart. Zeros
                // must read as zeros; drgn and crash read the others so too.
                TargetKind::Kernel => Arc::new(Zeros),
            },
        }
    }

    /// The segments at the addresses given with them. What is in the file comes last and so wins:
    /// QEMU writes segments without contents that overlap others.
    fn segments(
        &self,
        loads: impl Iterator<Item = (u64, spelunk_elf::Segment)> + Clone,
    ) -> Vec<Segment> {
        let rests = loads.clone().filter_map(|(address, load)| {
            let address = address.checked_add(load.file_size)?;
            let size = load.memory_size.checked_sub(load.file_size)?;
            Segment::new(address, size, 0, Arc::clone(&self.rest))
        });
        let contents = loads.filter_map(|(address, load)| {
            let size = load.file_size.min(load.memory_size);
            Segment::new(address, size, load.offset, Arc::clone(&self.file))
        });
        rests.chain(contents).collect()
    }
}
