//! drgn's answers, kept in the cache: drgn, the dumps and the scripts hardly ever change, and drgn takes
//! longer than Spelunk.

use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use anyhow::{Context, Result};

use crate::command::line;

/// The answers of earlier runs.
pub(super) struct Remembered {
    folder: PathBuf,
    /// Whether drgn is asked whatever it answered before.
    is_asked_anew: bool,
}

/// All that an answer depends on.
pub(super) struct Question {
    name: String,
    text: String,
}

impl Question {
    /// What this command is asked, that of the `drgn` in that folder; `name` stays when that changes.
    pub(super) fn new(name: &str, command: &Command, drgn: &Path) -> Result<Self> {
        let mut question = Self {
            name: name.replace([' ', '/'], "-"),
            text: line(command),
        };
        // The version of drgn, and that of Python.
        for note in ["requirements.txt", "pyvenv.cfg"] {
            question.add_content(&drgn.join(note))?;
        }
        Ok(question)
    }

    /// What stands in this file matters.
    pub(super) fn add_content(&mut self, path: &Path) -> Result<()> {
        let content = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        self.text.push_str(&content);
        Ok(())
    }

    /// Which file this is matters, or which files are in this folder: sizes and times tell.
    pub(super) fn add_state(&mut self, path: &Path) -> Result<()> {
        let state = fs::metadata(path).with_context(|| path.display().to_string())?;
        if !state.is_dir() {
            let size_and_time = (state.len(), state.modified()?);
            writeln!(self.text, "{} {size_and_time:?}", path.display())?;
            return Ok(());
        }
        let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
        let mut entries = entries.collect::<Result<Vec<_>>>()?;
        entries.sort();
        entries.iter().try_for_each(|entry| self.add_state(entry))
    }

    fn hash(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.text.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

impl Remembered {
    /// Those in the cache.
    pub(super) fn new(cache: &Path, is_asked_anew: bool) -> Result<Self> {
        let folder = cache.join("answers");
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self {
            folder,
            is_asked_anew,
        })
    }

    /// What drgn answered to the question, or answers now.
    pub(super) fn answers(
        &self,
        question: &Question,
        ask: impl FnOnce() -> Result<String>,
    ) -> Result<String> {
        let path = self.folder.join(format!("{}.txt", question.name));
        let hash = question.hash();
        if !self.is_asked_anew
            && let Ok(kept) = fs::read_to_string(&path)
            && let Some((of, answers)) = kept.split_once('\n')
            && of == hash
        {
            return Ok(answers.to_owned());
        }
        let answers = ask()?;
        let beside = path.with_extension(process::id().to_string());
        fs::write(&beside, format!("{hash}\n{answers}"))
            .and_then(|()| fs::rename(&beside, &path))
            .with_context(|| path.display().to_string())?;
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn answers_are_kept_until_what_they_depend_on_changes() {
        let cache = std::env::temp_dir().join(format!("spelunk-answers-{}", process::id()));
        let drgn = cache.join("oracle");
        fs::create_dir_all(drgn.join("folder")).unwrap();
        for name in ["requirements.txt", "pyvenv.cfg", "folder/core"] {
            fs::write(drgn.join(name), name).unwrap();
        }
        let question = |argument: &str| {
            let mut command = Command::new("drgn");
            command.arg(argument);
            let mut question = Question::new("dump script", &command, &drgn).unwrap();
            question.add_state(&drgn.join("folder")).unwrap();
            question
        };
        let remembered = Remembered::new(&cache, false).unwrap();
        let forget = || bail!("drgn is asked");
        let told = |question: &Question| remembered.answers(question, forget).ok();

        assert_eq!(told(&question("a")), None);
        let answers = remembered.answers(&question("a"), || Ok("1\t2\n".to_owned()));
        assert_eq!(answers.unwrap(), "1\t2\n");
        assert_eq!(told(&question("a")).as_deref(), Some("1\t2\n"));
        assert_eq!(told(&question("b")), None);
        let anew = Remembered::new(&cache, true).unwrap();
        assert!(anew.answers(&question("a"), forget).is_err());
        fs::write(drgn.join("folder/core"), "longer than before").unwrap();
        assert_eq!(told(&question("a")), None);
        remembered
            .answers(&question("a"), || Ok(String::new()))
            .unwrap();
        assert_eq!(told(&question("a")).as_deref(), Some(""));
        fs::write(drgn.join("requirements.txt"), "drgn==0.4").unwrap();
        assert_eq!(told(&question("a")), None);
        fs::remove_dir_all(cache).unwrap();
    }
}
