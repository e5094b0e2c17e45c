use super::RefusedFile;
use crate::Error;
use crate::module::is_loadable;
use spelunk_base::BuildId;
use spelunk_elf::{ElfFile, ReadAt, open_decompressed};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file that may be a module's, open.
pub(crate) struct Candidate {
    pub(crate) path: PathBuf,
    pub(crate) elf: ElfFile,
    pub(crate) build_id: Option<BuildId>,
    /// Whether it has debugging information, and not symbols alone.
    pub(crate) has_debug_info: bool,
    /// Whether it has what is loaded into memory.
    pub(crate) is_loadable: bool,
}

impl Candidate {
    /// Opens the file at `path`, also a compressed one.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        Self::parse(real_path(path), open_decompressed(path)?)
    }

    /// The file in `data`, which was found at `path`.
    pub(super) fn parse(path: PathBuf, data: Arc<dyn ReadAt>) -> Result<Self, Error> {
        let elf = ElfFile::parse(data)?;
        Ok(Self {
            path,
            build_id: elf.build_id(),
            has_debug_info: has_debug_info(&elf),
            is_loadable: is_loadable(&elf),
            elf,
        })
    }

    /// As [`open`](Self::open), with the reason in a form for reports.
    pub(crate) fn try_open(path: &Path) -> Result<Self, RefusedFile> {
        Self::open(path).map_err(|error| RefusedFile::new(path, &error))
    }

    /// As [`try_open`](Self::try_open); `None` if there is no file, which is no news where a file
    /// is only looked for.
    pub(crate) fn find(path: &Path) -> Result<Option<Self>, RefusedFile> {
        Self::find_as(path, real_path(path))
    }

    /// As [`find`](Self::find), with the file called `shown`.
    pub(super) fn find_as(path: &Path, shown: PathBuf) -> Result<Option<Self>, RefusedFile> {
        match open_decompressed(path) {
            Ok(data) => Self::parse(shown, data)
                .map(Some)
                .map_err(|error| RefusedFile::new(path, &error)),
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(None),
                _ => Err(RefusedFile::new(path, &error)),
            },
        }
    }

    /// Why the file is not that of the module with this build ID; `None` if it is. A module whose
    /// build ID is not known takes every file.
    pub(crate) fn mismatch(&self, module: &str, wanted: Option<&BuildId>) -> Option<RefusedFile> {
        let wanted = wanted?;
        let found = match &self.build_id {
            Some(found) if found == wanted => return None,
            Some(found) => format!("build ID {found}"),
            None => "no build ID".into(),
        };
        Some(RefusedFile {
            path: self.path.clone(),
            reason: format!("the file has {found}, the {module} in the dump has {wanted}"),
        })
    }

    /// That no module has the file's build ID.
    pub(crate) fn belongs_to_nothing(&self) -> RefusedFile {
        RefusedFile {
            path: self.path.clone(),
            reason: match &self.build_id {
                Some(found) => format!("nothing that is loaded has its build ID {found}"),
                None => "the file has no build ID, and nothing that is loaded has its name".into(),
            },
        }
    }
}

/// Where the file is, whatever links led to it; the path itself if that cannot be told.
fn real_path(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn has_debug_info(elf: &ElfFile) -> bool {
    [".debug_info", ".zdebug_info"].iter().any(|name| {
        elf.find_section(name)
            .is_some_and(|section| section.kind != spelunk_elf::constants::SHT_NOBITS)
    })
}
