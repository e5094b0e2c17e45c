//! The same scripts under drgn and under Spelunk, on the dumps of the lab, answers compared:
//! `python/tests/compare/README.md` says what may differ.

mod answers;
mod names;
mod remembered;
mod runs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, bail};

use crate::command::line;
use crate::lab::{CoreFile, DUMPS, Dump, Lab, Tests};
use crate::packages;
use crate::place::Place;
use crate::venv::{self, Profile, Venv};
use answers::{Better, Raised};
use remembered::{Question, Remembered};
use runs::{Outcome, Run, timed};

/// Scripts that look at structures, not at formats: one form of a dump is enough, usually.
const ONCE_A_DUMP: &[&str] = &["expressions", "structures", "symbols", "variables"];
/// What stands for the dump in `better.tsv` where a script needs none.
const NO_DUMP: &str = "none";
/// Runs a script whose folder is not to be searched for modules: it has a `types.py`.
const RUN: &str = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')";

/// How many names of each kernel are looked up, usually.
const NAMES: usize = 500;

/// How much is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Scripts that look at structures run once a dump, and some names are looked up. What drgn
    /// answered earlier is not asked again.
    Usual,
    /// Every script runs on every form of a dump, and all names are looked up. drgn is asked anew.
    Full,
}

/// `cargo xtask compare`: an error if Spelunk's answers are wrong anywhere. Without dumps: on all of
/// them, and where none is needed.
pub(crate) fn compare(place: &Place, dumps: &[&str]) -> Result<()> {
    with_peers(place, |peers| peers.compare(place, dumps, Depth::Usual))
}

/// `cargo xtask compare --names N`: as many names of each kernel and its modules, or all if 0.
pub(crate) fn compare_names(place: &Place, count: usize) -> Result<()> {
    with_peers(place, |peers| {
        let comparison = Comparison::new(peers, place, Depth::Usual)?;
        // One after the other: with all modules each takes some gigabytes.
        match runs::run_all(&comparison.names(count)?, 1) {
            0 => Ok(()),
            wrong => bail!("names of {wrong} kernels differ"),
        }
    })
}

/// Sets both debuggers up, as users have them.
fn with_peers(place: &Place, run: impl FnOnce(&Peers<'_>) -> Result<()>) -> Result<()> {
    packages::ensure()?;
    let spelunk = venv::with_spelunk(place, Profile::Release)?;
    let drgn = venv::with_drgn(&place.cache)?;
    run(&Peers {
        spelunk: &spelunk,
        drgn: &drgn,
    })
}

/// The two debuggers.
pub(crate) struct Peers<'a> {
    pub(crate) spelunk: &'a Venv,
    pub(crate) drgn: &'a Venv,
}

impl Peers<'_> {
    /// Runs all scripts on the named dumps, or on all of them and without any.
    pub(crate) fn compare(&self, place: &Place, dumps: &[&str], depth: Depth) -> Result<()> {
        let comparison = Comparison::new(self, place, depth)?;
        let mut runs = Vec::new();
        if dumps.is_empty() {
            // Those that take longest are first, so that nobody waits for them at the end.
            let count = if depth == Depth::Full { 0 } else { NAMES };
            runs.extend(comparison.names(count)?);
            runs.extend(comparison.synthetic()?);
        }
        let all = DUMPS.iter().filter(|spec| spec.tests == Tests::All);
        let all: Vec<&str> = all.map(|spec| spec.name).collect();
        for dump in if dumps.is_empty() { &all } else { dumps } {
            runs.extend(comparison.scripts(dump)?);
        }
        let at_once = match depth {
            Depth::Usual => thread::available_parallelism().map_or(1, usize::from),
            // With all modules each takes some gigabytes.
            Depth::Full => 1,
        };
        match runs::run_all(&runs, at_once) {
            0 => Ok(()),
            wrong => bail!("{wrong} runs differ"),
        }
    }
}

/// What the runs have in common.
struct Comparison<'a> {
    peers: &'a Peers<'a>,
    lab: Lab,
    folder: PathBuf,
    better: Better,
    remembered: Remembered,
    depth: Depth,
}

impl<'a> Comparison<'a> {
    fn new(peers: &'a Peers<'a>, place: &Place, depth: Depth) -> Result<Self> {
        let folder = place.root.join("python/tests/compare");
        Ok(Self {
            peers,
            lab: Lab::new(place),
            better: Better::read(&folder.join("better.tsv"))?,
            remembered: Remembered::new(&place.cache, depth == Depth::Full)?,
            folder,
            depth,
        })
    }

