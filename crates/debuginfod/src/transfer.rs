//! One request to one server, on a thread of its own that tells what comes.
//!
//! The thread may hang in a connection for as long as a server likes; nobody waits for it. It ends
//! when there is nobody to tell any more, or when the connection's own limits of time end it.

use crate::Head;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use ureq::Agent;

const CHUNK: usize = 64 << 10;

/// What is asked for.
pub(crate) struct Query {
    pub(crate) url: String,
    /// Beside those that every request has.
    pub(crate) headers: Vec<(String, String)>,
}

/// What came.
pub(crate) enum Event {
    /// The server answers.
    Head(Head),
    /// A piece of the body.
    Chunk(Vec<u8>),
    /// All of it came.
    End,
    /// Nothing more will come.
    Failed(Broken),
}

/// Why nothing more will come.
pub(crate) struct Broken {
    pub(crate) reason: String,
    /// Whether the server did not even answer.
    pub(crate) is_unreachable: bool,
}

/// Tells one transfer's events from another's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TransferId(pub(crate) u64);

/// A request on its way. Dropped, it is of no interest any more.
pub(crate) struct Transfer {
    pub(crate) id: TransferId,
    is_stopped: Arc<AtomicBool>,
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }
}

/// Whom a transfer tells.
struct Teller {
    id: TransferId,
    events: SyncSender<(TransferId, Event)>,
    is_stopped: Arc<AtomicBool>,
}

impl Teller {
    /// Says what came; false if nobody listens any more.
    fn tell(&self, event: Event) -> bool {
        !self.is_stopped.load(Ordering::Relaxed) && self.events.send((self.id, event)).is_ok()
    }
}

/// A thread that fails says so, too: nobody is to wait for it.
impl Drop for Teller {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.tell(Event::Failed(Broken {
                reason: "the download failed for no known reason".into(),
                is_unreachable: false,
            }));
        }
    }
}

impl Transfer {
    /// Sends the query.
    ///
    /// # Errors
    ///
    /// If the host gives no thread.
    pub(crate) fn start(
        id: TransferId,
        agent: &Agent,
        query: Query,
        events: SyncSender<(TransferId, Event)>,
    ) -> io::Result<Self> {
        let is_stopped = Arc::<AtomicBool>::default();
        let teller = Teller {
            id,
            events,
            is_stopped: Arc::clone(&is_stopped),
        };
        let agent = agent.clone();
        let thread = std::thread::Builder::new().name("debuginfod".into());
        thread.spawn(move || {
            let done = match query.url.strip_prefix("file://") {
                Some(path) => copy(Path::new(path), &teller),
                None => get(&agent, &query, &teller),
            };
            if let Err(broken) = done {
                teller.tell(Event::Failed(broken));
            }
        })?;
        Ok(Self { id, is_stopped })
    }
}

fn get(agent: &Agent, query: &Query, teller: &Teller) -> Result<(), Broken> {
    let mut request = agent.get(&query.url);
    for (name, value) in &query.headers {
        request = request.header(name, value);
    }
    let mut response = request.call().map_err(|error| Broken {
        is_unreachable: is_unreachable(&error),
        reason: reason(error),
    })?;
    let headers = response.headers().iter();
    let head = Head::new(
        response.status().as_u16(),
        headers.map(|(name, value)| (name.as_str(), value.as_bytes())),
    );
    if teller.tell(Event::Head(head)) {
        // What limits there are is looked after by the one who listens.
        let body = response.body_mut().with_config().limit(u64::MAX).reader();
        pass_on(body, teller)?;
    }
    Ok(())
}

/// A server that is a folder.
fn copy(path: &Path, teller: &Teller) -> Result<(), Broken> {
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    let (metadata, file) = match opened {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            teller.tell(Event::Head(Head::new(404, [])));
            return Ok(());
        }
        Err(error) => {
            return Err(Broken {
                reason: io_reason(&error),
                is_unreachable: false,
            });
        }
    };
    let length = metadata.len().to_string();
    let head = Head::new(200, [("content-length", length.as_bytes())]);
    match teller.tell(Event::Head(head)) {
        true => pass_on(file, teller),
        false => Ok(()),
    }
}

fn pass_on(mut body: impl Read, teller: &Teller) -> Result<(), Broken> {
    loop {
        let mut chunk = vec![0; CHUNK];
        let length = match body.read(&mut chunk) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => {
                return Err(Broken {
                    reason: io_reason(&error),
                    is_unreachable: false,
                });
            }
        };
        chunk.truncate(length);
        let event = match length {
            0 => Event::End,
            _ => Event::Chunk(chunk),
        };
        if !teller.tell(event) || length == 0 {
            return Ok(());
        }
    }
}

/// Whether the server did not even answer, so that it will not answer for other files either.
fn is_unreachable(error: &ureq::Error) -> bool {
    match error {
        // A connection that was kept for the next request may be closed by then.
        ureq::Error::Io(error) => !matches!(
            error.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
        ),
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Timeout(_)
        | ureq::Error::Tls(_)
        | ureq::Error::Rustls(_)
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::ConnectProxyFailed(_) => true,
        _ => false,
    }
}

fn reason(error: ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => io_reason(&error),
        ureq::Error::Timeout(_) => "it does not answer".into(),
        other => other.to_string(),
    }
}

/// What the host says, without its number, and in the way of other messages.
fn io_reason(error: &io::Error) -> String {
    let mut text = error.to_string();
    if let Some(number) = text.rfind(" (os error ") {
        text.truncate(number);
    }
    text
}
