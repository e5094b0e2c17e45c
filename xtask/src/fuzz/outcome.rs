//! What came of a run, as people read it.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use super::run::Run;

/// What came of fuzzing one target.
pub(super) struct Outcome {
    cpu_time: Duration,
    /// Executions, and the edges and features that they covered.
    numbers: [String; 3],
    /// The inputs that failed, or took long.
    pub(super) findings: Vec<PathBuf>,
    failure: Option<Failure>,
}

struct Failure {
    status: ExitStatus,
    lines: Vec<String>,
}

impl Outcome {
    pub(super) fn new(run: Run, findings: Vec<PathBuf>) -> Self {
        Self {
            cpu_time: run.cpu_time,
            numbers: numbers(&run.text),
            findings,
            failure: (!run.status.success()).then(|| Failure {
                status: run.status,
                lines: telling_lines(&run.text),
            }),
        }
    }

    /// All that is known, in short.
    pub(super) fn line(&self) -> String {
        let [executions, coverage, features] = &self.numbers;
        let minutes = self.cpu_time.as_secs_f64() / 60.0;
        let mut text = format!(
            "{executions} executions in {minutes:.1} CPU minutes, coverage {coverage}, features {features}"
        );
        for finding in &self.findings {
            text.push_str(&format!("\n  {}", finding.display()));
        }
        if let Some(failure) = &self.failure {
            text.push_str(&format!("\n  {}", failure.status));
            for line in &failure.lines {
                text.push_str(&format!("\n  {line}"));
            }
        }
        text
    }
}

/// A line for each target.
pub(super) fn table(targets: &[String], outcomes: &[Outcome]) -> String {
    let head = ["CPU min", "executions", "coverage", "features", "findings"];
    let row = |name: &str, cells: [&str; 5]| {
        let cells = cells.map(|cell| format!("{cell:>11}")).concat();
        format!("{name:<16}{cells}")
    };
    let mut lines = vec![row("target", head)];
    for (target, outcome) in targets.iter().zip(outcomes) {
        let [executions, coverage, features] = outcome.numbers.each_ref().map(String::as_str);
        let minutes = format!("{:.1}", outcome.cpu_time.as_secs_f64() / 60.0);
        let findings = match (outcome.findings.len(), &outcome.failure) {
            (0, Some(_)) => "failed".to_owned(),
            (count, _) => count.to_string(),
        };
        let cells = [&minutes, executions, coverage, features, &findings];
        lines.push(row(target, cells));
    }
    lines.join("\n")
}

/// Executions, coverage and features out of what libFuzzer says.
fn numbers(text: &str) -> [String; 3] {
    let number_after = |line: &str, key: &str| {
        let rest = line.split_once(key)?.1.trim_start();
        rest.split_whitespace().next().map(str::to_owned)
    };
    let last = |key: &str| text.lines().rev().find_map(|line| number_after(line, key));
    let executions = last("stat::number_of_executed_units:");
    [executions, last(" cov:"), last(" ft:")].map(|number| number.unwrap_or_else(|| "?".to_owned()))
}

/// The lines that say what was found.
fn telling_lines(text: &str) -> Vec<String> {
    let telling = ["panicked at", "ERROR: libFuzzer", "SUMMARY"];
    let lines = text.lines();
    let lines = lines.filter(|line| telling.iter().any(|words| line.contains(words)));
    lines.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Outcome, numbers, table};
    use std::time::Duration;

    #[test]
    fn numbers_are_of_the_last_state() {
        let text = "#2\tINITED cov: 10 ft: 11 corp: 1/1b\n\
                    #9\tNEW    cov: 20 ft: 31 corp: 2/2b\n\
                    stat::number_of_executed_units: 1234\n";
        assert_eq!(numbers(text), ["1234", "20", "31"]);
        assert_eq!(numbers(""), ["?", "?", "?"]);
    }

    #[test]
    fn a_table_has_a_line_for_each_target() {
        let outcome = Outcome {
            cpu_time: Duration::from_secs(90),
            numbers: ["7", "8", "9"].map(str::to_owned),
            findings: vec!["crash-1".into()],
            failure: None,
        };
        let table = table(&["maps".to_owned()], &[outcome]);
        let words: Vec<&str> = table.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(words, ["maps", "1.5", "7", "8", "9", "1"]);
    }
}
