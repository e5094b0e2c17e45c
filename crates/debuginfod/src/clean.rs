//! Removing from the cache what nobody used for long.

use std::fs::{self, DirEntry, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Names of what elfutils' client and this one keep of a build ID begin so; all else is somebody
/// else's.
const KEPT: &[&str] = &["debuginfo", "executable", "source", "section", "hdr-"];

/// Removes files that nobody used for `max_age`, and folders that are empty then. What cannot be
/// removed stays.
pub(crate) fn remove_unused(root: &Path, max_age: Duration) {
    for folder in entries(root).filter(is_build_id) {
        for entry in entries(&folder.path()).filter(is_kept) {
            let is_unused = |entry: &DirEntry| {
                let metadata = entry.metadata().ok()?;
                Some(metadata.is_file() && age(last_use(&metadata)) >= max_age)
            };
            if is_unused(&entry) == Some(true) {
                let _ = fs::remove_file(entry.path());
            }
        }
        // Fails, as it should, if something is left.
        let _ = fs::remove_dir(folder.path());
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = DirEntry> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

fn is_build_id(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let is_hexadecimal = name
        .as_encoded_bytes()
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    // A link would lead out of the cache.
    is_hexadecimal && entry.file_type().is_ok_and(|kind| kind.is_dir())
}

fn is_kept(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    KEPT.iter().any(|prefix| name.starts_with(prefix))
}

/// How long ago that was; no time at all if it is in the future.
pub(crate) fn age(time: Option<SystemTime>) -> Duration {
    time.and_then(|time| time.elapsed().ok())
        .unwrap_or_default()
}

/// When a file was used last.
fn last_use(metadata: &Metadata) -> Option<SystemTime> {
    // Kept parts are written and never read.
    metadata.accessed().ok().max(metadata.modified().ok())
}
