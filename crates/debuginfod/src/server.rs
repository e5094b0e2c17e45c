use crate::{Config, ServerUrl};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// A connection is made in this time, or not at all.
const CONNECT: Duration = Duration::from_secs(10);

/// A thread that nobody listens to any more ends at most so long after its server fell silent. It is
/// no limit for one that is listened to: see `DEBUGINFOD_TIMEOUT`.
const SILENCE: Duration = Duration::from_secs(3600);

/// A server that did not answer so many times in a row is not asked again.
const STRIKES: u32 = 3;

/// A server, with its connections, and what is known of its health.
pub(crate) struct Server {
    pub(crate) url: ServerUrl,
    pub(crate) agent: Agent,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    has_answered: bool,
    strikes: u32,
    gone: Option<Gone>,
}

/// Since when a server does not answer, and how that showed.
struct Gone {
    since: Instant,
    reason: String,
}

impl Server {
    pub(crate) fn new(url: ServerUrl, config: &Config) -> Self {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let connect = config.timeout.unwrap_or(CONNECT).min(CONNECT);
        let mut builder = Agent::config_builder()
            .user_agent(concat!("spelunk/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .https_only(url.is_encrypted())
            .timeout_connect(Some(connect))
            .timeout_per_read(Some(SILENCE))
            .tls_config(tls);
        if url.is_loopback() {
            builder = builder.proxy(None);
        }
        Self {
            agent: builder.build().into(),
            url,
            health: Mutex::default(),
        }
    }

    /// It answered, if only that it has nothing.
    pub(crate) fn answered(&self) {
        let mut health = self.health();
        health.has_answered = true;
        health.strikes = 0;
    }

    /// It took too long. One that never answered is not waited for again.
    pub(crate) fn was_silent(&self, reason: &str) {
        let mut health = self.health();
        health.strikes = health.strikes.saturating_add(1);
        if !health.has_answered || health.strikes >= STRIKES {
            health.go(reason);
        }
    }

    /// Another server was faster.
    pub(crate) fn was_overtaken(&self) {
        let mut health = self.health();
        if health.has_answered {
            return;
        }
        health.strikes = health.strikes.saturating_add(1);
        if health.strikes >= STRIKES {
            health.go("it does not answer");
        }
    }

    /// It cannot be reached.
    pub(crate) fn is_unreachable(&self, reason: &str) {
        self.health().go(reason);
    }

    /// Why it is not to be asked, if it is not.
    pub(crate) fn gone(&self) -> Option<String> {
        Some(self.health().gone.as_ref()?.reason.clone())
    }

    /// Forgets that it was gone, if that is so long ago.
    pub(crate) fn forgive(&self, age: Duration) {
        let mut health = self.health();
        if health
            .gone
            .as_ref()
            .is_some_and(|gone| gone.since.elapsed() >= age)
        {
            *health = Health::default();
        }
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Health {
    fn go(&mut self, reason: &str) {
        self.gone.get_or_insert_with(|| Gone {
            since: Instant::now(),
            reason: reason.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Server {
        let mut config = Config::default();
        config.add_servers("http://127.0.0.1:1");
        Server::new(config.servers.remove(0), &config)
    }

    #[test]
    fn one_that_answers_now_and_then_is_asked_again() {
        let server = server();
        server.answered();
        for _ in 0..STRIKES - 1 {
            server.was_silent("slow");
        }
        assert_eq!(server.gone(), None);
        server.was_silent("slow");
        assert_eq!(server.gone().as_deref(), Some("slow"));
        server.forgive(Duration::from_secs(3600));
        assert!(server.gone().is_some());
        server.forgive(Duration::ZERO);
        assert_eq!(server.gone(), None);
    }

    #[test]
    fn one_that_never_answered_is_not_waited_for_twice() {
        let silent = server();
        silent.was_silent("silent");
        assert!(silent.gone().is_some());
        let overtaken = server();
        overtaken.was_overtaken();
        assert_eq!(overtaken.gone(), None);
        overtaken.was_overtaken();
        overtaken.was_overtaken();
        assert!(overtaken.gone().is_some());
    }
}
