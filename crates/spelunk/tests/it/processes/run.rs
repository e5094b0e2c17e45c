//! Programs that run, and their core dumps.

use spelunk_synth::Workshop;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A program that said what is where, and waits.
pub(super) struct Running {
    pub(super) child: Child,
    /// What it said.
    pub(super) lines: Vec<String>,
    folder: PathBuf,
}

impl Running {
    /// Runs `program` of `workshop`, with what it says of itself.
    pub(super) fn start(workshop: &Workshop) -> Self {
        let folder = workshop.path(".");
        // A shell sets the limit, and is the program then.
        let mut child = Command::new("sh")
            .args(["-c", "ulimit -c unlimited; exec ./program"])
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = Vec::new();
        for line in output.lines() {
            let line = line.unwrap();
            if line == "ready" {
                break;
            }
            lines.push(line);
        }
        let running = Self {
            child,
            lines,
            folder,
        };
        // Until all threads sleep, their stacks change.
        for _ in 0..200 {
            if running.sleeps() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        running
    }

    /// Whether all threads wait.
    fn sleeps(&self) -> bool {
        self.tids().iter().all(|tid| {
            let path = format!("/proc/{}/task/{tid}/stat", self.pid());
            let stat = std::fs::read_to_string(path).unwrap_or_default();
            stat.rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with('S'))
        })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The threads' IDs, in order.
    pub(super) fn tids(&self) -> Vec<u64> {
        let folder = format!("/proc/{}/task", self.pid());
        let entries = std::fs::read_dir(folder).unwrap();
        let name = |entry: std::fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut tids: Vec<u64> = entries
            .map(|entry| name(entry.unwrap()).parse().unwrap())
            .collect();
        tids.sort_unstable();
        tids
    }

    /// The core that gdb writes of it.
    pub(super) fn core_by_gdb(&self) -> PathBuf {
        let core = self.folder.join("gdb.core");
        let output = Command::new("gdb")
            .args(["-nx", "-batch", "-ex", "set debuginfod enabled off", "-ex"])
            .arg(format!("generate-core-file {}", core.display()))
            .args(["-p", &self.pid().to_string()])
            .output()
            .expect("install gdb");
        assert!(core.exists(), "{output:?}");
        core
    }

    /// Ends it; the core that the kernel writes, or, where cores go elsewhere, gdb.
    pub(super) fn into_core(mut self) -> PathBuf {
        let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
        if pattern.trim() != "core" {
            return self.core_by_gdb();
        }
        let pid = self.pid();
        let killed = Command::new("kill")
            .args(["-ABRT", &pid.to_string()])
            .status();
        assert!(killed.unwrap().success());
        self.child.wait().unwrap();
        let names = ["core".to_owned(), format!("core.{pid}")];
        let mut paths = names.iter().map(|name| self.folder.join(name));
        paths
            .find(|path| path.exists())
            .unwrap_or_else(|| panic!("no core in {}", self.folder.display()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
