//! Python environments: the project's own, and the one of the drgn that answers are compared with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{run, run_quietly, tool};
use crate::place::Place;

/// What building and testing the Python package takes.
const TOOLS: &[&str] = &[
    "maturin>=1.16,<2",
    "pytest>=8",
    "pexpect>=4.9",
    "mypy>=1.10",
];
/// What Spelunk is compatible with, as a black box.
const DRGN: &[&str] = &["drgn==0.3.0"];

/// A Python environment.
pub(crate) struct Venv(PathBuf);

impl Venv {
    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// A program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.0.join("bin").join(name)
    }

    /// The same, to run as if the environment were active.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = tool(self.program(name));
        command.env("VIRTUAL_ENV", &self.0);
        command
    }

    /// Makes the environment, or brings it up to what is required.
    fn ensure(folder: PathBuf, requirements: &[&str]) -> Result<Self> {
        let venv = Self(folder);
        let wanted = requirements.join("\n");
        let note = venv.0.join("requirements.txt");
        if venv.works() && fs::read_to_string(&note).is_ok_and(|have| have == wanted) {
            return Ok(venv);
        }
        eprintln!("making {}", venv.0.display());
        let python = tool("python3")
            .args(["-c", "import sys; sys.exit(sys.version_info < (3, 9))"])
            .status();
        if !python.is_ok_and(|status| status.success()) {
            bail!("python3 is not Python 3.9 or later");
        }
        run_quietly(tool("python3").args(["-m", "venv", "--clear"]).arg(&venv.0))?;
        run(venv
            .command("python")
            .args(["-m", "pip", "install", "-q", "--disable-pip-version-check"])
            .args(requirements))?;
        fs::write(note, wanted)?;
        Ok(venv)
    }

    /// Whether its interpreter is still there.
    fn works(&self) -> bool {
        let version = Command::new(self.program("python"))
            .arg("--version")
            .output();
        version.is_ok_and(|output| output.status.success())
    }
}

/// How Spelunk is built.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// As tests are: with all of the compiler's checks at run time.
    Dev,
    /// For speed.
    Release,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// `.venv` with Spelunk in it, built from this checkout.
pub(crate) fn with_spelunk(place: &Place, profile: Profile) -> Result<Venv> {
    let venv = Venv::ensure(place.root.join(".venv"), TOOLS)?;
    run(venv
        .command("maturin")
        .args(["develop", "-q", "--profile", profile.name()])
        .current_dir(&place.root))?;
    Ok(venv)
}

/// drgn, in the cache.
pub(crate) fn with_drgn(cache: &Path) -> Result<Venv> {
    Venv::ensure(cache.join("oracle"), DRGN)
}
