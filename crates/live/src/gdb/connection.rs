use super::packet::{Packet, PacketReader, parse_hex, write_packet};
use crate::socket::Stream;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How long a server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a damaged packet is asked for again.
const TRIES: u32 = 3;
/// What a command of a monitor may print.
const MAX_TEXT: usize = 32 << 20;

/// The end of what may take many requests: a server that answers each could go on for ever.
pub(super) struct Deadline(Instant);

impl Deadline {
    pub(super) fn new() -> Self {
        Self(Instant::now() + 3 * PATIENCE)
    }

    pub(super) fn check(&self) -> io::Result<()> {
        match Instant::now() > self.0 {
            true => Err(explain(io::ErrorKind::TimedOut.into())),
            false => Ok(()),
        }
    }
}

/// A connection to a server: a request, then its answer.
pub(super) struct Connection {
    stream: Stream,
    reader: PacketReader,
    /// Whether both sides say that packets arrived.
    acknowledges: bool,
    /// An answer was not waited for, so that nothing that comes later can be told from it.
    is_lost: bool,
}

impl Connection {
    pub(super) fn new(stream: Stream) -> io::Result<Self> {
        let mut connection = Self {
            stream,
            reader: PacketReader::default(),
            acknowledges: true,
            is_lost: false,
        };
        connection.stream.set_timeout(PATIENCE)?;
        connection.stream.write_all(b"+")?;
        Ok(connection)
    }

    /// Stops saying that packets arrived, once the server agreed to it.
    pub(super) fn without_acknowledgements(&mut self) {
        self.acknowledges = false;
    }

    /// Sends `data` and returns the answer, which is empty where the server does not understand.
    pub(super) fn request(&mut self, data: &[u8]) -> io::Result<Vec<u8>> {
        let deadline = Instant::now() + PATIENCE;
        self.send(data)?;
        let answer = self.answer(data, deadline)?;
        self.is_lost = false;
        Ok(answer)
    }

    /// Has the server's own monitor run `command`, and returns what it prints; `None` if it has no monitor.
    pub(super) fn monitor(&mut self, command: &str) -> io::Result<Option<String>> {
        let deadline = Instant::now() + PATIENCE;
        let digits: String = command.bytes().map(|byte| format!("{byte:02x}")).collect();
        let request = format!("qRcmd,{digits}").into_bytes();
        self.send(&request)?;
        let mut text = Vec::new();
        loop {
            let answer = self.answer(&request, deadline)?;
            match answer.split_first() {
                // Printed while the command runs. "OK" begins with the same letter.
                Some((b'O', digits)) if answer != b"OK" => {
                    text.extend(parse_hex(digits).unwrap_or_default());
                    if text.len() > MAX_TEXT {
                        return Err(wrong("a command of the monitor prints without end"));
                    }
                }
                Some((b'E', _)) | None => {
                    self.is_lost = false;
                    return Ok(None);
                }
                _ => {
                    self.is_lost = false;
                    if answer != b"OK" {
                        text.extend(parse_hex(&answer).unwrap_or_default());
                    }
                    return Ok(Some(String::from_utf8_lossy(&text).into_owned()));
                }
            }
        }
    }

    /// Sends what has no answer that anybody waits for.
    pub(super) fn send(&mut self, data: &[u8]) -> io::Result<()> {
        if self.is_lost {
            return Err(wrong("an earlier request was not answered in time"));
        }
        self.is_lost = true;
        self.stream.set_timeout(PATIENCE)?;
        self.stream.write_all(&write_packet(data))
    }

    /// The next packet with data.
    fn answer(&mut self, request: &[u8], deadline: Instant) -> io::Result<Vec<u8>> {
        let mut tries = 0;
        loop {
            match self.packet(deadline)? {
                Packet::Ack => {}
                Packet::Data(data) => {
                    if self.acknowledges {
                        self.stream.write_all(b"+")?;
                    }
                    if request == b"?" || !is_stop(&data) {
                        return Ok(data);
                    }
                }
                damaged if tries >= TRIES || !self.acknowledges => {
                    let what = match damaged {
                        Packet::Nack => "it does not get what is sent",
                        _ => "its packets are damaged",
                    };
                    return Err(wrong(what));
                }
                Packet::Nack => {
                    tries += 1;
                    self.stream.write_all(&write_packet(request))?;
                }
                Packet::Damaged => {
                    tries += 1;
                    self.stream.write_all(b"-")?;
                }
            }
        }
    }

    fn packet(&mut self, deadline: Instant) -> io::Result<Packet> {
        loop {
            if let Some(packet) = self.reader.next() {
                return Ok(packet);
            }
            let mut bytes = [0; 16 << 10];
            let count = self.stream.receive(&mut bytes, deadline).map_err(explain)?;
            self.reader.push(bytes.get(..count).unwrap_or_default());
        }
    }
}

/// Whether `data` says that the target stopped. QEMU says so without being asked, when it stops a guest because somebody
/// connected.
fn is_stop(data: &[u8]) -> bool {
    matches!(data, [b'S' | b'T', signal @ ..] if signal.get(..2).is_some_and(|digits| parse_hex(digits).is_some()))
}

/// Says why nothing was received.
fn explain(error: io::Error) -> io::Error {
    let reason = match error.kind() {
        io::ErrorKind::TimedOut => "the server does not answer; another debugger may be connected",
        io::ErrorKind::UnexpectedEof => "the server closed the connection",
        _ => return error,
    };
    io::Error::new(error.kind(), reason)
}

pub(super) fn wrong(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("this is no server of gdb's remote protocol: {what}"),
    )
}