    /// The scripts that make up their programs. drgn is always asked: much depends on the host.
    fn synthetic(&self) -> Result<Vec<Run<'_>>> {
        let scripts = scripts(&self.folder.join("synthetic"))?.into_iter();
        let runs = scripts.map(|script| {
            let name = format!("synthetic/{}", stem(&script));
            Run::new(&name.clone(), "synthetic", move || {
                let python = |venv: &Venv| {
                    let mut python = venv.command("python");
                    // Where `answers` is.
                    python.current_dir(&self.folder);
                    python.arg("-c").arg(RUN).arg(&script);
                    python
                };
                let ours = timed(|| answers_of(python(self.peers.spelunk)).context("spelunk"))?;
                let theirs = timed(|| answers_of(python(self.peers.drgn)).context("drgn"))?;
                let is_better = |key: &str| self.better.contains(&name, NO_DUMP, key);
                Ok(Outcome::new(&ours, &theirs, Raised::Compared, is_better))
            })
        });
        Ok(runs.collect())
    }

    /// The scripts that look at a dump, on each form of it.
    fn scripts(&self, dump_name: &'a str) -> Result<Vec<Run<'_>>> {
        let dump = Arc::new(self.lab.dump(dump_name)?);
        let mut runs = Vec::new();
        for (index, file) in dump.files()?.into_iter().enumerate() {
            let file = Arc::new(file);
            for script in scripts(&self.folder)? {
                let name = stem(&script);
                let is_again = index > 0 && ONCE_A_DUMP.contains(&name.as_str());
                if is_again && self.depth == Depth::Usual {
                    continue;
                }
                let shown: Vec<String> = file.ours.iter().map(|path| file_name(path)).collect();
                let what = format!("{dump_name} {} {name}", shown.join("+"));
                let (dump, file) = (Arc::clone(&dump), Arc::clone(&file));
                runs.push(Run::new(&what.clone(), &name.clone(), move || {
                    let is_better = |key: &str| self.better.contains(&name, dump_name, key);
                    self.run_script(&what, &dump, &file, &script, is_better)
                }));
            }
        }
        Ok(runs)
    }

    fn run_script(
        &self,
        what: &str,
        dump: &Dump,
        file: &CoreFile,
        script: &Path,
        is_better: impl Fn(&str) -> bool,
    ) -> Result<Outcome> {
        let mut ours = self.peers.spelunk.command("spelunk");
        ours.args(dump.arguments(&file.ours)).arg("-q").arg(script);
        let mut theirs = self.peers.drgn.command("drgn");
        theirs
            .args(dump.arguments(std::slice::from_ref(&file.theirs)))
            .args(&file.their_options)
            .arg("-q")
            .arg(script);
        let mut question = self.question(what, &theirs, dump, &file.theirs)?;
        question.add_content(script)?;
        question.add_content(&self.folder.join("answers.py"))?;
        let ours = timed(|| answers_of(ours).context("spelunk"))?;
        let ask = || answers_of(theirs).context("drgn");
        let theirs = timed(|| self.remembered.answers(&question, ask))?;
        Ok(Outcome::new(&ours, &theirs, Raised::Ignored, is_better))
    }

    /// What drgn is asked about a dump.
    fn question(
        &self,
        what: &str,
        command: &Command,
        dump: &Dump,
        core: &Path,
    ) -> Result<Question> {
        let mut question = Question::new(what, command, self.peers.drgn.folder())?;
        question.add_state(core)?;
        for path in dump.debug_files() {
            question.add_state(&path)?;
        }
        Ok(question)
    }
}

/// What a script prints under a debugger.
fn answers_of(mut command: Command) -> Result<String> {
    // Nothing is to come from elsewhere.
    command.env_remove("DEBUGINFOD_URLS");
    finish(start(&mut command)?)
}

fn start(command: &mut Command) -> Result<Child> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| line(command))
}

/// What a process prints. Of its complaints the last line is enough: what led there is its own affair.
fn finish(child: Child) -> Result<String> {
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let complaints = String::from_utf8_lossy(&output.stderr);
        let last = complaints.lines().last().unwrap_or_default();
        bail!("{}: {last}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn scripts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut scripts = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let is_script = path.extension().is_some_and(|extension| extension == "py");
        if is_script && stem(&path) != "answers" {
            scripts.push(path);
        }
    }
    scripts.sort();
    Ok(scripts)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
