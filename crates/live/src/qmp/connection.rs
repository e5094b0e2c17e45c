use crate::socket::Stream;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use serde_json::{Value, json};
use std::io::{self, IoSlice, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long QEMU may take for a command, events in between included.
const PATIENCE: Duration = Duration::from_secs(20);
/// No answer to what is asked here is as long.
const MAX_MESSAGE: usize = 32 << 20;

/// A connection to QEMU: one JSON object a line in each direction.
pub(crate) struct Connection(Mutex<Inner>);

struct Inner {
    stream: Stream,
    /// What came and was not looked at yet.
    pending: Vec<u8>,
    /// An answer was not waited for, so that nothing that comes later can be told from it.
    is_lost: bool,
}

impl Connection {
    /// Takes QEMU's greeting and turns commands on.
    pub(crate) fn new(stream: Stream) -> io::Result<Self> {
        let mut inner = Inner {
            stream,
            pending: Vec::new(),
            is_lost: false,
        };
        let greeting = inner.message(Instant::now() + PATIENCE)?;
        if greeting.get("QMP").is_none() {
            return Err(wrong("it does not greet as QEMU does"));
        }
        inner.execute("qmp_capabilities", &json!({}), None)?;
        Ok(Self(Mutex::new(inner)))
    }

    /// Runs a command and returns its result.
    pub(crate) fn execute(&self, command: &str, arguments: &Value) -> io::Result<Value> {
        self.lock().execute(command, arguments, None)
    }

    /// The same, with a descriptor that QEMU gets along with it. Only Unix sockets can do that.
    pub(crate) fn execute_with(
        &self,
        command: &str,
        arguments: &Value,
        descriptor: BorrowedFd<'_>,
    ) -> io::Result<Value> {
        self.lock().execute(command, arguments, Some(descriptor))
    }

    /// Runs a command of the human monitor and returns what it prints.
    pub(crate) fn monitor(&self, command: &str) -> io::Result<String> {
        let arguments = json!({ "command-line": command });
        match self.execute("human-monitor-command", &arguments)? {
            Value::String(text) => Ok(text),
            _ => Err(wrong("the monitor's answer is no text")),
        }
    }

    /// What `look` sees of the stream.
    pub(crate) fn with_stream<T>(&self, look: impl FnOnce(&Stream) -> T) -> T {
        look(&self.lock().stream)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn execute(
        &mut self,
        command: &str,
        arguments: &Value,
        descriptor: Option<BorrowedFd<'_>>,
    ) -> io::Result<Value> {
        if self.is_lost {
            return Err(wrong("an earlier command was not answered in time"));
        }
        self.is_lost = true;
        let deadline = Instant::now() + PATIENCE;
        let mut request = json!({ "execute": command, "arguments": arguments }).to_string();
        request.push('\n');
        self.stream.set_timeout(PATIENCE)?;
        match (descriptor, &self.stream) {
            (Some(descriptor), Stream::Unix(stream)) => {
                send_with(stream, request.as_bytes(), descriptor)?;
            }
            _ => self.stream.write_all(request.as_bytes())?,
        }
        loop {
            let mut message = self.message(deadline)?;
            if let Some(error) = message.get("error") {
                self.is_lost = false;
                let reason = error.get("desc").and_then(Value::as_str);
                return Err(io::Error::other(format!(
                    "QEMU refuses {command}: {}",
                    reason.unwrap_or("it does not say why")
                )));
            }
            if let Some(value) = message.get_mut("return") {
                self.is_lost = false;
                return Ok(value.take());
            }
            // An event: nothing here waits for one.
        }
    }

    /// The next message.
    fn message(&mut self, deadline: Instant) -> io::Result<Value> {
        let mut searched = 0;
        loop {
            let rest = self.pending.get(searched..).unwrap_or_default();
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self
                    .pending
                    .drain(..=searched.saturating_add(end))
                    .collect();
                return serde_json::from_slice(&line)
                    .map_err(|error| wrong(&format!("a message is no JSON: {error}")));
            }
            searched = self.pending.len();
            if searched > MAX_MESSAGE {
                return Err(wrong("a message has no end"));
            }
            let mut bytes = [0; 16 << 10];
            let count = self.stream.receive(&mut bytes, deadline).map_err(explain)?;
            self.pending.extend(bytes.iter().take(count));
        }
    }
}

/// Sends `bytes` along with a descriptor.
fn send_with(stream: &UnixStream, bytes: &[u8], descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let descriptors = [descriptor];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    let parts = [IoSlice::new(bytes)];
    let sent = rustix::net::sendmsg(stream.as_fd(), &parts, &mut control, SendFlags::NOSIGNAL)?;
    let mut stream = stream;
    stream.write_all(bytes.get(sent..).unwrap_or_default())
}

/// Says why nothing was received.
fn explain(error: io::Error) -> io::Error {
    let reason = match error.kind() {
        io::ErrorKind::TimedOut => {
            "QEMU does not answer; another client may be connected, or QEMU is stopped"
        }
        io::ErrorKind::UnexpectedEof => "QEMU closed the connection",
        _ => return error,
    };
    io::Error::new(error.kind(), reason)
}

pub(super) fn wrong(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("this is no QEMU monitor: {what}"),
    )
}
