use std::fmt;
use std::io;
use std::path::Path;

/// A process cannot be debugged.
#[derive(Debug)]
pub struct ProcessError {
    /// What the host said.
    pub error: io::Error,
    /// What that means.
    reason: String,
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ProcessError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl ProcessError {
    /// `error` came up when the memory of the process in `folder`, `/proc/PID`, was opened.
    pub(crate) fn explain(error: io::Error, pid: u32, folder: &Path) -> Self {
        let reason = match error.raw_os_error() {
            Some(libc::EACCES | libc::EPERM) => format!(
                "process {pid} may not be read: it is another user's, or protected; be root or its \
                 user, and see /proc/sys/kernel/yama/ptrace_scope"
            ),
            // It has no memory.
            Some(libc::ESRCH) => match Kind::of(folder) {
                Kind::Zombie => {
                    format!("process {pid} has ended: it has no memory, and waits for its parent")
                }
                Kind::Kernel => {
                    format!("process {pid} is a thread of the kernel; debug the kernel to see it")
                }
                Kind::Other => format!("process {pid} has no memory: it is about to end"),
            },
            // There is no such process, as a rule.
            _ => format!("{}: {error}", folder.join("mem").display()),
        };
        Self { error, reason }
    }
}

/// Kinds of processes, by `/proc/PID/stat`.
enum Kind {
    Zombie,
    Kernel,
    Other,
}

impl Kind {
    fn of(folder: &Path) -> Self {
        /// `include/linux/sched.h`.
        const PF_KTHREAD: u64 = 0x0020_0000;
        let stat = std::fs::read_to_string(folder.join("stat")).unwrap_or_default();
        // The name before may have anything in it.
        let rest = stat.rsplit(") ").next().unwrap_or_default();
        let mut fields = rest.split_whitespace();
        let state = fields.next().unwrap_or_default();
        let flags = fields.nth(5).and_then(|flags| flags.parse::<u64>().ok());
        match (state, flags) {
            ("Z" | "X", _) => Self::Zombie,
            (_, Some(flags)) if flags & PF_KTHREAD != 0 => Self::Kernel,
            _ => Self::Other,
        }
    }
}
