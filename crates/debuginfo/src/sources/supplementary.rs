use super::found::open_file;
use spelunk_base::{BuildId, ByteOrder, Cursor};
use spelunk_elf::ElfFile;
use std::path::{Path, PathBuf};

/// Where distributions keep debug files.
const DEBUG_FOLDER: &str = "/usr/lib/debug";

/// What a file says of its supplementary file.
pub(super) struct SupplementaryLink {
    /// Its path, relative to the file's own folder.
    pub(super) path: String,
    /// Its build ID, or the checksum in its `.debug_sup`.
    pub(super) id: Vec<u8>,
}

impl SupplementaryLink {
    /// The link of `file`: of GNU's kind (`.gnu_debugaltlink`), or of DWARF 5's (section 7.3.6).
    pub(super) fn of(file: &ElfFile) -> Option<Self> {
        let order = file.platform().byte_order;
        if let Some(data) = file.section_data(".gnu_debugaltlink").ok().flatten() {
            let mut cursor = Cursor::new(&data, order);
            let path = cursor.c_str().ok()?;
            return Some(Self {
                path: String::from_utf8_lossy(path).into_owned(),
                id: cursor.rest().to_vec(),
            });
        }
        let data = file.section_data(".debug_sup").ok().flatten()?;
        let section = Supplementary::parse(&data, order)?;
        (!section.is_supplementary).then(|| Self {
            path: String::from_utf8_lossy(section.path).into_owned(),
            id: section.checksum.to_vec(),
        })
    }
}

/// The section `.debug_sup`: DWARF 5, section 7.3.6.
struct Supplementary<'a> {
    is_supplementary: bool,
    path: &'a [u8],
    checksum: &'a [u8],
}

impl<'a> Supplementary<'a> {
    fn parse(data: &'a [u8], order: ByteOrder) -> Option<Self> {
        let mut cursor = Cursor::new(data, order);
        let version = cursor.u16().ok()?;
        let is_supplementary = cursor.u8().ok()? != 0;
        let path = cursor.c_str().ok()?;
        let length = usize::try_from(cursor.uleb128().ok()?).ok()?;
        let checksum = cursor.bytes(length).ok()?;
        matches!(version, 2 | 5).then_some(Self {
            is_supplementary,
            path,
            checksum,
        })
    }
}

/// Opens the supplementary file of `file`, which may be at `known`; else says why it cannot be used.
pub(super) fn open(
    file: &ElfFile,
    link: &SupplementaryLink,
    known: Option<&Path>,
) -> Result<ElfFile, String> {
    let mut reason = None;
    let known = known.map(Path::to_owned);
    for path in known.into_iter().chain(places(file, link)) {
        match open_file(&path) {
            Ok(None) => {}
            Ok(Some(found)) if ids(&found).contains(&link.id) => return Ok(found),
            Ok(Some(_)) => {
                reason.get_or_insert_with(|| format!("{} has another build ID", path.display()));
            }
            Err(error) => {
                reason.get_or_insert(error);
            }
        }
    }
    Err(reason.unwrap_or_else(|| match BuildId::new(&link.id) {
        Some(id) => format!("not found; its build ID is {id}"),
        None => "not found".to_owned(),
    }))
}

/// What a supplementary file may be known by.
fn ids(file: &ElfFile) -> Vec<Vec<u8>> {
    let build_id = file.build_id().map(|id| id.as_bytes().to_vec());
    let data = file.section_data(".debug_sup").ok().flatten();
    let checksum = data.as_deref().and_then(|data| {
        let section = Supplementary::parse(data, file.platform().byte_order)?;
        section.is_supplementary.then(|| section.checksum.to_vec())
    });
    build_id.into_iter().chain(checksum).collect()
}

/// Where the supplementary file may be.
fn places(file: &ElfFile, link: &SupplementaryLink) -> Vec<PathBuf> {
    let own = Path::new(file.name());
    let mut places = Vec::new();
    // The link is relative to where the file is, not to where a symbolic link to it is.
    for own in [std::fs::canonicalize(own).ok(), Some(own.to_owned())] {
        if let Some(folder) = own.as_deref().and_then(Path::parent) {
            places.push(folder.join(&link.path));
        }
    }
    if let Some(id) = BuildId::new(&link.id).map(|id| id.to_string())
        && let Some((first, rest)) = id.split_at_checked(2)
    {
        let folder = Path::new(DEBUG_FOLDER).join(".build-id").join(first);
        places.push(folder.join(format!("{rest}.debug")));
    }
    if let Some(name) = Path::new(&link.path).file_name() {
        places.push(Path::new(DEBUG_FOLDER).join(".dwz").join(name));
    }
    places
}
