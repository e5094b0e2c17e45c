//! `cargo xtask fuzz`: every fuzz target for a while, from the seeds that tests make.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

use crate::command::{capture, line, run, tool};
use crate::place::Place;
use crate::tidy::rust_files;

const DEFAULT_MINUTES: u64 = 1;

/// `[--minutes N] [TARGET...]`; all targets if none is named.
pub(crate) fn fuzz(place: &Place, arguments: &[&str]) -> Result<()> {
    let (minutes, targets) = match arguments {
        ["--minutes", minutes, targets @ ..] => (minutes.parse().context("--minutes")?, targets),
        targets => (DEFAULT_MINUTES, targets),
    };
    let mut cargo_fuzz = cargo(place);
    if capture(cargo_fuzz.args(["fuzz", "--version"])).is_err() {
        bail!("fuzzing needs cargo-fuzz: `cargo install cargo-fuzz`");
    }
    let known = targets_of(&place.root)?;
    let is_known = |target: &&&str| known.iter().any(|known| known == **target);
    if let Some(unknown) = targets.iter().find(|target| !is_known(target)) {
        bail!("no target {unknown}; there are {}", known.join(" "));
    }
    let targets: Vec<&str> = match targets {
        [] => known.iter().map(String::as_str).collect(),
        targets => targets.to_vec(),
    };
    let seeds = place.root.join("target/fuzz-seeds");
    write_seeds(place, &seeds)?;
    let mut findings = 0_u32;
    for target in targets {
        let mut command = cargo(place);
        command.args(["fuzz", "run", "-s", "none", target]);
        let corpus = place.root.join("fuzz/corpus").join(target);
        fs::create_dir_all(&corpus)?;
        // The first folder is where inputs that reach something new are kept.
        let folders = [corpus, seeds.join(target)];
        command.args(folders.iter().filter(|folder| folder.is_dir()));
        command.arg("--").args([
            &format!("-max_total_time={}", minutes.saturating_mul(60)),
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
        ]);
        let output = command.output().with_context(|| line(&command))?;
        let text = String::from_utf8_lossy(&output.stderr);
        println!("{target}: {}", summary(&text));
        if !output.status.success() {
            findings = findings.saturating_add(1);
            tell_finding(&output, &text);
        }
    }
    match findings {
        0 => Ok(()),
        count => bail!("{count} targets found something; inputs are in fuzz/artifacts"),
    }
}

/// cargo with the stable compiler, which has what fuzzing needs but does not let everybody use it.
fn cargo(place: &Place) -> Command {
    let mut command = tool("cargo");
    command
        .current_dir(place.root.join("fuzz"))
        .env("RUSTC_BOOTSTRAP", "1");
    command
}

fn targets_of(root: &Path) -> Result<Vec<String>> {
    let files = rust_files(&root.join("fuzz/fuzz_targets"))?;
    let stems = files.iter().filter_map(|path| path.file_stem()?.to_str());
    let mut names: Vec<String> = stems.map(str::to_owned).collect();
    names.sort();
    Ok(names)
}

/// Has the tests that run the bodies over their seeds (`tests/it/corpus*.rs`) write these.
fn write_seeds(place: &Place, folder: &Path) -> Result<()> {
    let mut packages = BTreeSet::new();
    for path in rust_files(&place.root.join("crates"))? {
        let is_corpus = path
            .file_stem()
            .is_some_and(|name| name.to_string_lossy().starts_with("corpus"));
        if is_corpus
            && path.iter().any(|part| part == "tests")
            && let Ok(path) = path.strip_prefix(place.root.join("crates"))
            && let Some(name) = path.iter().next()
        {
            packages.insert(format!("spelunk-{}", name.display()));
        }
    }
    let mut command = tool("cargo");
    command.arg("test").args(["--quiet", "--test", "it"]);
    command.args(packages.iter().flat_map(|name| ["-p", name]));
    run(command
        .args(["--", "corpus"])
        .env("SPELUNK_FUZZ_SEEDS", folder)
        .current_dir(&place.root))
}

/// Executions and coverage out of what libFuzzer says.
fn summary(text: &str) -> String {
    let number_after = |line: &str, key: &str| {
        let rest = line.split_once(key)?.1.trim_start();
        rest.split_whitespace().next().map(str::to_owned)
    };
    let last = |key: &str| text.lines().rev().find_map(|line| number_after(line, key));
    let executions = last("stat::number_of_executed_units:");
    let [executions, coverage, features] = [executions, last(" cov:"), last(" ft:")]
        .map(|number| number.unwrap_or_else(|| "?".to_owned()));
    format!("{executions} executions, coverage {coverage}, features {features}")
}

/// The lines that say what was found, and where the input is.
fn tell_finding(output: &Output, text: &str) {
    println!("  {}", output.status);
    let telling = [
        "panicked at",
        "ERROR: libFuzzer",
        "Test unit written",
        "SUMMARY",
    ];
    for line in text.lines() {
        if telling.iter().any(|words| line.contains(words)) {
            println!("  {line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_summary_is_of_the_last_state() {
        let text = "#2\tINITED cov: 10 ft: 11 corp: 1/1b\n\
                    #9\tNEW    cov: 20 ft: 31 corp: 2/2b\n\
                    stat::number_of_executed_units: 1234\n";
        assert_eq!(summary(text), "1234 executions, coverage 20, features 31");
        assert_eq!(summary(""), "? executions, coverage ?, features ?");
    }
}
