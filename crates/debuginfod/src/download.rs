//! One file: out of the cache, or from the servers.

use crate::Request;
use crate::cache::{Cache, Known};
use crate::client::Work;
use crate::part::Part;
use crate::race::Race;
use spelunk_base::Cancelled;
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

/// Gets the file at `place` among those that are wanted.
pub(crate) fn download(
    work: &Work<'_>,
    cache: &Cache,
    request: &Request,
    place: usize,
) -> Result<Outcome, Cancelled> {
    match cache.look_up(request) {
        // One that is not what it should be is got anew.
        Known::Here(path) if (work.verify)(request, &path).is_ok() => {
            return Ok(Outcome::Found(path));
        }
        Known::Missing => {
            return Ok(Outcome::Missing {
                is_remembered: true,
            });
        }
        Known::Here(_) | Known::Nothing => {}
    }
    let target = cache.path(request);
    let part = cache
        .make_folder(request)
        .and_then(|()| Part::open(&target));
    let part = match part {
        Ok(part) => part,
        Err(error) => return Ok(Outcome::Failed(vec![Failure::of_cache(&error)])),
    };
    let outcome = Race::new(work, request, place, part).run()?;
    if matches!(outcome, Outcome::Missing { .. }) {
        // If it cannot be noted, it is asked for again.
        let _ = cache.note_missing(request);
    }
    Ok(outcome)
}
