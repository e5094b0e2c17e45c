use std::time::{Duration, Instant};

/// What must come in each stretch of `DEBUGINFOD_TIMEOUT`: 100 KiB.
const ENOUGH: u64 = 100 << 10;

/// Watches whether a server is too slow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speed {
    timeout: Option<Duration>,
    since: Instant,
    received: u64,
}

impl Speed {
    /// The server was asked at `since`; nothing came yet.
    pub(crate) fn new(timeout: Option<Duration>, since: Instant) -> Self {
        Self {
            timeout,
            since,
            received: 0,
        }
    }

    /// Whether too little came, now that `received` bytes did in all.
    pub(crate) fn is_too_low(&mut self, received: u64, now: Instant) -> bool {
        if received.saturating_sub(self.received) >= ENOUGH {
            (self.since, self.received) = (now, received);
        }
        self.timeout
            .is_some_and(|timeout| now.saturating_duration_since(self.since) > timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stretch_of_time_must_bring_enough() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut speed = Speed::new(Some(Duration::from_secs(10)), start);
        assert!(!speed.is_too_low(ENOUGH - 1, at(10)));
        assert!(speed.is_too_low(ENOUGH - 1, at(11)));
        assert!(!speed.is_too_low(ENOUGH, at(11)));
        assert!(!speed.is_too_low(ENOUGH, at(21)));
        assert!(speed.is_too_low(2 * ENOUGH - 1, at(22)));
        assert!(!Speed::new(None, start).is_too_low(0, at(1 << 20)));
    }
}
