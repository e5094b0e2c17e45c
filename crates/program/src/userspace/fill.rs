//! Memory that a core dump leaves out, since it can be read from the files that were mapped: code and
//! constants (core(5), "Controlling which mappings are written to the core dump").
//!
//! A file counts only if it has the build ID that stands in the dump: another version of it would
//! give wrong bytes without a word.

use super::loaded_elf::LoadedElf;
use super::mapping::Mappings;
use super::process_memory::ProcessMemory;
use spelunk_base::{BuildId, Platform};
use spelunk_elf::{ElfFile, FileData, ReadAt};
use spelunk_image::Image;
use spelunk_memory::{FaultKind, Memory, Segment, SegmentFault, SegmentReader};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// The files that were mapped.
pub(super) struct Files(Vec<Arc<MappedFile>>);

/// A file that was mapped, if it is still there.
struct MappedFile {
    path: PathBuf,
    build_id: BuildId,
    state: RwLock<State>,
}

enum State {
    /// Nobody needed it yet.
    Closed,
    Open(Arc<dyn ReadAt>),
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
        // By where they start; `None` for those that cannot be told from others.
        let mut files: HashMap<u64, Option<Arc<MappedFile>>> = HashMap::new();
        let mut segments = Vec::new();
        for missing in image.missing_ranges() {
            for mapping in mappings.overlapping(&missing.range) {
                let Some(whole) = mappings.file_at(mapping.range.start) else {
                    continue;
                };
                let file = files.entry(whole.start).or_insert_with(|| {
                    Some(Arc::new(MappedFile {
                        path: mapping.path.clone(),
                        build_id: find_build_id(&stored, platform, whole.start)?,
                        state: RwLock::new(State::Closed),
                    }))
                });
                let Some(file) = file.clone() else {
                    continue;
                };
                let start = missing.range.start.max(mapping.range.start);
                let end = missing.range.end.min(mapping.range.end);
                let offset = start
                    .wrapping_sub(mapping.range.start)
                    .wrapping_add(mapping.offset);
                let reader = Arc::new(FromFile {
                    file,
                    missing: missing.kind,
                });
                let size = end.saturating_sub(start);
                segments.extend(Segment::new(start, size, offset, reader));
            }
        }
        (Self(files.into_values().flatten().collect()), segments)
    }

    /// Reads from `elf`, which was found for a module, what is missing of the file that it is.
    pub(super) fn offer(&self, elf: &ElfFile) {
        let Some(build_id) = elf.build_id() else {
            return;
        };
        for file in self.0.iter().filter(|file| file.build_id == build_id) {
            file.publish(State::Open(Arc::clone(elf.data())));
        }
    }
}

/// The build ID of the file whose first byte is at `address`.
fn find_build_id(stored: &Memory, platform: Platform, address: u64) -> Option<BuildId> {
    let memory = ProcessMemory::new(stored, platform);
    LoadedElf::at(memory, address).ok()??.find_build_id(memory)
}

impl MappedFile {
    /// The file, if it is the one that was mapped.
    fn find(&self) -> Option<Arc<dyn ReadAt>> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(data) => return Some(Arc::clone(data)),
            State::Missing => return None,
            State::Closed => {}
        }
        let found = open(&self.path, &self.build_id);
        self.publish(found.map_or(State::Missing, State::Open));
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(data) => Some(Arc::clone(data)),
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

fn open(path: &Path, build_id: &BuildId) -> Option<Arc<dyn ReadAt>> {
    // The dump may name a device or a pipe, which must not even be opened.
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let data = FileData::open(path).ok()?;
    let elf = ElfFile::parse(Arc::clone(&data)).ok()?;
    (elf.build_id().as_ref() == Some(build_id)).then_some(data)
}

/// A part of a file; offsets are the file's.
struct FromFile {
    file: Arc<MappedFile>,
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
        // What is behind the end of the file in its last page is zero.
        let left = file.len().saturating_sub(offset);
        let size = usize::try_from(left).map_or(buf.len(), |left| left.min(buf.len()));
        let (part, rest) = buf.split_at_mut(size);
        file.read_at(offset, part).map_err(|_| fault(offset))?;
        rest.fill(0);
        Ok(())
    }
}
