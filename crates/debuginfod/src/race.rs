//! Asking servers for one file: in their order, the next one when one has nothing, fails, or
//! is silent for a moment. The first that has the file gives it; the others are let go.

use crate::part::Part;
use crate::receive::{Lost, Receiver};
use crate::server::Server;
use crate::speed::Speed;
use crate::transfer::{Broken, Event, Query, Transfer, TransferId};
use crate::work::{TICK, Work};
use crate::{Answer, Failure, Head, Outcome, Request};
use spelunk_base::Cancelled;
use std::sync::mpsc::{self, Receiver as Events, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

/// How long a server is waited for before the next one is asked, too.
const HEAD_START: Duration = Duration::from_secs(1);

/// How long a server is left alone that broke off or was busy and did not say for how long.
const PAUSE: Duration = Duration::from_millis(500);

/// How long it is left alone at most, whatever it says.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How many pieces may wait to be written.
const QUEUE: usize = 16;

struct Contestant<'a> {
    server: &'a Server,
    standing: Standing,
    tries_left: u32,
}

enum Standing {
    /// To be asked, but not before this.
    Waiting(Instant),
    Asked(Transfer, Speed),
    /// It does not have the file.
    Missing,
    Failed(String),
}

/// The servers that are asked for one file.
pub(crate) struct Race<'a> {
    work: &'a Work<'a>,
    request: &'a Request,
    place: usize,
    part: Part,
    contestants: Vec<Contestant<'a>>,
    sender: SyncSender<(TransferId, Event)>,
    events: Events<(TransferId, Event)>,
    last_start: Option<Instant>,
    transfers: u64,
}

impl<'a> Race<'a> {
    /// A race for the file at `place` among those that are wanted, which goes into `part`.
    pub(crate) fn new(work: &'a Work<'a>, request: &'a Request, place: usize, part: Part) -> Self {
        let (sender, events) = mpsc::sync_channel(QUEUE);
        let contestants = work.servers.iter().map(|server| Contestant {
            server,
            standing: Standing::Waiting(Instant::now()),
            tries_left: work.config.retry_limit,
        });
        Self {
            work,
            request,
            place,
            part,
            contestants: contestants.collect(),
            sender,
            events,
            last_start: None,
            transfers: 0,
        }
    }

    /// Runs it. What came of a file that is not complete is kept for the next time.
    pub(crate) fn run(mut self) -> Result<Outcome, Cancelled> {
        let result = self.run_to_the_end();
        if result == Ok(true) {
            return Ok(match self.part.finish() {
                Ok(path) => Outcome::Found(path),
                Err(error) => Outcome::Failed(vec![Failure::of_cache(&error)]),
            });
        }
        self.part.keep();
        result?;
        let failed = self.contestants.into_iter().filter_map(Contestant::failure);
        let failures: Vec<_> = failed.collect();
        Ok(match failures.is_empty() {
            true => Outcome::Missing {
                is_remembered: false,
            },
            false => Outcome::Failed(failures),
        })
    }

