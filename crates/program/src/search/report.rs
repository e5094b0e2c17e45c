use spelunk_base::BuildId;
use spelunk_debuginfo::MissingSource;
use std::fmt;
use std::path::{Path, PathBuf};

/// What debugging information to load.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LoadRequest {
    /// Files to try first. Each goes to the modules whose build ID it has.
    pub paths: Vec<PathBuf>,
    /// Whether to search the files of the kernel or executable itself.
    pub main: bool,
    /// Whether to search the files of all modules.
    pub default: bool,
}

impl LoadRequest {
    /// All that can be found by itself.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            main: true,
            default: true,
            ..Self::default()
        }
    }
}

/// What loading debugging information came to: what was found, what is missing, and why.
#[derive(Clone, Debug, Default)]
pub struct LoadReport {
    /// The files that are in use now.
    pub loaded: Vec<LoadedFile>,
    /// The modules without debugging information.
    pub missing: Vec<MissingFile>,
    /// Files that were given and are of no use.
    pub refused: Vec<RefusedFile>,
    /// Files in use of which a part is missing that stands in other files.
    pub incomplete: Vec<IncompleteFile>,
    /// Why the list of modules may not be complete, or finders could not do their work.
    pub problems: Vec<String>,
}

/// A file in use for a module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoadedFile {
    /// The module.
    pub module: String,
    /// Where the file is.
    pub path: PathBuf,
}

/// A file in use whose debugging information stands in part in files that cannot be used, or is
/// damaged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncompleteFile {
    /// The file.
    pub path: PathBuf,
    /// What it refers to: split debug files, a package of them, a supplementary file.
    pub missing: Vec<MissingSource>,
    /// Where it is damaged, section and offset, and how.
    pub damage: Vec<String>,
}

/// A module without debugging information.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingFile {
    /// The module.
    pub module: String,
    /// The build ID that its file must have.
    pub build_id: Option<BuildId>,
    /// Files that looked like it and were not.
    pub refused: Vec<RefusedFile>,
    /// What finders have to say beside: what servers answered.
    pub remarks: Vec<String>,
}

/// A file that could not be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Why not.
    pub reason: String,
}

impl RefusedFile {
    /// The file at `path`, refused for `error`, which may name the file, too.
    pub(crate) fn new(path: &Path, error: &impl fmt::Display) -> Self {
        let mut text = error.to_string();
        // The host's number of its error says nothing more.
        if let Some(number) = text.rfind(" (os error ").filter(|_| text.ends_with(')')) {
            text.truncate(number);
        }
        let reason = text.strip_prefix(&format!("{}: ", path.display()));
        Self {
            path: path.to_owned(),
            reason: reason.unwrap_or(&text).to_owned(),
        }
    }
}

impl LoadReport {
    /// Whether all that was asked for is there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
            && self.refused.is_empty()
            && self.incomplete.is_empty()
            && self.problems.is_empty()
    }
}

/// What is missing, a line for each item; empty if nothing is. The message of
/// `MissingDebugInfoError`.
impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<String> = self.problems.clone();
        lines.extend(self.refused.iter().map(RefusedFile::to_string));
        lines.extend(self.incomplete.iter().map(IncompleteFile::to_string));
        if !self.missing.is_empty() {
            lines.push("missing debugging symbols for some modules:".into());
        }
        lines.extend(self.missing.iter().map(|missing| format!("  {missing}")));
        f.write_str(&lines.join("\n"))
    }
}

impl fmt::Display for MissingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.module)?;
        if let Some(build_id) = &self.build_id {
            write!(f, " (build ID {build_id})")?;
        }
        self.refused
            .iter()
            .try_for_each(|refused| write!(f, "; not {refused}"))?;
        self.remarks
            .iter()
            .try_for_each(|remark| write!(f, "; {remark}"))
    }
}

/// Each kind of what is missing once, by the first: a program has thousands of split debug files.
impl fmt::Display for IncompleteFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: part of the debugging information is missing",
            self.path.display()
        )?;
        let mut told = Vec::new();
        for first in &self.missing {
            if told.contains(&first.kind) {
                continue;
            }
            told.push(first.kind);
            let same = self.missing.iter().filter(|other| other.kind == first.kind);
            let more = match same.count().saturating_sub(1) {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            write!(f, "; {first}{more}; {}", first.remedy())?;
        }
        if let Some(first) = self.damage.first() {
            write!(f, "; {first}")?;
            if let more @ 1.. = self.damage.len().saturating_sub(1) {
                write!(f, " (and {more} more places)")?;
            }
            f.write_str("; get a whole copy of the file")?;
        }
        Ok(())
    }
}

impl fmt::Display for RefusedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}
