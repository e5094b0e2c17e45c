//! The same scripts under drgn and under Spelunk, on the dumps of the lab, answers compared:
//! `python/tests/compare/README.md` says what may differ.

mod answers;
mod names;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command::line;
use crate::lab::{CoreFile, DUMPS, Dump, Lab};
use crate::packages;
use crate::place::Place;
use crate::venv::{self, Profile, Venv};
use answers::{Better, Raised, differences, parse_answers};

/// Scripts that look at structures, not at formats: one form of a dump is enough, usually.
const ONCE_A_DUMP: &[&str] = &["structures", "variables"];
/// How many differences of one run are shown.
const SHOWN: usize = 5;
/// What stands for the dump in `better.tsv` where a script needs none.
const NO_DUMP: &str = "none";
/// Runs a script whose folder is not to be searched for modules: it has a `types.py`.
const RUN: &str = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')";

/// How many names of each kernel are looked up, usually.
const NAMES: usize = 500;

/// How much is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Scripts that look at structures run once a dump, and some names are looked up.
    Usual,
    /// Every script runs on every form of a dump, and all names are looked up.
    Full,
}

/// `cargo xtask compare`: an error if Spelunk's answers are wrong anywhere. Without dumps: on all of
/// them, and where none is needed.
pub(crate) fn compare(place: &Place, dumps: &[&str]) -> Result<()> {
    packages::ensure()?;
    let spelunk = venv::with_spelunk(place, Profile::Release)?;
    let drgn = venv::with_drgn(&place.cache)?;
    let peers = Peers {
        spelunk: &spelunk,
        drgn: &drgn,
    };
    peers.compare(place, dumps, Depth::Usual)
}

/// `cargo xtask compare --names N`: as many names of each kernel and its modules, or all if 0.
pub(crate) fn compare_names(place: &Place, count: usize) -> Result<()> {
    packages::ensure()?;
    let spelunk = venv::with_spelunk(place, Profile::Release)?;
    let drgn = venv::with_drgn(&place.cache)?;
    let peers = Peers {
        spelunk: &spelunk,
        drgn: &drgn,
    };
    let better = Better::read(&place.root.join("python/tests/compare/better.tsv"))?;
    match peers.compare_names(place, &better, count)? {
        0 => Ok(()),
        wrong => bail!("names of {wrong} kernels differ"),
    }
}

/// The two debuggers.
pub(crate) struct Peers<'a> {
    pub(crate) spelunk: &'a Venv,
    pub(crate) drgn: &'a Venv,
}

impl Peers<'_> {
    /// Runs all scripts on the named dumps, or on all of them and without any.
    pub(crate) fn compare(&self, place: &Place, dumps: &[&str], depth: Depth) -> Result<()> {
        let folder = place.root.join("python/tests/compare");
        let better = Better::read(&folder.join("better.tsv"))?;
        let mut wrong = 0;
        if dumps.is_empty() {
            wrong += self.compare_synthetic(&folder, &better)?;
            let count = if depth == Depth::Full { 0 } else { NAMES };
            wrong += self.compare_names(place, &better, count)?;
        }
        let all = DUMPS.iter().filter(|spec| !spec.is_extra);
        let all: Vec<&str> = all.map(|spec| spec.name).collect();
        let dumps = if dumps.is_empty() { &all } else { dumps };
        let lab = Lab::new(place);
        for &dump_name in dumps {
            let dump = lab.dump(dump_name)?;
            for (index, file) in dump.files()?.iter().enumerate() {
                for script in scripts(&folder)? {
                    let name = stem(&script);
                    let is_again = index > 0 && ONCE_A_DUMP.contains(&name.as_str());
                    if is_again && depth == Depth::Usual {
                        continue;
                    }
                    let shown: Vec<String> = file.ours.iter().map(|path| file_name(path)).collect();
                    let what = format!("{dump_name} {} {name}", shown.join("+"));
                    let result = self.differences(&dump, file, &script, |key| {
                        better.contains(&name, dump_name, key)
                    });
                    wrong += usize::from(!report(&what, result));
                }
            }
        }
        if wrong > 0 {
            bail!("{wrong} runs differ");
        }
        Ok(())
    }

    /// Runs the scripts that make up their programs. Returns how many have wrong answers.
    fn compare_synthetic(&self, folder: &Path, better: &Better) -> Result<usize> {
        let mut wrong = 0;
        for script in scripts(&folder.join("synthetic"))? {
            let name = format!("synthetic/{}", stem(&script));
            let python = |venv: &Venv| {
                let mut python = venv.command("python");
                // Where `answers` is.
                python.current_dir(folder).arg("-c").arg(RUN).arg(&script);
                python
            };
            let commands = (python(self.spelunk), python(self.drgn));
            let result = run_both(commands, Raised::Compared, |key| {
                better.contains(&name, NO_DUMP, key)
            });
            wrong += usize::from(!report(&name, result));
        }
        Ok(wrong)
    }

    /// Runs a script on a dump.
    fn differences(
        &self,
        dump: &Dump,
        file: &CoreFile,
        script: &Path,
        is_better: impl Fn(&str) -> bool,
    ) -> Result<(usize, Vec<String>)> {
        let mut theirs = self.drgn.command("drgn");
        theirs
            .args(dump.arguments(std::slice::from_ref(&file.theirs)))
            .args(file.their_options);
        let mut ours = self.spelunk.command("spelunk");
        ours.args(dump.arguments(&file.ours));
        theirs.arg("-q").arg(script);
        ours.arg("-q").arg(script);
        run_both((ours, theirs), Raised::Ignored, is_better)
    }
}

/// Runs the same script under both, ours first. Returns how many answers there are, and those that
/// are wrong.
fn run_both(
    (mut ours, mut theirs): (Command, Command),
    raised: Raised,
    is_better: impl Fn(&str) -> bool,
) -> Result<(usize, Vec<String>)> {
    // Side by side: each is mostly one thread.
    let theirs = start(&mut theirs)?;
    let ours = start(&mut ours)?;
    let theirs = finish(theirs).context("drgn")?;
    let ours = finish(ours).context("spelunk")?;
    let theirs = parse_answers(&theirs);
    let wrong = differences(&parse_answers(&ours), &theirs, raised, is_better);
    Ok((theirs.len(), wrong))
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

/// Says how a run went, and whether it went well.
fn report(what: &str, result: Result<(usize, Vec<String>)>) -> bool {
    match result {
        Ok((count, wrong)) if wrong.is_empty() => {
            eprintln!("{what}: {count} answers, all as drgn's");
            true
        }
        Ok((count, wrong)) => {
            eprintln!("{what}: {} of {count} answers differ", wrong.len());
            for difference in wrong.iter().take(SHOWN) {
                eprintln!("{difference}");
            }
            false
        }
        Err(error) => {
            eprintln!("{what}: {error:#}");
            false
        }
    }
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
