//! Kdump-compressed files: what makedumpfile and QEMU's `dump-guest-memory -z` write.
//!
//! One after the other, each from the start of a block: the header, the sub-header, a bitmap of
//! the frames that are memory, a bitmap of the frames that the file holds, one page descriptor for
//! each of those, and the pages, each compressed on its own. Frames of zeros share a descriptor's
//! page. The format grew out of that of diskdump.
//!
//! Sources: makedumpfile's `IMPLEMENTATION` and the layouts in its `diskdump_mod.h`; QEMU's
//! documentation of `dump-guest-memory`.

mod bitmap;
mod header;
mod pages;

pub(crate) use header::is_kdump;
pub(crate) use pages::Pages;

use crate::error::{Damage, ImageError};
use crate::image::{Format, Image, TargetKind};
use crate::notes::StoredNote;
use crate::vmcoreinfo::Vmcoreinfo;
use header::Header;
use pages::Part;
use spelunk_base::{Architecture, ByteOrder, Platform};
use spelunk_elf::constants as elf;
use spelunk_elf::{NoteAlignment, Notes, ReadAt, SectionData};
use spelunk_memory::Segment;
use std::sync::Arc;

/// Opens the parts of a kdump-compressed dump; an unsplit one is one part.
pub(crate) fn open(files: &[Arc<dyn ReadAt>]) -> Result<Image, ImageError> {
    let mut damage = Vec::new();
    let mut parts = Vec::with_capacity(files.len());
    for file in files {
        let header = Header::parse(file)?;
        if header.incomplete {
            damage.push(Damage::Incomplete {
                file: file.name().to_owned(),
            });
        }
        parts.push(Part::open(Arc::clone(file), header, &mut damage)?);
    }
    parts.sort_by_key(|part| part.header.first_frame);
    let (Some(first), Some(first_file)) = (parts.first(), files.first()) else {
        return Err(ImageError::NoFiles);
    };
    for part in &parts {
        let reason = part.header.differs_from(&first.header);
        if let Some(reason) = reason.filter(|_| files.len() > 1) {
            return Err(ImageError::NotParts {
                file: part.file.name().to_owned(),
                reason,
            });
        }
    }
    let header = first.header.clone();
    let notes = read_notes(&first.file, &header)?;
    let vmcoreinfo = read_vmcoreinfo(&first.file, &header, &notes)?;
    let platform = platform(&header, &notes, vmcoreinfo.as_ref());
    let missing = pages::missing_pages(&parts);
    if missing > 0 {
        damage.push(Damage::MissingParts { pages: missing });
    }
    let pages = Arc::new(Pages::new(parts, first_file)?);
    let segment = Segment::new(0, pages.memory_size(), 0, Arc::clone(&pages) as _);
    Ok(Image {
        format: Format::Kdump {
            version: header.version,
        },
        flattened: false,
        target: TargetKind::Kernel,
        platform,
        byte_order: header.byte_order,
        virtual_segments: Vec::new(),
        physical_segments: segment.into_iter().collect(),
        missing: Vec::new(),
        stored: Vec::new(),
        pages: Some(pages),
        notes,
        vmcoreinfo,
        utsname: (!header.utsname.release.is_empty()).then_some(header.utsname),
        dump_level: header.dump_level,
        phys_base: header.phys_base,
        damage,
    })
}

fn read_range(
    file: &Arc<dyn ReadAt>,
    (offset, size): (u64, u64),
) -> Result<SectionData, ImageError> {
    SectionData::read(file, offset, size).map_err(|error| ImageError::Read {
        file: file.name().to_owned(),
        error,
    })
}

fn read_notes(file: &Arc<dyn ReadAt>, header: &Header) -> Result<Vec<StoredNote>, ImageError> {
    let Some(range) = header.notes else {
        return Ok(Vec::new());
    };
    let data = read_range(file, range)?;
    let notes = Notes::new(&data, header.byte_order, NoteAlignment::Four);
    Ok(notes.map(StoredNote::from).collect())
}

fn read_vmcoreinfo(
    file: &Arc<dyn ReadAt>,
    header: &Header,
    notes: &[StoredNote],
) -> Result<Option<Vmcoreinfo>, ImageError> {
    if let Some(range) = header.vmcoreinfo {
        let info = Vmcoreinfo::parse(&read_range(file, range)?);
        if info.os_release().is_some() {
            return Ok(Some(info));
        }
    }
    let note = notes.iter().find(|note| *note.name == *b"VMCOREINFO");
    Ok(note.map(|note| Vmcoreinfo::parse(&note.desc)))
}

/// The machine, from its name in the header, or else from what only one machine writes: QEMU
/// leaves the name empty.
fn platform(
    header: &Header,
    notes: &[StoredNote],
    vmcoreinfo: Option<&Vmcoreinfo>,
) -> Option<Platform> {
    header.utsname.platform().or_else(|| {
        let little_64_bit = header.is_64_bit && header.byte_order == ByteOrder::Little;
        let architecture =
            architecture_of_notes(notes).or_else(|| Some(vmcoreinfo?.platform()?.architecture))?;
        (little_64_bit || architecture != Architecture::X86_64).then_some(Platform {
            architecture,
            byte_order: header.byte_order,
            is_64_bit: header.is_64_bit,
        })
    })
}

/// QEMU writes the state of CPUs as `NT_PRSTATUS` for all machines, and a note of its own for x86
/// only; sizes are `sizeof(struct elf_prstatus)` on each.
fn architecture_of_notes(notes: &[StoredNote]) -> Option<Architecture> {
    if notes.iter().any(|note| *note.name == *b"QEMU") {
        return Some(Architecture::X86_64);
    }
    let of_size = |size: usize| match size {
        336 => Some(Architecture::X86_64),
        392 => Some(Architecture::Aarch64),
        376 => Some(Architecture::Riscv64),
        504 => Some(Architecture::Ppc64),
        _ => None,
    };
    let vector = |kind| notes.iter().any(|note| note.kind == kind);
    if vector(elf::NT_S390_PREFIX) {
        return Some(Architecture::S390x);
    }
    notes
        .iter()
        .find(|note| note.is_prstatus())
        .and_then(|note| of_size(note.desc.len()))
}
