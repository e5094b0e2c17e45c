//! Every fuzz target's seeds are also an ordinary test.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// A target's body (`fuzz/bodies/NAME.rs`) is used by a test of the crate that has the parser.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut crates = String::new();
    for file in rust_files(&root.join("crates"))? {
        crates.push_str(&fs::read_to_string(file)?);
    }
    let mut complaints = Vec::new();
    for target in rust_files(&root.join("fuzz/fuzz_targets"))? {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let body = format!("fuzz/bodies/{name}");
        if !crates.contains(&body) {
            complaints.push(format!(
                "{body}: no test of a crate runs its seeds: see fuzz/README.md"
            ));
        }
    }
    Ok(complaints)
}

/// All files of Rust in a folder and those in it.
pub(crate) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}
