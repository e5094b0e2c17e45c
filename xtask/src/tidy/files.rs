//! What files may hold.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command::capture;
use crate::place::Place;

/// Lines of a Rust or Python file, tests not counted: beyond that it is more than one thing.
const LONGEST: usize = 600;

/// Paths of one machine, which mean nothing on another. (In pieces, for this file is looked at too.)
const MACHINE_PATHS: &[&str] = &[concat!("/ro", "ot/"), concat!("/wo", "rk/")];

pub(super) fn check(place: &Place) -> Result<Vec<String>> {
    let files = capture(
        Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .current_dir(&place.root),
    )?;
    let mut complaints = Vec::new();
    for file in files.lines() {
        let path = place.root.join(file);
        // A deleted file is still listed; one that is not text is none of ours.
        if let Ok(content) = fs::read_to_string(path) {
            complaints.extend(length(file, &content));
            complaints.extend(machine_paths(file, &content));
        }
    }
    Ok(complaints)
}

fn length(file: &str, content: &str) -> Option<String> {
    let is_code = Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "rs" || extension == "py");
    let is_data = file.ends_with("_data.rs") || file.ends_with("constants.rs");
    let is_test = file.ends_with("tests.rs") || file.contains("tests/");
    if !is_code || is_data || is_test {
        return None;
    }
    let lines = content
        .lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .count();
    (lines > LONGEST)
        .then(|| format!("{file}: {lines} lines before its tests, more than {LONGEST}: split it"))
}

fn machine_paths(file: &str, content: &str) -> Option<String> {
    let found = MACHINE_PATHS.iter().find(|path| content.contains(**path))?;
    Some(format!("{file}: {found} is a path of one machine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_count() {
        let code = "x\n".repeat(LONGEST);
        assert_eq!(
            length("a.rs", &format!("{code}#[cfg(test)]\nmod tests {{\n}}\n")),
            None
        );
        assert!(length("a.rs", &format!("{code}x\n")).is_some());
        assert_eq!(length("tests/it/a.rs", &format!("{code}x\n")), None);
        assert_eq!(length("a.txt", &format!("{code}x\n")), None);
    }

    #[test]
    fn machine_paths_are_found() {
        let path = MACHINE_PATHS.concat();
        assert!(machine_paths("a", &format!("see {path}x")).is_some());
        assert_eq!(machine_paths("a", "see /usr/lib/debug"), None);
    }
}
