//! A guest that runs in QEMU.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::qmp::Qmp;
use super::sockets::Sockets;
use crate::command::line;

/// How the guest's own messages begin.
const MARK: &str = "LAB: ";

/// A running guest; it ends with this value.
pub(super) struct Guest {
    qemu: Child,
    qmp: Qmp,
    sockets: Sockets,
    console: PathBuf,
    shown: usize,
    start: Instant,
}

impl Guest {
    /// Starts QEMU, whose guest writes to the file `console`, and QEMU itself to `log`.
    pub(super) fn start(qemu: &mut Command, console: &Path, log: &Path) -> Result<Self> {
        File::create(console)?;
        let sockets = Sockets::new()?;
        let socket = |id: &str, path: PathBuf| {
            format!("socket,id={id},path={},server=on,wait=off", path.display())
        };
        let serial = socket("console", sockets.console());
        let serial = format!("{serial},logfile={}", console.display());
        let mut child = qemu
            .args(["-chardev", &serial, "-serial", "chardev:console"])
            .args(["-chardev", &socket("gdb", sockets.gdb())])
            .args(["-gdb", "chardev:gdb"])
            .args(["-chardev", &socket("qmp", sockets.qmp())])
            .args(["-mon", "chardev=qmp,mode=control"])
            .args(["-qmp", "stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .spawn()
            .with_context(|| line(qemu))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.context("QEMU has no pipes")?;
        let qmp = Qmp::new(input, output).with_context(|| {
            let log = fs::read_to_string(log).unwrap_or_default();
            format!("QEMU does not start: {log}")
        })?;
        Ok(Self {
            qemu: child,
            qmp,
            sockets,
            console: console.to_path_buf(),
            shown: 0,
            start: Instant::now(),
        })
    }

    /// Waits until the console says `text`, passing on what the guest says meanwhile. Returns the
    /// seconds since the start.
    pub(super) fn wait_for(&mut self, text: &str, timeout: Duration) -> Result<f64> {
        let deadline = Instant::now() + timeout;
        loop {
            // Asked before the console is read, so that a guest's last words are heard.
            let ended = self.qemu.try_wait()?;
            let console = fs::read(&self.console)?;
            let console = String::from_utf8_lossy(&console);
            // The last line may still be growing.
            let (whole_lines, _) = console.rsplit_once('\n').unwrap_or_default();
            let said = whole_lines.lines().filter_map(|line| line.split_once(MARK));
            for (_, words) in said.skip(self.shown) {
                eprintln!("  [{:5.1}] {words}", self.start.elapsed().as_secs_f64());
                self.shown += 1;
            }
            if console.contains(text) {
                return Ok(self.start.elapsed().as_secs_f64());
            }
            let why = match ended {
                Some(status) => format!("QEMU ended ({status})"),
                None if Instant::now() > deadline => format!("{} s went by", timeout.as_secs()),
                None => {
                    sleep(Duration::from_millis(300));
                    continue;
                }
            };
            let lines: Vec<&str> = console.lines().collect();
            let tail = lines.split_at(lines.len().saturating_sub(20)).1.join("\n");
            bail!("{why} before the guest said {text:?}; its last lines:\n{tail}");
        }
    }

    /// Writes the guest's memory to `folder/vmcore.FORMAT`. Returns how many seconds it took.
    pub(super) fn dump(&mut self, folder: &Path, format: &str) -> Result<f64> {
        let start = Instant::now();
        let protocol = format!("file:{}/vmcore.{format}", folder.display());
        let arguments = match format {
            "elf" => json!({ "paging": false, "protocol": protocol, "format": "elf" }),
            // QEMU takes no format together with "paging".
            "elf-paging" => json!({ "paging": true, "protocol": protocol }),
            _ => {
                json!({ "paging": false, "protocol": protocol, "format": format!("kdump-{format}") })
            }
        };
        self.qmp.execute("dump-guest-memory", arguments)?;
        Ok(start.elapsed().as_secs_f64())
    }

    pub(super) fn sockets(&self) -> &Sockets {
        &self.sockets
    }

    /// Asks the kernel for what a key stands for, over its serial line: it does it in the line's interrupt.
    pub(super) fn send_sysrq(&mut self, key: char) -> Result<()> {
        let mut line = UnixStream::connect(self.sockets.console())?;
        self.qmp
            .execute("chardev-send-break", json!({ "id": "console" }))?;
        write!(line, "{key}")?;
        Ok(())
    }

    /// Stops all CPUs and returns what QEMU's monitor says of them.
    pub(super) fn stop(&mut self) -> Result<String> {
        self.qmp.execute("stop", json!({}))?;
        let mut state = String::new();
        for command in ["info status", "info registers -a", "info cpus"] {
            let said = self
                .qmp
                .execute("human-monitor-command", json!({ "command-line": command }))?;
            state.push_str(said.as_str().unwrap_or_default());
            state.push('\n');
        }
        Ok(state)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // Either may fail because QEMU has ended by itself, which is as good.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}
