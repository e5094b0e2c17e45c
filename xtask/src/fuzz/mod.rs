//! `cargo xtask fuzz`: every fuzz target for a while, from the seeds that tests make.

mod outcome;
mod run;
mod seeds;

use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::{capture, run, tool};
use crate::place::Place;
use crate::tidy::rust_files;
use outcome::Outcome;

const DEFAULT_MINUTES: NonZeroU64 = NonZeroU64::MIN;
const NEEDED: &str = "fuzzing needs cargo-fuzz: `cargo install --locked cargo-fuzz`";

/// `[--minutes N] [TARGET...]`; all targets if none is named.
pub(crate) fn fuzz(place: &Place, arguments: &[&str]) -> Result<()> {
    let (minutes, targets) = match arguments {
        ["--minutes", minutes, targets @ ..] => {
            let minutes = minutes
                .parse()
                .context("--minutes takes how many, at least 1")?;
            (minutes, targets)
        }
        targets => (DEFAULT_MINUTES, targets),
    };
    let cpu_time = Duration::from_secs(minutes.get().saturating_mul(60));
    let targets = choose(targets_of(&place.root)?, targets)?;
    if capture(cargo(place).args(["fuzz", "--version"])).is_err() {
        bail!(NEEDED);
    }
    let programs = build(place)?;
    let seeds = place.root.join("target/fuzz-seeds");
    seeds::write(place, &seeds)?;
    let mut outcomes = Vec::new();
    for target in &targets {
        let files = Files {
            program: programs.join(target),
            corpus: place.root.join("fuzz/corpus").join(target),
            seeds: seeds.join(target),
            findings: place.root.join("fuzz/artifacts").join(target),
        };
        let outcome = files.fuzz(cpu_time).with_context(|| target.clone())?;
        eprintln!("{target}: {}", outcome.line());
        outcomes.push(outcome);
    }
    println!("{}", outcome::table(&targets, &outcomes));
    match outcomes.iter().map(|outcome| outcome.findings.len()).sum() {
        0 => Ok(()),
        1 => bail!("something was found"),
        count => bail!("{count} things were found"),
    }
}

/// Where the things of one target are.
struct Files {
    program: PathBuf,
    /// What reaches something new is kept here, from one run to the next.
    corpus: PathBuf,
    seeds: PathBuf,
    findings: PathBuf,
}

impl Files {
    fn fuzz(&self, cpu_time: Duration) -> Result<Outcome> {
        fs::create_dir_all(&self.corpus)?;
        fs::create_dir_all(&self.findings)?;
        let before = files_in(&self.findings)?;
        let mut command = Command::new(&self.program);
        // The first folder is where inputs are added.
        command.arg(&self.corpus);
        if self.seeds.is_dir() {
            command.arg(&self.seeds);
        }
        command.args([
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
            &format!("-artifact_prefix={}/", self.findings.display()),
        ]);
        let run = run::for_cpu_time(&mut command, cpu_time)?;
        let mut findings = files_in(&self.findings)?;
        findings.retain(|path| !before.contains(path));
        Ok(Outcome::new(run, findings))
    }
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    paths.collect()
}

/// The targets named, or all.
fn choose(known: Vec<String>, named: &[&str]) -> Result<Vec<String>> {
    let is_known = |name: &&&str| known.iter().any(|known| known == **name);
    if let Some(unknown) = named.iter().find(|name| !is_known(name)) {
        bail!("no target {unknown}; there are {}", known.join(" "));
    }
    Ok(match named {
        [] => known,
        named => named.iter().map(|name| (*name).to_owned()).collect(),
    })
}

fn targets_of(root: &Path) -> Result<Vec<String>> {
    let files = rust_files(&root.join("fuzz/fuzz_targets"))?;
    let stems = files.iter().filter_map(|path| path.file_stem()?.to_str());
    let mut names: Vec<String> = stems.map(str::to_owned).collect();
    names.sort();
    Ok(names)
}

/// cargo with the stable compiler, which has what fuzzing needs but does not let everybody use it.
fn cargo(place: &Place) -> Command {
    let mut command = tool("cargo");
    command
        .current_dir(place.root.join("fuzz"))
        .env("RUSTC_BOOTSTRAP", "1");
    command
}

/// Builds all targets, optimized but with overflow checks and debug assertions, without sanitizer (the code is safe
/// Rust); returns the folder of the programs.
fn build(place: &Place) -> Result<PathBuf> {
    let about = capture(tool("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say what the host is")?;
    let mut command = cargo(place);
    run(command.args(["fuzz", "build", "--sanitizer=none", "--target", host]))?;
    let mut metadata = cargo(place);
    let metadata = capture(metadata.args(["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let folder = metadata.get("target_directory").and_then(Value::as_str);
    let folder = folder.context("cargo does not say where it builds")?;
    Ok(Path::new(folder).join(host).join("release"))
}
