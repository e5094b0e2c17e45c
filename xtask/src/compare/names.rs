//! Names of kernels and all their modules under drgn and under Spelunk: what one finds, the other finds.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::answers::{Answers, Better, Raised, differences, parse_answers};
use super::{Peers, finish, report, start};
use crate::lab::Lab;
use crate::place::Place;

/// A dump of each series of kernels.
const DUMPS: &[&str] = &["panic-5.10", "panic", "panic-6.12", "panic-7.2"];
/// What is drawn is drawn in the same way everywhere.
const SEED: &str = "1";

impl Peers<'_> {
    /// Looks up `count` names of each series' kernel (0: all). Returns how many kernels have wrong
    /// answers.
    pub(super) fn compare_names(
        &self,
        place: &Place,
        better: &Better,
        count: usize,
    ) -> Result<usize> {
        let script = place.root.join("python/tests/compare/names/names.py");
        let mut wrong = 0;
        for dump in DUMPS {
            let result = self.differences_of_names(place, dump, &script, count, |key| {
                better.contains("names", dump, key)
            });
            wrong += usize::from(!report(&format!("{dump} names"), result));
        }
        Ok(wrong)
    }

    fn differences_of_names(
        &self,
        place: &Place,
        name: &str,
        script: &Path,
        count: usize,
        is_better: impl Fn(&str) -> bool,
    ) -> Result<(usize, Vec<String>)> {
        let dump = Lab::new(place).dump(name)?;
        let answers = |mut debugger: Command| -> Result<Answers> {
            debugger
                .args(dump.arguments(&[dump.core()]))
                .arg("-q")
                .arg(script)
                .args([&count.to_string(), SEED])
                .arg(dump.kernel().debug_folder());
            Ok(parse_answers(&finish(start(&mut debugger)?)?))
        };
        // One after the other: with all modules each takes some gigabytes.
        let ours = answers(self.spelunk.command("spelunk")).context("spelunk")?;
        let mut theirs = answers(self.drgn.command("drgn")).context("drgn")?;
        // Of several definitions drgn takes any, and another one in the next run.
        let again = answers(self.drgn.command("drgn")).context("drgn")?;
        theirs.retain(|key, answer| again.get(key) == Some(answer));
        let wrong = differences(&ours, &theirs, Raised::Ignored, is_better);
        Ok((theirs.len(), wrong))
    }
}
