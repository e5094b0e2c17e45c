//! Every fuzz target's seeds are also an ordinary test.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// A test of the corpus says so on one line: `corpus` and the target's name, in a crate.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut mentions = String::new();
    for file in rust_files(&root.join("crates"))? {
        let content = fs::read_to_string(file)?;
        for line in content.lines().filter(|line| line.contains("corpus")) {
            mentions.push_str(line);
            mentions.push('\n');
        }
    }
    let mut complaints = Vec::new();
    for target in rust_files(&root.join("fuzz/fuzz_targets"))? {
        let name = target.file_stem().unwrap_or_default().to_string_lossy();
        if !mentions.contains(&*name) {
            complaints.push(format!("fuzz target {name}: no test runs its corpus"));
        }
    }
    Ok(complaints)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
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
