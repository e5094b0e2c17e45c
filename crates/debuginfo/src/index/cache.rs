use super::format::{self, Depth};
use spelunk_base::BuildId;
use spelunk_elf::{FileData, SectionData};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder of index files: `index` in `$SPELUNK_CACHE`, else in the user's cache folder.
pub(super) fn folder() -> Option<PathBuf> {
    let path = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let base = path("SPELUNK_CACHE").map(PathBuf::from).or_else(|| {
        let user = path("XDG_CACHE_HOME").map(PathBuf::from);
        let user = user.or_else(|| path("HOME").map(|home| Path::new(&home).join(".cache")));
        user.map(|user| user.join("spelunk"))
    });
    base.map(|base| base.join("index"))
}

fn path(folder: &Path, build_id: &BuildId, depth: Depth) -> PathBuf {
    let what = match depth {
        Depth::File => "names",
        Depth::Scopes => "scopes",
    };
    folder.join(format!("{build_id}.{what}-{}", format::VERSION))
}

/// The bytes of the index file, if there is one.
pub(super) fn load(folder: &Path, build_id: &BuildId, depth: Depth) -> Option<SectionData> {
    let file = FileData::open(&path(folder, build_id, depth)).ok()?;
    SectionData::read(&file, 0, file.len()).ok()
}

/// Writes the index file beside the one that may be there, then puts it in its place.
pub(super) fn store(
    folder: &Path,
    build_id: &BuildId,
    depth: Depth,
    bytes: &[u8],
) -> io::Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    fs::create_dir_all(folder)?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let beside = folder.join(format!(".{build_id}.{}.{count}", std::process::id()));
    let written =
        fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path(folder, build_id, depth)));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
