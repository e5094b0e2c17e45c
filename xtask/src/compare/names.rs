//! Names of kernels and their modules under drgn and under Spelunk: what one finds, the other finds.

use std::fmt::Write as _;
use std::process::Command;

use anyhow::{Context, Result};

use super::answers::{Raised, parse_answers};
use super::runs::{Outcome, Run, timed};
use super::{Comparison, answers_of};

/// A dump of each series of kernels.
const DUMPS: &[&str] = &["panic-5.10", "panic", "panic-6.12", "panic-7.2"];
/// What is drawn is drawn in the same way everywhere.
const SEED: &str = "1";

impl Comparison<'_> {
    /// Lookups of `count` names of each series' kernel (0: all).
    pub(super) fn names(&self, count: usize) -> Result<Vec<Run<'_>>> {
        let runs = DUMPS.iter().map(|dump| {
            Run::new(&format!("{dump} names"), "names", move || {
                self.run_names(dump, count)
            })
        });
        Ok(runs.collect())
    }

    fn run_names(&self, name: &str, count: usize) -> Result<Outcome> {
        let script = self.folder.join("names/names.py");
        let dump = self.lab.dump(name)?;
        let command = |mut debugger: Command| {
            debugger
                .args(dump.arguments(&[dump.core()]))
                .arg("-q")
                .arg(&script)
                .args([&count.to_string(), SEED])
                .arg(dump.kernel().debug_folder());
            debugger
        };
        let theirs = || command(self.peers.drgn.command("drgn"));
        let ours = command(self.peers.spelunk.command("spelunk"));
        let what = format!("{name} names {count}");
        let mut question = self.question(&what, &theirs(), &dump, &dump.core())?;
        question.add_content(&script)?;
        let ours = timed(|| answers_of(ours).context("spelunk"))?;
        let theirs = timed(|| {
            self.remembered.answers(&question, || {
                let first = answers_of(theirs()).context("drgn")?;
                let again = answers_of(theirs()).context("drgn")?;
                said_twice(&first, &again)
            })
        })?;
        let is_better = |key: &str| self.better.contains("names", name, key);
        Ok(Outcome::new(&ours, &theirs, Raised::Ignored, is_better))
    }
}

/// The answers that two runs have in common: of several definitions drgn takes any, and another one
/// in the next run.
fn said_twice(first: &str, again: &str) -> Result<String> {
    let again = parse_answers(again);
    let mut same = String::new();
    for (key, answer) in parse_answers(first) {
        if again.get(&key) == Some(&answer) {
            writeln!(same, "{key}\t{answer}")?;
        }
    }
    Ok(same)
}
