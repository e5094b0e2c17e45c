//! Memory that a core dump leaves out, or that a process of a kernel has not in memory, since it can
//! be read from the files that were mapped: code and constants (core(5), "Controlling which mappings are written to the core dump").
//!
//! A file counts only if it has the build ID that stands in the dump: another version of it would
//! give wrong bytes without a word. So would what the program may have written to since it was loaded:
//! nothing of the file's writable segments is taken, of which relocated constants (`PT_GNU_RELRO`) are
//! a part.

use super::filled_pages::FilledPages;
use super::loaded_elf::LoadedElf;
use super::mapping::{Mapping, Mappings};
use super::process_memory::ProcessMemory;
use spelunk_base::{BuildId, Platform};
use spelunk_elf::constants::{PF_W, PT_LOAD};
use spelunk_elf::{ElfFile, FileData, ReadAt};
use spelunk_image::{Image, MissingRange};
use spelunk_memory::{AddressSpace, FaultKind, Memory, Segment, SegmentFault, SegmentReader};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// The files that were mapped.
pub(super) struct Files(Vec<Arc<MappedFile>>);

/// A file that was mapped, if it is still there.
struct MappedFile {
    /// Where its first byte is in memory.
    start: u64,
    path: PathBuf,
    build_id: BuildId,
    state: RwLock<State>,
}

enum State {
    /// Nobody needed it yet.
    Closed,
    Open(Arc<Constants>),
    /// It is not there, or another one is.
    Missing,
}

impl Files {
    /// The files that stand behind what `image` leaves out, and segments that read from them.
    pub(super) fn behind(
        image: &Image,
        platform: Platform,
        mappings: &Mappings,
    ) -> (Self, Vec<Segment>) {
        let stored = image.memory();
        let mut found = Found::new(&stored, platform, mappings);
        let mut segments = Vec::new();
        let unlisted = unlisted_ranges(image, mappings);
        for missing in image.missing_ranges().iter().chain(&unlisted) {
            for mapping in mappings.overlapping(&missing.range) {
                let Some(reader) = found.file(mapping, missing.kind) else {
                    continue;
                };
                let start = missing.range.start.max(mapping.range.start);
                let end = missing.range.end.min(mapping.range.end);
                let offset = start.wrapping_sub(reader.address);
                let size = end.saturating_sub(start);
                segments.extend(Segment::new(start, size, offset, Arc::new(reader)));
            }
        }
        (found.into_files(), segments)
    }

    /// The files that stand behind what `pages`, the memory of a process, lack, and segments that
    /// read from either. Offsets of `pages` are addresses.
    pub(super) fn behind_pages(
        pages: &Arc<dyn SegmentReader>,
        platform: Platform,
        mappings: &Mappings,
    ) -> (Self, Vec<Segment>) {
        let stored = Memory::default();
        let all = Segment::new(0, platform.address_mask(), 0, Arc::clone(pages));
        stored.segments(AddressSpace::Virtual).add_all(all);
        let mut found = Found::new(&stored, platform, mappings);
        let segments = mappings.iter().filter_map(|mapping| {
            let file = found.file(mapping, FaultKind::NotInDump)?;
            let start = mapping.range.start;
            let size = mapping.range.end.saturating_sub(start);
            let reader = FilledPages {
                pages: Arc::clone(pages),
                start: file.address,
                rest: Box::new(file),
            };
            Segment::new(start, size, start, Arc::new(reader))
        });
        let segments = segments.collect();
        (found.into_files(), segments)
    }

    /// Reads from `elf`, which was found for a module, what is missing of the file that it is.
    pub(super) fn offer(&self, elf: &ElfFile) {
        let Some(build_id) = elf.build_id() else {
            return;
        };
        for file in self.0.iter().filter(|file| file.build_id == build_id) {
            file.publish(State::Open(Arc::new(Constants::of(elf, file.start))));
        }
    }
}

/// The files that were found so far.
struct Found<'a> {
    stored: &'a Memory,
    platform: Platform,
    mappings: &'a Mappings,
    /// By where they start; `None` for those that cannot be told from others.
    files: HashMap<u64, Option<Arc<MappedFile>>>,
}

impl<'a> Found<'a> {
    fn new(stored: &'a Memory, platform: Platform, mappings: &'a Mappings) -> Self {
        Self {
            stored,
            platform,
            mappings,
            files: HashMap::new(),
        }
    }

    /// What reads from the file of `mapping` what is missing in memory for the reason `missing`.
    fn file(&mut self, mapping: &Mapping, missing: FaultKind) -> Option<FromFile> {
        let whole = self.mappings.file_at(mapping.range.start)?;
        let file = self.files.entry(whole.start).or_insert_with(|| {
            Some(Arc::new(MappedFile {
                start: whole.start,
                path: mapping.path.clone(),
                build_id: find_build_id(self.stored, self.platform, whole.start)?,
                state: RwLock::new(State::Closed),
            }))
        });
        Some(FromFile {
            file: file.clone()?,
            address: mapping.range.start.wrapping_sub(mapping.offset),
            missing,
        })
    }

