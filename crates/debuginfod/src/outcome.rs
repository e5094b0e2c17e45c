//! What came of asking for a file.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// What asking for a file came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The file is here, and is the one that was wanted.
    Found(PathBuf),
    /// No server has it.
    Missing {
        /// Whether that was found out earlier, and is remembered in the cache.
        is_remembered: bool,
    },
    /// It was not got, and these are the reasons.
    Failed(Vec<Failure>),
}

/// Why a server did not give a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The server; `None` if it is the cache that failed.
    pub server: Option<String>,
    /// Why not.
    pub reason: String,
    /// Whether the server does not answer at all, and is not asked for other files either.
    pub is_gone: bool,
}

impl Failure {
    pub(crate) fn of_cache(error: &io::Error) -> Self {
        Self {
            server: None,
            reason: format!("{error}: see DEBUGINFOD_CACHE_PATH"),
            is_gone: false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.server {
            Some(server) => write!(f, "{server}: {}", self.reason),
            None => write!(f, "the cache of debuginfod: {}", self.reason),
        }
    }
}
