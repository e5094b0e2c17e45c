//! Connections to servers: over Unix sockets, over TCP, or open already.

use crate::duplicate_descriptor;
use rustix::net::AddressFamily;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::RawFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a server may take to accept a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Room for a path in `struct sockaddr_un`, without the NUL: unix(7).
const MAX_UNIX_PATH: usize = 107;

/// Where something listens, or a connection that is there already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SocketAddress {
    /// The path of a Unix socket.
    Unix(PathBuf),
    /// A host, by name or number, and a port.
    Tcp {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// The number of an open descriptor of this process. It stays the caller's.
    Descriptor(RawFd),
}

impl SocketAddress {
    /// `HOST:PORT`, where the host may be empty (this machine) or in brackets (IPv6), or else a path.
    ///
    /// No host begins with `/` or `.`, so that a path with a colon can be told from one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::parse_tcp(text).unwrap_or_else(|| Self::Unix(text.into()))
    }

    /// `HOST:PORT`; `None` if it is something else.
    #[must_use]
    pub fn parse_tcp(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        if host.starts_with(['/', '.']) || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let host = if host.is_empty() { "localhost" } else { host };
        Some(Self::Tcp {
            host: host.to_owned(),
            port,
        })
    }

    /// Connects.
    pub(crate) fn connect(&self) -> io::Result<Stream> {
        match self {
            Self::Unix(path) if path.as_os_str().len() > MAX_UNIX_PATH => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "Unix socket path is too long",
            )),
            Self::Unix(path) => UnixStream::connect(path)
                .map(Stream::Unix)
                .map_err(|error| named(&path.display().to_string(), &error)),
            Self::Tcp { host, port } => connect_tcp(host, *port).map(Stream::Tcp),
            Self::Descriptor(number) => {
                let owned = duplicate_descriptor(*number)?;
                let address = rustix::net::getsockname(&owned)?;
                Ok(match address.address_family() {
                    AddressFamily::UNIX => Stream::Unix(UnixStream::from(owned)),
                    _ => Stream::Tcp(TcpStream::from(owned)),
                })
            }
        }
    }
}

/// Connects to the first of the host's addresses that accepts.
fn connect_tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let addresses = (host, port).to_socket_addrs().map_err(|error| {
        // What the resolver says has no number, and does not name the host.
        io::Error::other(format!("{host}:{port}: {error}"))
    })?;
    let mut failure = io::Error::new(
        io::ErrorKind::NotFound,
        format!("{host}:{port}: the host has no address"),
    );
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                // Requests are small and wait for answers.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => failure = named(&format!("{host}:{port}"), &error),
        }
    }
    Err(failure)
}

/// The error, with where it happened.
fn named(place: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{place}: {error}"))
}

/// A byte stream to a server.
pub(crate) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Stream {
    /// Limits how long a read or write waits.
    pub(crate) fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        // Zero would mean none.
        let timeout = Some(timeout.max(Duration::from_millis(1)));
        match self {
            Self::Unix(stream) => stream
                .set_read_timeout(timeout)
                .and_then(|()| stream.set_write_timeout(timeout)),
            Self::Tcp(stream) => stream
                .set_read_timeout(timeout)
                .and_then(|()| stream.set_write_timeout(timeout)),
        }
    }

    /// Reads what comes, at least a byte.
    ///
    /// # Errors
    ///
    /// `TimedOut` if nothing came until the deadline, `UnexpectedEof` if nothing ever will.
    pub(crate) fn receive(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.set_timeout(left)?;
            match self.read(buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                received => return received,
            }
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(buf),
            Self::Tcp(stream) => stream.read(buf),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(buf),
            Self::Tcp(stream) => stream.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.flush(),
            Self::Tcp(stream) => stream.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_paths() {
        let tcp = |text| match SocketAddress::parse(text) {
            SocketAddress::Tcp { host, port } => Some((host, port)),
            _ => None,
        };
        assert_eq!(tcp("localhost:4444"), Some(("localhost".into(), 4444)));
        assert_eq!(tcp(":4444"), Some(("localhost".into(), 4444)));
        assert_eq!(tcp("[::1]:1"), Some(("::1".into(), 1)));
        for path in [
            "/a:1", "./a:1", "../a:1", "a", "a:", "a:0", "a:65536", "a:+1", "a:b", "",
        ] {
            assert_eq!(SocketAddress::parse(path), SocketAddress::Unix(path.into()));
        }
    }
}
