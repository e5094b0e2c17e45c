//! Where a file is in the program: what its headers say, and what that makes of a module's addresses.

use super::ModuleKind;
use spelunk_elf::constants::{PT_DYNAMIC, PT_LOAD, SHF_ALLOC, SHT_NOBITS, SHT_NOTE};
use spelunk_elf::{ElfFile, Segment};
use std::ops::Range;

/// No machine has smaller pages.
const MIN_PAGE_SIZE: u64 = 4096;

/// The addresses that the file's segments span, as linked; `None` for relocatable files.
pub(super) fn linked_range(elf: &ElfFile) -> Option<Range<u64>> {
    let loaded = |segment: &&Segment| segment.kind == PT_LOAD && segment.memory_size > 0;
    let mut segments = elf.segments().iter().filter(loaded);
    let first = segments.next()?;
    let range = |segment: &Segment| {
        let start = segment.virtual_address;
        start..start.saturating_add(segment.memory_size)
    };
    // Segments stand in order. Kernels for x86-64 before 6.15 have one at address 0 behind others:
    // the per-CPU variables, whose addresses are offsets, and which are loaded elsewhere.
    let start = first.virtual_address;
    let end = segments
        .filter(|segment| segment.virtual_address >= start)
        .map(|segment| range(segment).end)
        .fold(range(first).end, u64::max);
    Some(start..end)
}

/// What to add to addresses in the file to have those in the program, for a module of this kind:
/// `main` for the main module, at `ranges` for an extra one.
///
/// # Errors
///
/// Why the file cannot be the module's.
pub(super) fn load_bias(
    elf: &ElfFile,
    kind: ModuleKind,
    main: Option<u64>,
    ranges: Option<&[Range<u64>]>,
) -> Result<u64, String> {
    match kind {
        ModuleKind::Relocatable { .. } => Ok(0),
        ModuleKind::Extra { .. } => Ok(match (ranges, linked_range(elf)) {
            (Some([range]), Some(linked)) => range.start.wrapping_sub(linked.start),
            _ => 0,
        }),
        _ if elf.is_relocatable() => Err("the file is not linked".into()),
        ModuleKind::Main => main
            .or_else(|| {
                let start = ranges?.first()?.start;
                // Segments start anywhere in their first page.
                let linked = linked_range(elf)?.start & !(MIN_PAGE_SIZE - 1);
                Some(start.wrapping_sub(linked))
            })
            .ok_or_else(|| "it is not known where the program is in memory".into()),
        ModuleKind::SharedLibrary { dynamic_address } | ModuleKind::Vdso { dynamic_address } => {
            let mut segments = elf.segments().iter();
            segments
                .find(|segment| segment.kind == PT_DYNAMIC)
                .map(|dynamic| dynamic_address.wrapping_sub(dynamic.virtual_address))
                .ok_or_else(|| "the file has no dynamic section".into())
        }
    }
}

/// Whether the file has what is loaded into memory, and not debugging information alone: some of its
/// code or data has bytes in it (notes, such as the build ID, debug files have as well).
pub(crate) fn is_loadable(elf: &ElfFile) -> bool {
    if elf.sections().len() > 1 {
        return elf.sections().iter().any(|section| {
            section.flags.contains(SHF_ALLOC)
                && section.kind != SHT_NOBITS
                && section.kind != SHT_NOTE
        });
    }
    // Cut off, or without sections.
    let mut segments = elf.segments().iter();
    segments.any(|segment| segment.kind == PT_LOAD && segment.file_size > 0)
}
