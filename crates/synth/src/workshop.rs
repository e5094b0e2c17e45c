//! Programs that tests compile, run and look at with other tools.

#![expect(clippy::panic, reason = "a test fails where its tools do")]

use std::ffi::OsStr;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of one test's own, to compile things in.
#[derive(Debug)]
pub struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    /// The folder `name`, emptied, in that of the tests (`env!("CARGO_TARGET_TMPDIR")`).
    ///
    /// # Panics
    ///
    /// If there can be no such folder. So do the others where a file or tool does not do.
    #[must_use]
    pub fn new(temporary: &str, name: &str) -> Self {
        let folder = Path::new(temporary).join(name);
        if folder.exists() {
            done(&folder, std::fs::remove_dir_all(&folder));
        }
        done(&folder, std::fs::create_dir_all(&folder));
        Self { folder }
    }

    /// Where the file `name` is or will be.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(name);
        done(&path, std::fs::write(&path, contents));
    }

    /// The bytes of a file.
    #[must_use]
    pub fn read(&self, name: &str) -> Vec<u8> {
        let path = self.path(name);
        done(&path, std::fs::read(&path))
    }

    /// Runs a program in the folder and returns what it prints.
    pub fn run<S: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = S>,
    ) -> String {
        let mut command = Command::new(program);
        output_of(command.args(arguments).current_dir(&self.folder))
    }

    /// Removes the folder.
    pub fn remove(self) {
        done(&self.folder, std::fs::remove_dir_all(&self.folder));
    }
}

/// What a program prints, in English, and without looking for anything in the network.
///
/// # Panics
///
/// If it cannot be run or fails, with what it says.
pub fn output_of(command: &mut Command) -> String {
    command.env("LC_ALL", "C").env_remove("DEBUGINFOD_URLS");
    let output = command.output();
    let output = done(Path::new(command.get_program()), output);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{command:?}: {}\n{errors}", output.status);
    }
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn done<T, E: Display>(path: &Path, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
