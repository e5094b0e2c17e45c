//! An ELF file as it is in memory: what its program headers there tell.

use super::process_memory::ProcessMemory;
use spelunk_base::{BuildId, Cursor};
use spelunk_elf::constants::{NT_GNU_BUILD_ID, PT_DYNAMIC, PT_LOAD, PT_NOTE, PT_PHDR, ProgramType};
use spelunk_elf::{Header, NoteAlignment, Notes, Segment};
use spelunk_memory::Fault;
use std::ops::Range;

/// Tags of a dynamic section (System V gABI, "Dynamic Section").
pub(super) const DT_STRTAB: u64 = 5;
const DT_SONAME: u64 = 14;
pub(super) const DT_DEBUG: u64 = 21;
/// Entries of a dynamic section; there are about 30.
const MAX_DYNAMIC: u64 = 4096;

/// An ELF file in memory.
#[derive(Clone, Debug)]
pub(super) struct LoadedElf {
    /// What is added to addresses in the file to have those in memory.
    pub(super) bias: u64,
    segments: Vec<Segment>,
}

impl LoadedElf {
    /// The file whose first byte is at `address`; `None` if that is no ELF file of the process's kind.
    pub(super) fn at(memory: ProcessMemory<'_>, address: u64) -> Result<Option<Self>, Fault> {
        // The smaller of the two headers may be all there is, but never at the end of memory.
        let bytes = memory.bytes(address, Header::MAX_SIZE)?;
        let Ok(header) = Header::parse(&bytes) else {
            return Ok(None);
        };
        let is_kin = header.platform.is_64_bit == memory.platform.is_64_bit
            && header.platform.byte_order == memory.platform.byte_order;
        if !is_kin {
            return Ok(None);
        }
        let (offset, entry_size, count) = header.segment_table();
        let table = memory.address(address, offset);
        let segments = segments(memory, table, entry_size.into(), count.into())?;
        let first = segments.iter().find(|segment| segment.kind == PT_LOAD);
        let bias = first.map(|first| {
            let start = first.virtual_address.wrapping_sub(first.offset);
            memory.address(address, start.wrapping_neg())
        });
        Ok(bias.map(|bias| Self { bias, segments }))
    }

    /// The executable, whose program headers the kernel told of.
    pub(super) fn of_headers(
        memory: ProcessMemory<'_>,
        table: u64,
        entry_size: u64,
        count: u64,
    ) -> Result<Self, Fault> {
        let segments = segments(memory, table, entry_size, count)?;
        let own = segments.iter().find(|segment| segment.kind == PT_PHDR);
        if let Some(own) = own {
            let bias = memory.address(table, own.virtual_address.wrapping_neg());
            return Ok(Self { bias, segments });
        }
        // Static programs do not say where their headers are: right behind the ELF header.
        let header_size = if memory.platform.is_64_bit { 64 } else { 52 };
        let header = memory.address(table, u64::wrapping_neg(header_size));
        match Self::at(memory, header) {
            Ok(Some(elf)) => Ok(elf),
            _ => Ok(Self { bias: 0, segments }),
        }
    }

    fn find(&self, kind: ProgramType) -> Option<&Segment> {
        self.segments.iter().find(|segment| segment.kind == kind)
    }

    /// The addresses that the file takes, in whole pages.
    pub(super) fn range(&self, memory: ProcessMemory<'_>, page_size: u64) -> Option<Range<u64>> {
        let page = page_size.wrapping_sub(1);
        let loads = || {
            let mut segments = self.segments.iter();
            std::iter::from_fn(move || segments.find(|segment| segment.kind == PT_LOAD))
        };
        let start = loads().map(|load| load.virtual_address).min()? & !page;
        let end = loads().map(|load| load.virtual_address.saturating_add(load.memory_size));
        let size = (end.max()?.checked_add(page)? & !page).checked_sub(start)?;
        let start = memory.address(self.bias, start);
        let end = start.checked_add(size)?;
        (start < end).then_some(start..end)
    }

    /// Where its dynamic section is, if it has one.
    pub(super) fn dynamic_address(&self, memory: ProcessMemory<'_>) -> Option<u64> {
        let dynamic = self.find(PT_DYNAMIC)?;
        Some(memory.address(self.bias, dynamic.virtual_address))
    }

    /// Where that is in the file.
    pub(super) fn dynamic_offset(&self) -> Option<u64> {
        Some(self.find(PT_DYNAMIC)?.offset)
    }

    /// The value of the first entry with `tag` in the dynamic section.
    pub(super) fn find_dynamic(&self, memory: ProcessMemory<'_>, tag: u64) -> Option<u64> {
        let start = self.dynamic_address(memory)?;
        for index in 0..MAX_DYNAMIC {
            let found = memory.word(start, index.wrapping_mul(2)).ok()?;
            if found == tag {
                let value = index.wrapping_mul(2).wrapping_add(1);
                return memory.word(start, value).ok();
            }
            if found == 0 {
                break;
            }
        }
        None
    }

    /// The name that the file gives itself.
    pub(super) fn find_soname(&self, memory: ProcessMemory<'_>) -> Option<Vec<u8>> {
        let strings = self.find_dynamic(memory, DT_STRTAB)?;
        let offset = self.find_dynamic(memory, DT_SONAME)?;
        // The dynamic linker relocates the address, but not that of the vdso.
        let is_linked = strings < self.bias;
        let strings = memory.address(strings, if is_linked { self.bias } else { 0 });
        memory.find_string(memory.address(strings, offset))
    }

    /// The build ID, from the notes in memory.
    pub(super) fn find_build_id(&self, memory: ProcessMemory<'_>) -> Option<BuildId> {
        let notes = self.segments.iter();
        let notes = notes.filter(|segment| segment.kind == PT_NOTE);
        notes.into_iter().find_map(|segment| {
            let address = memory.address(self.bias, segment.virtual_address);
            let bytes = memory.bytes(address, segment.memory_size).ok()?;
            let alignment = NoteAlignment::of(segment.alignment);
            Notes::new(&bytes, memory.platform.byte_order, alignment)
                .find(|note| note.name == b"GNU" && note.kind == NT_GNU_BUILD_ID)
                .and_then(|note| BuildId::new(note.desc))
        })
    }
}

fn segments(
    memory: ProcessMemory<'_>,
    table: u64,
    entry_size: u64,
    count: u64,
) -> Result<Vec<Segment>, Fault> {
    // No program has more, though there could be 65535.
    const MAX_COUNT: u64 = 1024;
    let Ok(step) = usize::try_from(entry_size.min(1024)) else {
        return Ok(Vec::new());
    };
    let size = count.min(MAX_COUNT).saturating_mul(step as u64);
    let bytes = memory.bytes(table, size)?;
    let entries = bytes.chunks_exact(step.max(1));
    let segment = |entry| {
        let mut cursor = Cursor::new(entry, memory.platform.byte_order);
        Segment::parse(&mut cursor, memory.platform).ok()
    };
    Ok(entries.map_while(segment).collect())
}
