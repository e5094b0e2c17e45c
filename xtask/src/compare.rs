//! The same scripts under drgn and under Spelunk, on the dumps of the lab, answers compared:
//! `python/tests/compare/README.md` says what may differ.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command::line;
use crate::lab::{CoreFile, DUMPS, Dump, Lab};
use crate::packages;
use crate::place::Place;
use crate::venv::{self, Profile, Venv};

/// Scripts that look at structures, not at formats: one form of a dump is enough, usually.
const ONCE_A_DUMP: &[&str] = &["structures", "variables"];
/// How many differences of one run are shown, and how much of each answer.
const SHOWN: usize = 5;
const WIDTH: usize = 300;

/// Keys and answers, as the script printed them.
type Answers = BTreeMap<String, String>;

/// How much is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Scripts that look at structures run once a dump.
    Usual,
    /// Every script runs on every form of a dump.
    Full,
}

/// `cargo xtask compare`: an error if Spelunk's answers are wrong anywhere.
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

/// The two debuggers.
pub(crate) struct Peers<'a> {
    pub(crate) spelunk: &'a Venv,
    pub(crate) drgn: &'a Venv,
}

impl Peers<'_> {
    /// Runs all scripts on the named dumps, or on all of them.
    pub(crate) fn compare(&self, place: &Place, dumps: &[&str], depth: Depth) -> Result<()> {
        let all: Vec<&str> = DUMPS.iter().map(|spec| spec.name).collect();
        let dumps = if dumps.is_empty() { &all } else { dumps };
        let lab = Lab::new(place);
        let folder = place.root.join("python/tests/compare");
        let better = Better::read(&folder.join("better.tsv"))?;
        let mut wrong = 0;
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

    /// Runs a script under both. Returns how many answers there are, and those that are wrong.
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
        // Side by side: each is mostly one thread.
        let theirs = start(theirs.arg("-q").arg(script))?;
        let ours = start(ours.arg("-q").arg(script))?;
        let theirs = finish(theirs).context("drgn")?;
        let ours = finish(ours).context("spelunk")?;
        let theirs = parse_answers(&theirs);
        let wrong = differences(&parse_answers(&ours), &theirs, is_better);
        Ok((theirs.len(), wrong))
    }
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

/// What is wrong in our answers, one text each.
fn differences(ours: &Answers, theirs: &Answers, is_better: impl Fn(&str) -> bool) -> Vec<String> {
    theirs
        .iter()
        .filter(|(_, answer)| !answer.starts_with(r#"{"raised""#))
        .filter(|(key, answer)| ours.get(*key) != Some(answer) && !is_better(key))
        .map(|(key, answer)| {
            let our_answer = ours.get(key).map_or("nothing", String::as_str);
            let same = common_start(our_answer, answer);
            let (our_answer, answer) = (cut(our_answer, same), cut(answer, same));
            format!("  {key}\n    ours   {our_answer}\n    drgn's {answer}")
        })
        .collect()
}

fn parse_answers(output: &str) -> Answers {
    output
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(key, answer)| (key.to_owned(), answer.to_owned()))
        .collect()
}

/// How many characters two answers have in common at the start.
fn common_start(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// An answer around the place where it starts to differ.
fn cut(answer: &str, same: usize) -> String {
    let skipped = same.saturating_sub(WIDTH / 3);
    let text: String = answer.chars().skip(skipped).take(WIDTH).collect();
    let dots = if skipped > 0 { "..." } else { "" };
    format!("{dots}{text}")
}

/// Where Spelunk's answers differ because they are better.
struct Better {
    /// Script, dump, key; each may end in `*`.
    rules: Vec<[String; 3]>,
}

impl Better {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let rules = text
            .lines()
            .map(
                |line| match line.split('\t').collect::<Vec<_>>().as_slice() {
                    [script, dump, key, _reason] => {
                        Ok([script, dump, key].map(|s| (*s).to_owned()))
                    }
                    _ => bail!(
                        "{}: no script, dump, key and reason: {line}",
                        path.display()
                    ),
                },
            )
            .collect::<Result<_>>()?;
        Ok(Self { rules })
    }

    fn contains(&self, script: &str, dump: &str, key: &str) -> bool {
        let fits = |pattern: &String, text: &str| match pattern.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => text == pattern,
        };
        self.rules
            .iter()
            .any(|[s, d, k]| fits(s, script) && fits(d, dump) && fits(k, key))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_must_be_drgns_unless_drgn_has_none_or_ours_is_better() {
        let theirs = parse_answers("1\t\"a\"\n2\t{\"raised\": \"x\"}\n3\t\"c\"\n4\t4\n");
        let ours = parse_answers("1\t\"a\"\n2\t\"b\"\n3\t\"d\"\n5\t5\n");
        let wrong = differences(&ours, &theirs, |key| key == "3");
        assert_eq!(wrong, ["  4\n    ours   nothing\n    drgn's 4"]);
    }

    #[test]
    fn rules_fit_whole_words_or_beginnings() {
        let better = Better {
            rules: vec![["stacks".into(), "panic*".into(), "12".into()]],
        };
        assert!(better.contains("stacks", "panic-5.10", "12"));
        assert!(!better.contains("stacks", "panic-5.10", "123"));
        assert!(!better.contains("variables", "panic", "12"));
    }
}
