//! The shared libraries of programs that guests run.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command::capture;

/// The shared libraries that programs need.
pub(super) struct Libraries {
    /// Each once.
    pub(super) found: Vec<PathBuf>,
    /// What is said of those that are not there.
    pub(super) missing: Vec<String>,
}

impl Libraries {
    pub(super) fn of(programs: &[PathBuf]) -> Result<Self> {
        let said = capture(Command::new("ldd").args(programs))?;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for line in said.lines() {
            // "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f...)"; of several programs, a line
            // before says which ("/bin/program:").
            if line.contains("not found") {
                missing.push(line.trim().to_owned());
            } else if line.contains(" (0x") {
                let path = line.split_whitespace().find(|word| word.starts_with('/'));
                found.extend(path.map(PathBuf::from));
            }
        }
        found.sort();
        found.dedup();
        Ok(Self { found, missing })
    }
}
