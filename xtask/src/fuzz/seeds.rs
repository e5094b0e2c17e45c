//! The seeds that fuzzing starts from.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command::{run, tool};
use crate::place::Place;
use crate::tidy::rust_files;

/// Has the tests that run the bodies over their seeds (`tests/it/corpus*.rs`) write these.
pub(super) fn write(place: &Place, folder: &Path) -> Result<()> {
    let mut crates = BTreeSet::new();
    for path in rust_files(&place.root.join("crates"))? {
        crates.extend(crate_of_corpus(&path).map(Path::to_path_buf));
    }
    let packages: Vec<String> = crates
        .iter()
        .map(|folder| package(folder))
        .collect::<Result<_>>()?;
    let mut command = tool("cargo");
    command.args(["test", "--quiet", "--test", "it"]);
    command.args(packages.iter().flat_map(|name| ["-p", name]));
    run(command
        .args(["--", "corpus"])
        .env("SPELUNK_FUZZ_SEEDS", folder)
        .current_dir(&place.root))
}

/// The folder of the crate that `path` is a corpus of.
fn crate_of_corpus(path: &Path) -> Option<&Path> {
    let is_corpus = path.file_stem()?.to_str()?.starts_with("corpus");
    let tests = path.parent()?;
    (is_corpus && tests.ends_with("tests/it")).then_some(tests.parent()?.parent()?)
}

fn package(folder: &Path) -> Result<String> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    let name = manifest.lines().find_map(|line| {
        let name = line.strip_prefix("name = \"")?;
        name.strip_suffix('"')
    });
    let name = name.with_context(|| format!("{}: no name of a package", folder.display()))?;
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::crate_of_corpus;
    use std::path::Path;

    #[test]
    fn a_corpus_is_a_test_of_its_crate() {
        let of = |path| crate_of_corpus(Path::new(path));
        let program = Some(Path::new("crates/program"));
        assert_eq!(of("crates/program/tests/it/corpus.rs"), program);
        assert_eq!(of("crates/program/tests/it/corpus_sections.rs"), program);
        assert_eq!(of("crates/synth/src/corpus.rs"), None);
        assert_eq!(of("crates/program/tests/it/main.rs"), None);
    }
}
