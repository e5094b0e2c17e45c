//! Packages of any release of the distribution, without touching the host's own package lists.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{capture, run, run_quietly, text};

/// apt with lists of its own for one suite and architecture.
pub(super) struct Apt {
    options: Vec<String>,
}

impl Apt {
    /// Downloads the suite's package list for `architecture` into `folder`.
    pub(super) fn new(folder: &Path, suite: &str, architecture: &str) -> Result<Self> {
        let lists = folder.join("lists");
        let cache = folder.join("cache");
        fs::create_dir_all(lists.join("partial"))?;
        fs::create_dir_all(cache.join("archives/partial"))?;
        let sources = folder.join("sources.list");
        let mirror = mirror()?;
        fs::write(
            &sources,
            format!(
                "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] \
                 {mirror} {suite} main\n"
            ),
        )?;
        let options = [
            // Whoever runs this can write here; apt's own user cannot.
            "APT::Sandbox::User=root".to_owned(),
            format!("APT::Architecture={architecture}"),
            format!("APT::Architectures={architecture}"),
            "Dir::State::status=/dev/null".to_owned(),
            "Dir::Etc::SourceParts=/dev/null".to_owned(),
            format!("Dir::Etc::SourceList={}", text(&sources)?),
            format!("Dir::State::Lists={}", text(&lists)?),
            format!("Dir::Cache={}", text(&cache)?),
        ];
        let apt = Self {
            options: options.into_iter().flat_map(|o| ["-o".into(), o]).collect(),
        };
        run_quietly(apt.command("apt-get").arg("-qq").arg("update"))?;
        Ok(apt)
    }

    /// The names of the packages that match a regular expression.
    pub(super) fn search(&self, pattern: &str) -> Result<Vec<String>> {
        let found = capture(
            self.command("apt-cache")
                .args(["search", "--names-only", pattern]),
        )?;
        Ok(found
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .map(str::to_owned)
            .collect())
    }

    /// Downloads packages into `folder` and returns their files.
    pub(super) fn download(&self, folder: &Path, packages: &[String]) -> Result<Vec<PathBuf>> {
        fs::create_dir_all(folder)?;
        run(self
            .command("apt-get")
            .args(["-qq", "download"])
            .args(packages)
            .current_dir(folder))?;
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            files.push(entry?.path());
        }
        Ok(files)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(&self.options);
        command
    }
}

/// Where the host itself gets its packages.
fn mirror() -> Result<String> {
    let targets = capture(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(REPO_URI) $(ORIGIN)",
        "Created-By: Packages",
    ]))?;
    targets
        .lines()
        .filter_map(|line| line.strip_suffix(" Debian"))
        .find(|uri| uri.trim_end_matches('/').ends_with("/debian"))
        .map(str::to_owned)
        .context("apt knows no Debian mirror: run `apt-get update`")
}
