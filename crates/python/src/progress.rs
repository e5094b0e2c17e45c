//! The progress of long work, on standard error.

use spelunk_base::Progress;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Work that takes less is not worth a line.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether progress is shown at all: the command's choice.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// Chooses whether progress is shown, where standard error is a terminal.
pub(crate) fn show(shown: bool) {
    SHOWN.store(shown && std::io::stderr().is_terminal(), Ordering::Relaxed);
}

/// What is going on, and whether it stands on the terminal.
pub(crate) struct Bar {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    task: String,
    percent: Option<u64>,
    /// What stands on the terminal.
    drawn: String,
}

impl Default for Bar {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            state: Mutex::default(),
        }
    }
}

impl Progress for Bar {
    fn report(&self, task: &str, done: u64, total: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.task != task {
            task.clone_into(&mut state.task);
        }
        state.percent = done.saturating_mul(100).checked_div(total);
    }
}

impl Bar {
    /// Shows what is going on, once it has been going on for a while.
    pub(crate) fn draw(&self) {
        if !SHOWN.load(Ordering::Relaxed) || self.start.elapsed() < PATIENCE {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.task.is_empty() {
            return;
        }
        let percent = state
            .percent
            .map_or(String::new(), |percent| format!(" {percent}%"));
        let line = format!("{}...{percent}", state.task);
        if line != state.drawn {
            // A terminal that is gone is no reason to stop working.
            let _ = write!(std::io::stderr(), "\r\x1b[K{line}");
            state.drawn = line;
        }
    }

    /// Takes the line back.
    pub(crate) fn clear(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.drawn.is_empty() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