    /// Whether a server gave the file.
    fn run_to_the_end(&mut self) -> Result<bool, Cancelled> {
        loop {
            self.work.cancel.check()?;
            self.start_next();
            if self.contestants.iter().all(Contestant::is_out) {
                return Ok(false);
            }
            match self.events.recv_timeout(TICK) {
                Ok((id, event)) => {
                    if let Some(index) = self.asked(id)
                        && self.handle(index, event)?
                    {
                        return Ok(true);
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            self.contestants.iter_mut().for_each(Contestant::give_up);
        }
    }

    /// The contestant that a transfer belongs to, unless it was let go.
    fn asked(&self, id: TransferId) -> Option<usize> {
        self.contestants.iter().position(|contestant| {
            matches!(&contestant.standing, Standing::Asked(transfer, _) if transfer.id == id)
        })
    }

    /// Asks the next server, if it is time to.
    fn start_next(&mut self) {
        let now = Instant::now();
        let is_asked =
            |contestant: &Contestant<'_>| matches!(contestant.standing, Standing::Asked(..));
        let is_patient = self.contestants.iter().any(is_asked)
            && self
                .last_start
                .is_some_and(|last| now.saturating_duration_since(last) < HEAD_START);
        if is_patient {
            return;
        }
        let due = |contestant: &Contestant<'_>| match contestant.standing {
            Standing::Waiting(not_before) => not_before <= now,
            _ => false,
        };
        let Some(index) = self.contestants.iter().position(due) else {
            return;
        };
        let query = self
            .contestants
            .get(index)
            .map(|contestant| self.query(contestant.server));
        let (Some(query), Some(contestant)) = (query, self.contestants.get_mut(index)) else {
            return;
        };
        self.transfers = self.transfers.wrapping_add(1);
        let id = TransferId(self.transfers);
        self.last_start = Some(now);
        let timeout = self.work.config.timeout;
        let agent = &contestant.server.agent;
        contestant.standing = match contestant.server.gone() {
            Some(reason) => Standing::Failed(reason),
            None => match Transfer::start(id, agent, query, self.sender.clone()) {
                Ok(transfer) => Standing::Asked(transfer, Speed::new(timeout, now)),
                Err(error) => Standing::Failed(error.to_string()),
            },
        };
    }

    /// What to ask a server for: the rest of the file, if the beginning is from there.
    fn query(&self, server: &Server) -> Query {
        let url = self.url(server);
        let mut headers = self.work.config.headers.clone();
        if let Some(origin) = self.part.origin().filter(|origin| origin.url == url) {
            headers.push(("Range".into(), format!("bytes={}-", self.part.length())));
            headers.push(("If-Range".into(), origin.validator.clone()));
        }
        Query { url, headers }
    }

    fn url(&self, server: &Server) -> String {
        let Request {
            build_id, artifact, ..
        } = self.request;
        format!("{}/{build_id}/{}", server.url.as_str(), artifact.name())
    }

    /// Whether the file is complete.
    fn handle(&mut self, index: usize, event: Event) -> Result<bool, Cancelled> {
        let head = match event {
            Event::Head(head) => head,
            Event::Failed(broken) => {
                self.broke(index, broken);
                return Ok(false);
            }
            // Before its head, there is nothing of a body.
            Event::Chunk(_) | Event::End => return Ok(false),
        };
        let Some(contestant) = self.contestants.get_mut(index) else {
            return Ok(false);
        };
        contestant.server.answered();
        match head.answer() {
            Answer::Missing => contestant.standing = Standing::Missing,
            Answer::Refused(reason) => contestant.standing = Standing::Failed(reason),
            Answer::Busy { retry_after } => contestant.retry(
                retry_after.unwrap_or(PAUSE),
                format!("status {}, again and again", head.status),
            ),
            answer @ (Answer::Whole { .. } | Answer::Rest { .. }) => {
                return self.receive(index, &head, &answer);
            }
        }
        Ok(false)
    }

    fn broke(&mut self, index: usize, broken: Broken) {
        let Some(contestant) = self.contestants.get_mut(index) else {
            return;
        };
        if broken.is_unreachable {
            contestant.server.is_unreachable(&broken.reason);
            contestant.standing = Standing::Failed(broken.reason);
        } else {
            contestant.retry(PAUSE, broken.reason);
        }
    }

    /// Takes the file from the server that has it, and lets the others go.
    fn receive(&mut self, index: usize, head: &Head, answer: &Answer) -> Result<bool, Cancelled> {
        let mut winner = None;
        for (place, contestant) in self.contestants.iter_mut().enumerate() {
            let waiting = Standing::Waiting(Instant::now());
            match &contestant.standing {
                Standing::Asked(..) if place == index => {
                    winner = Some(std::mem::replace(&mut contestant.standing, waiting));
                }
                Standing::Asked(..) => {
                    contestant.server.was_overtaken();
                    contestant.standing = waiting;
                }
                _ => {}
            }
        }
        let Some(Standing::Asked(transfer, speed)) = winner else {
            return Ok(false);
        };
        let url = match self.contestants.get(index) {
            Some(contestant) => self.url(contestant.server),
            None => return Ok(false),
        };
        let mut receiver = Receiver {
            work: self.work,
            request: self.request,
            place: self.place,
            part: &mut self.part,
            events: &self.events,
            transfer: transfer.id,
            speed,
        };
        let lost = match receiver.receive(&url, head, answer) {
            Ok(()) => return Ok(true),
            Err(lost) => lost,
        };
        let Some(contestant) = self.contestants.get_mut(index) else {
            return Ok(false);
        };
        match lost {
            Lost::Cancelled(cancelled) => return Err(cancelled),
            Lost::Slow(reason) => {
                contestant.server.was_silent(&reason);
                contestant.standing = Standing::Failed(reason);
            }
            Lost::Broken(reason) => contestant.retry(PAUSE, reason),
            Lost::Useless(reason) => contestant.standing = Standing::Failed(reason),
        }
        Ok(false)
    }
}

impl Contestant<'_> {
    fn is_out(&self) -> bool {
        matches!(self.standing, Standing::Missing | Standing::Failed(_))
    }

    /// Why it did not give the file that it might have had.
    fn failure(self) -> Option<Failure> {
        let Standing::Failed(reason) = self.standing else {
            return None;
        };
        Some(Failure {
            server: Some(self.server.url.to_string()),
            is_gone: self.server.gone().is_some(),
            reason,
        })
    }

    /// Asks again after `pause`, if it was not asked too often; else it failed for `reason`.
    fn retry(&mut self, pause: Duration, reason: String) {
        self.standing = match self.tries_left.checked_sub(1) {
            Some(left) => {
                self.tries_left = left;
                let now = Instant::now();
                Standing::Waiting(now.checked_add(pause.min(LONGEST_PAUSE)).unwrap_or(now))
            }
            None => Standing::Failed(reason),
        };
    }

    /// Gives it up if it is silent for too long, or if it is gone, as others found out.
    fn give_up(&mut self) {
        let Standing::Asked(_, speed) = &mut self.standing else {
            return;
        };
        if speed.is_too_low(0, Instant::now()) {
            self.server.was_silent("it does not answer");
            self.standing = Standing::Failed("it does not answer".into());
        } else if let Some(reason) = self.server.gone() {
            self.standing = Standing::Failed(reason);
        }
    }
}
