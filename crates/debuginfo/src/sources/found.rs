use super::missing::{MissingSource, SourceKind};
use super::sections::find_section;
use crate::hash::hash_bytes;
use gimli::SectionId;
use spelunk_elf::{ElfFile, FileData, SectionData};
use std::path::Path;
use std::sync::OnceLock;

/// One of the files.
pub(crate) struct SourceFile {
    pub(crate) kind: SourceKind,
    pub(crate) file: ElfFile,
    str: OnceLock<Option<SectionData>>,
    line_str: OnceLock<Option<SectionData>>,
}

impl SourceFile {
    pub(super) fn new(kind: SourceKind, file: ElfFile) -> Self {
        Self {
            kind,
            file,
            str: OnceLock::new(),
            line_str: OnceLock::new(),
        }
    }

    /// Whether the file has one of these sections.
    pub(crate) fn has_any(&self, ids: &[SectionId]) -> bool {
        ids.iter()
            .any(|id| find_section(&self.file, self.kind, *id).is_some())
    }

    /// The bytes of `.debug_str` or `.debug_line_str`, loaded when they are first wanted. Relocation
    /// does not change them.
    pub(crate) fn strings(&self, id: SectionId) -> Option<&[u8]> {
        let cell = match id {
            SectionId::DebugStr => &self.str,
            _ => &self.line_str,
        };
        let load = || {
            let section = find_section(&self.file, self.kind, id)?;
            self.file.data_of(section).ok()
        };
        cell.get_or_init(load).as_deref()
    }
}

/// What was found beside the file itself.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) others: Vec<SourceFile>,
    /// Which split unit belongs to which skeleton.
    pub(crate) links: Vec<SplitLink>,
    pub(crate) missing: Vec<MissingSource>,
    /// Changes whenever another file is found, or another state of one; 0 for a file that is all
    /// by itself.
    pub(crate) fingerprint: u64,
}

/// A skeleton unit and its other part.
#[derive(Clone, Copy)]
pub(crate) struct SplitLink {
    /// Where the skeleton starts in `.debug_info` of the main file.
    pub(crate) skeleton: u64,
    /// The number of the file with the other part.
    pub(crate) source: usize,
    /// Where that starts in the file's `.debug_info.dwo`.
    pub(crate) offset: u64,
}

impl Found {
    /// Adds a file with what tells it from others of its name; returns its number.
    pub(super) fn add(&mut self, kind: SourceKind, file: ElfFile, id: &[u8]) -> usize {
        self.mix(kind, id);
        for id in [
            SectionId::DebugInfo,
            SectionId::DebugTypes,
            SectionId::DebugStr,
        ] {
            let size = find_section(&file, kind, id).map_or(0, |section| section.size);
            self.mix(kind, &size.to_le_bytes());
        }
        self.others.push(SourceFile::new(kind, file));
        self.others.len()
    }

    pub(super) fn miss(&mut self, kind: SourceKind, path: String, reason: String) {
        self.mix(kind, path.as_bytes());
        self.missing.push(MissingSource { kind, path, reason });
    }

    fn mix(&mut self, kind: SourceKind, bytes: &[u8]) {
        let hash = hash_bytes(bytes) ^ (kind as u64).rotate_right(8);
        let mixed = (self.fingerprint ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.fingerprint = mixed.rotate_left(29).max(1);
    }
}

/// Opens an ELF file; `None` if there is none.
pub(super) fn open_file(path: &Path) -> Result<Option<ElfFile>, String> {
    // Whoever made the debugging information chose the path: a pipe would never end.
    if !path.is_file() {
        return Ok(None);
    }
    let data = FileData::open(path).map_err(|error| error.to_string())?;
    let file = ElfFile::parse(data).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Some(file))
}
