//! Runs of one script under both debuggers: what came of them, how long they took.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::answers::{Raised, differences, parse_answers};

/// How many differences of one run are shown.
const SHOWN: usize = 5;

/// One script on one form of a dump.
pub(super) struct Run<'a> {
    what: String,
    /// The script, whose times are added up.
    script: String,
    run: Box<dyn Fn() -> Result<Outcome> + Send + Sync + 'a>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        what: &str,
        script: &str,
        run: impl Fn() -> Result<Outcome> + Send + Sync + 'a,
    ) -> Self {
        Self {
            what: what.to_owned(),
            script: script.to_owned(),
            run: Box::new(run),
        }
    }
}

/// What came of a run.
pub(super) struct Outcome {
    count: usize,
    wrong: Vec<String>,
    times: Times,
}

/// How long Spelunk took, and drgn: next to nothing where its answers were known.
#[derive(Clone, Copy, Default)]
struct Times {
    ours: Duration,
    theirs: Duration,
}

/// Something, and how long it took.
pub(super) type Timed<T> = (T, Duration);

pub(super) fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<Timed<T>> {
    let start = Instant::now();
    let result = work()?;
    Ok((result, start.elapsed()))
}

impl Outcome {
    /// Of what the two printed.
    pub(super) fn new(
        (ours, our_time): &Timed<String>,
        (theirs, their_time): &Timed<String>,
        raised: Raised,
        is_better: impl Fn(&str) -> bool,
    ) -> Self {
        let theirs = parse_answers(theirs);
        Self {
            count: theirs.len(),
            wrong: differences(&parse_answers(ours), &theirs, raised, is_better),
            times: Times {
                ours: *our_time,
                theirs: *their_time,
            },
        }
    }
}

/// Does all runs, so many at once, and says how they went. Returns how many went wrong.
pub(super) fn run_all(runs: &[Run<'_>], at_once: usize) -> usize {
    let next = AtomicUsize::new(0);
    let wrong = AtomicUsize::new(0);
    let times = Mutex::new(BTreeMap::<&str, Times>::new());
    let work = || {
        while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = (run.run)();
            if let Ok(outcome) = &result {
                let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
                let sum = times.entry(&run.script).or_default();
                sum.ours += outcome.times.ours;
                sum.theirs += outcome.times.theirs;
            }
            let is_wrong = !report(&run.what, result);
            wrong.fetch_add(usize::from(is_wrong), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(work);
        }
    });
    let times = times.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (script, times) in &times {
        eprintln!("compare: {script:12} {times}");
    }
    wrong.into_inner()
}

/// Says how a run went, and whether it went well.
fn report(what: &str, result: Result<Outcome>) -> bool {
    // In one piece: others speak, too.
    let (is_right, text) = match result {
        Ok(Outcome {
            count,
            wrong,
            times,
        }) if wrong.is_empty() => (
            true,
            format!("{what}: {count} answers, all as drgn's ({times})"),
        ),
        Ok(Outcome {
            count,
            mut wrong,
            times,
        }) => {
            let head = format!(
                "{what}: {} of {count} answers differ ({times})",
                wrong.len()
            );
            wrong.truncate(SHOWN);
            wrong.insert(0, head);
            (false, wrong.join("\n"))
        }
        Err(error) => (false, format!("{what}: {error:#}")),
    };
    eprintln!("{text}");
    is_right
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (ours, theirs) = (self.ours.as_secs_f64(), self.theirs.as_secs_f64());
        write!(f, "spelunk {ours:.1} s, drgn {theirs:.1} s")
    }
}
