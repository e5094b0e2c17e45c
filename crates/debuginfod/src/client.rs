use crate::cache::Cache;
use crate::download::download;
use crate::server::Server;
use crate::tally::Tally;
use crate::work::{Verify, Work};
use crate::{Config, Failure, Outcome, Request};
use spelunk_base::{Cancel, Cancelled, Progress};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// How many files are got at once.
const AT_ONCE: usize = 8;

/// How often progress is reported.
const REPORT: Duration = Duration::from_millis(100);

/// Gets files, and remembers which servers are gone.
pub struct Client {
    config: Config,
    servers: Vec<Server>,
}

impl Client {
    /// A client that has asked nobody yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let servers = config.servers.iter();
        Self {
            servers: servers
                .map(|url| Server::new(url.clone(), &config))
                .collect(),
            config,
        }
    }

    /// How it works.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Gets files, several at once, and says for each what that came to. No file is used, and none
    /// is put into the cache, that `verify` does not take.
    ///
    /// # Errors
    ///
    /// If the user cancelled. What came until then is kept.
    pub fn fetch(
        &self,
        requests: &[Request],
        verify: Verify<'_>,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Vec<Outcome>, Cancelled> {
        let cache = match &self.config.cache {
            Some(root) => Cache::open(root).map_err(|error| Failure::of_cache(&error)),
            None => Err(Failure {
                server: None,
                reason: "there is no home folder: set DEBUGINFOD_CACHE_PATH".into(),
                is_gone: false,
            }),
        };
        let cache = match cache {
            Ok(cache) => cache,
            Err(failure) => {
                let failed = Outcome::Failed(vec![failure]);
                return Ok(requests.iter().map(|_| failed.clone()).collect());
            }
        };
        cache.clean_when_due();
        let miss_age = cache.miss_age();
        self.servers
            .iter()
            .for_each(|server| server.forgive(miss_age));
        let work = Work {
            config: &self.config,
            servers: &self.servers,
            verify,
            cancel,
            tally: Tally::new(requests),
        };
        fetch_at_once(&work, requests, &cache, progress)
    }
}

/// Gets files, as many at once as [`AT_ONCE`] says.
fn fetch_at_once(
    work: &Work<'_>,
    requests: &[Request],
    cache: &Cache,
    progress: &dyn Progress,
) -> Result<Vec<Outcome>, Cancelled> {
    let next = AtomicUsize::new(0);
    let (sender, done) = mpsc::channel();
    let mut outcomes: Vec<Option<Result<Outcome, Cancelled>>> = vec![None; requests.len()];
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(requests.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(place) else {
                        return;
                    };
                    let outcome = download(work, cache, request, place);
                    work.tally.finish_one();
                    if sender.send((place, outcome)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        loop {
            match done.recv_timeout(REPORT) {
                Ok((place, outcome)) => {
                    if let Some(slot) = outcomes.get_mut(place) {
                        *slot = Some(outcome);
                    }
                }
                Err(RecvTimeoutError::Timeout) => work.tally.report(progress),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    work.tally.report(progress);
    // All places were taken by somebody.
    outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or(Err(Cancelled)))
        .collect()
}