    fn into_files(self) -> Files {
        Files(self.files.into_values().flatten().collect())
    }
}

/// What files are mapped to and no segment of the dump tells of: gdb leaves out such mappings as a
/// whole.
fn unlisted_ranges(image: &Image, mappings: &Mappings) -> Vec<MissingRange> {
    let segments = image.segments(AddressSpace::Virtual);
    let mut listed: Vec<(u64, u64)> = segments
        .iter()
        .map(|segment| (segment.start, segment.last))
        .collect();
    listed.sort_unstable();
    let mut listed = listed.into_iter().peekable();
    let mut unlisted = Vec::new();
    for mapping in mappings.iter() {
        let mut start = mapping.range.start;
        while start < mapping.range.end {
            let next = match listed.peek() {
                Some((_, last)) if *last < start => {
                    listed.next();
                    continue;
                }
                // The next mapping may be in it, too.
                Some((first, last)) if *first <= start => {
                    start = last.saturating_add(1);
                    continue;
                }
                Some((first, _)) => mapping.range.end.min(*first),
                None => mapping.range.end,
            };
            unlisted.push(MissingRange {
                range: start..next,
                kind: FaultKind::NotInDump,
            });
            start = next;
        }
    }
    unlisted
}

/// The build ID of the file whose first byte is at `address`.
fn find_build_id(stored: &Memory, platform: Platform, address: u64) -> Option<BuildId> {
    let memory = ProcessMemory::new(stored, platform);
    LoadedElf::at(memory, address).ok()??.find_build_id(memory)
}

impl MappedFile {
    /// The file, if it is the one that was mapped.
    fn find(&self) -> Option<Arc<Constants>> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(constants) => return Some(Arc::clone(constants)),
            State::Missing => return None,
            State::Closed => {}
        }
        let found = open(&self.path, &self.build_id);
        self.publish(found.map_or(State::Missing, |elf| {
            State::Open(Arc::new(Constants::of(&elf, self.start)))
        }));
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(constants) => Some(Arc::clone(constants)),
            _ => None,
        }
    }

    /// Remembers what became of the file, unless it is open.
    fn publish(&self, new: State) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(&*state, State::Open(_)) {
            *state = new;
        }
    }
}

fn open(path: &Path, build_id: &BuildId) -> Option<ElfFile> {
    let elf = ElfFile::parse(FileData::open_regular(path).ok()?).ok()?;
    (elf.build_id().as_ref() == Some(build_id)).then_some(elf)
}

/// What is in memory as it is in the file.
struct Constants {
    data: Arc<dyn ReadAt>,
    /// The addresses in memory of all else: the first and the last, sorted.
    variable: Vec<(u64, u64)>,
}

impl Constants {
    /// Of the file whose first byte is at `start`.
    fn of(elf: &ElfFile, start: u64) -> Self {
        let loads = || {
            let mut segments = elf.segments().iter();
            std::iter::from_fn(move || segments.find(|segment| segment.kind == PT_LOAD))
        };
        let mask = elf.platform().address_mask();
        let linked = loads().next();
        let linked = linked.map_or(0, |first| first.virtual_address.wrapping_sub(first.offset));
        let place = |address: u64| start.wrapping_add(address.wrapping_sub(linked)) & mask;
        let written = loads().filter(|load| load.flags.contains(PF_W) && load.memory_size > 0);
        let mut variable: Vec<(u64, u64)> = written
            .map(|load| {
                let first = place(load.virtual_address);
                (
                    first,
                    first.saturating_add(load.memory_size.saturating_sub(1)),
                )
            })
            .collect();
        variable.sort_unstable();
        Self {
            data: Arc::clone(elf.data()),
            variable,
        }
    }

    /// The first of `size` addresses from `address` on that is not constant.
    fn find_variable(&self, address: u64, size: u64) -> Option<u64> {
        let last = address.saturating_add(size.saturating_sub(1));
        let mut variable = self.variable.iter();
        let (first, _) =
            variable.find(|(its_first, its_last)| *its_first <= last && *its_last >= address)?;
        Some(address.max(*first))
    }
}

/// A part of a file; offsets are the file's.
struct FromFile {
    file: Arc<MappedFile>,
    /// What is added to offsets to have addresses.
    address: u64,
    /// Why it is not in the dump.
    missing: FaultKind,
}

impl SegmentReader for FromFile {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let fault = |offset| SegmentFault {
            offset,
            kind: self.missing,
        };
        let file = self.file.find().ok_or(fault(offset))?;
        let address = offset.wrapping_add(self.address);
        if let Some(variable) = file.find_variable(address, buf.len() as u64) {
            return Err(fault(variable.wrapping_sub(self.address)));
        }
        // What is behind the end of the file in its last page is zero.
        let left = file.data.len().saturating_sub(offset);
        let size = usize::try_from(left).map_or(buf.len(), |left| left.min(buf.len()));
        let (part, rest) = buf.split_at_mut(size);
        file.data.read_at(offset, part).map_err(|_| fault(offset))?;
        rest.fill(0);
        Ok(())
    }
}
