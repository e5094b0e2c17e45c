//! Folders of the cache that are either whole or absent.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::Value;

/// What a whole folder has: how it was made.
const INFO: &str = "info.json";

/// Whether the folder was made to the end.
pub(super) fn is_whole(folder: &Path) -> bool {
    folder.join(INFO).is_file()
}

/// The notes of how a folder was made.
pub(super) fn info(folder: &Path) -> Result<Value> {
    let path = folder.join(INFO);
    let text = fs::read(&path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

/// The folder, made by `make` unless it is whole. `make` works in a folder beside it, which gets the
/// name only when all went well, and returns what goes into `info.json`.
pub(super) fn ensure(folder: &Path, make: impl FnOnce(&Path) -> Result<Value>) -> Result<PathBuf> {
    if is_whole(folder) {
        return Ok(folder.to_path_buf());
    }
    let start = Instant::now();
    eprintln!("lab: making {}", folder.display());
    let (parent, name) = folder
        .parent()
        .zip(folder.file_name())
        .with_context(|| format!("{} is no folder's name", folder.display()))?;
    let prefix = format!(".{}.", name.to_string_lossy());
    remove_abandoned(parent, &prefix)?;
    let beside = parent.join(format!("{prefix}{}", process::id()));
    fs::create_dir_all(&beside).with_context(|| beside.display().to_string())?;
    let made = make(&beside).and_then(|info| {
        fs::write(beside.join(INFO), serde_json::to_vec_pretty(&info)?)?;
        // Another run may have been faster: then its folder stays.
        if !is_whole(folder) {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            fs::rename(&beside, folder)?;
        }
        Ok(())
    });
    if beside.exists() {
        fs::remove_dir_all(&beside)?;
    }
    made.with_context(|| format!("cannot make {}", folder.display()))?;
    eprintln!("lab: made in {:.0} s", start.elapsed().as_secs_f64());
    Ok(folder.to_path_buf())
}

/// Removes what runs that were killed left behind: folders named by the prefix and a process that is no
/// more.
pub(super) fn remove_abandoned(parent: &Path, prefix: &str) -> Result<()> {
    for entry in fs::read_dir(parent).into_iter().flatten() {
        let entry = entry?;
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(prefix));
        if process
            .is_some_and(|id| id.parse::<u32>().is_ok() && !Path::new("/proc").join(id).exists())
        {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
