/// Where long work says how far it is; a front end decides how to show it.
pub trait Progress: Send + Sync {
    /// `done` of `total` units of `task` (a few words, such as `indexing vmlinux`) are done.
    ///
    /// Called from any thread, at most every few milliseconds; `done == total` ends the task.
    fn report(&self, task: &str, done: u64, total: u64);
}

/// Nobody is watching.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn report(&self, _task: &str, _done: u64, _total: u64) {}
}
