//! Which crate may use which.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::checks::cargo;
use crate::command::capture;
use crate::place::Place;

/// The rows of `ARCHITECTURE.md`: a crate may use crates of earlier rows only.
const ROWS: &[&[&str]] = &[
    &["spelunk-base"],
    &[
        "spelunk-elf",
        "spelunk-memory",
        "spelunk-types",
        "spelunk-unwind",
    ],
    &[
        "spelunk-image",
        "spelunk-live",
        "spelunk-debuginfo",
        "spelunk-debuginfod",
    ],
    &["spelunk-object"],
    &["spelunk-program"],
    &["spelunk-linux"],
    &["spelunk"],
    &["spelunk-cli"],
    &["spelunk-python"],
];

/// Builders of files for tests: they use none of what they test, and only tests use them.
const SYNTH: &str = "spelunk-synth";

/// Libraries that one crate keeps to itself.
const KEEPERS: &[(&str, &str)] = &[("pyo3", "spelunk-python"), ("memmap2", "spelunk-elf")];

pub(super) fn check(place: &Place) -> Result<Vec<String>> {
    let metadata = capture(cargo(place).args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let mut complaints = Vec::new();
    for package in packages.context("cargo metadata names no packages")? {
        let user = text(package, "name");
        if user == "xtask" {
            continue;
        }
        let dependencies = package.get("dependencies").and_then(Value::as_array);
        for dependency in dependencies.into_iter().flatten() {
            let is_dev = text(dependency, "kind") == "dev";
            complaints.extend(complaint(user, text(dependency, "name"), is_dev));
        }
        if row(user).is_none() && user != SYNTH {
            complaints.push(format!(
                "{user} has no row: see ROWS in xtask/src/tidy/edges.rs"
            ));
        }
    }
    Ok(complaints)
}

fn complaint(user: &str, used: &str, is_dev: bool) -> Option<String> {
    if let Some((_, keeper)) = KEEPERS.iter().find(|(library, _)| *library == used) {
        return (user != *keeper).then(|| format!("{user} uses {used}, which only {keeper} may"));
    }
    if used == SYNTH {
        return (!is_dev).then(|| format!("{user} uses {used} outside its tests"));
    }
    // Other libraries have no row.
    let used_row = row(used)?;
    let allowed = row(user).is_some_and(|user_row| used_row < user_row);
    (!allowed).then(|| format!("{user} uses {used}, which is not of an earlier row"))
}

fn row(name: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&name))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::complaint;

    #[test]
    fn edges_go_to_earlier_rows_only() {
        assert_eq!(complaint("spelunk-image", "spelunk-elf", false), None);
        assert!(complaint("spelunk-elf", "spelunk-image", false).is_some());
        assert!(complaint("spelunk-elf", "spelunk-memory", true).is_some());
    }

    #[test]
    fn only_tests_use_the_builders() {
        assert_eq!(complaint("spelunk-elf", "spelunk-synth", true), None);
        assert!(complaint("spelunk-elf", "spelunk-synth", false).is_some());
        assert!(complaint("spelunk-synth", "spelunk-elf", false).is_some());
    }

    #[test]
    fn libraries_with_a_keeper_stay_there() {
        assert_eq!(complaint("spelunk-python", "pyo3", false), None);
        assert!(complaint("spelunk-cli", "pyo3", false).is_some());
        assert_eq!(complaint("spelunk-cli", "gimli", false), None);
    }
}
