use super::connection::{Connection, Deadline, wrong};
use super::description::TargetDescription;
use super::packet::parse_hex;
use crate::private_folder::PrivateFolder;
use crate::qemu_monitor::{RamRange, parse_flat_view, smallest_dump};
use crate::socket::SocketAddress;
use spelunk_memory::{FaultKind, SegmentFault, SegmentReader};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a server debugs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GdbServerKind {
    /// A guest of QEMU: memory is physical, threads are CPUs.
    Qemu,
    /// A process: gdbserver, rr.
    Process,
    /// Something else without a system below: KGDB.
    Bare,
}

/// A thread, as the server calls it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThreadId(String);

impl ThreadId {
    /// Its number; negative ones are those of CPUs in KGDB.
    #[must_use]
    pub fn number(&self) -> i64 {
        // Of `pPROCESS.THREAD` the thread counts.
        let thread = self.0.rsplit('.').next().unwrap_or(&self.0);
        let (sign, digits) = match thread.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, thread),
        };
        let number = u64::from_str_radix(digits, 16).unwrap_or(0);
        // KGDB tells negative ones as words of 32 bits.
        let number = match u32::try_from(number) {
            Ok(word) => i64::from(word.cast_signed()),
            Err(_) => number.cast_signed(),
        };
        number.wrapping_mul(sign)
    }
}

/// A server of gdb's remote protocol. What it debugs goes on when this is dropped.
pub struct GdbServer {
    connection: Mutex<Connection>,
    kind: GdbServerKind,
    description: TargetDescription,
    /// What the server understands, by its own word.
    features: Vec<String>,
    /// How many bytes of memory fit into an answer.
    piece: usize,
}

/// Limits of what is believed of a server's lists and files.
const MAX_THREADS: usize = 1 << 20;
const MAX_FILE: usize = 16 << 20;
const MAX_DESCRIPTIONS: usize = 64;

impl GdbServer {
    /// The server at `address`.
    ///
    /// # Errors
    ///
    /// The host's; if who answers does not speak the protocol.
    pub fn connect(address: &SocketAddress) -> io::Result<Arc<Self>> {
        let mut connection = Connection::new(address.connect()?)?;
        let answer = connection.request(b"qSupported:xmlRegisters=i386;swbreak+;hwbreak+")?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let features: Vec<String> = answer.split(';').map(str::to_owned).collect();
        let has = |feature: &str| features.iter().any(|known| known == feature);
        if has("QStartNoAckMode+") && connection.request(b"QStartNoAckMode")? == b"OK" {
            connection.without_acknowledgements();
        }
        let stopped = connection.request(b"?")?;
        if !matches!(stopped.first(), Some(b'S' | b'T')) {
            return Err(match stopped.first() {
                Some(b'W' | b'X') => io::Error::other("what the server debugs has ended"),
                _ => wrong("it does not say why its target stands still"),
            });
        }
        let kind = if connection.request(b"Qqemu.PhyMemMode:1")? == b"OK" {
            GdbServerKind::Qemu
        } else if has("qXfer:auxv:read+") {
            GdbServerKind::Process
        } else {
            GdbServerKind::Bare
        };
        let size = features
            .iter()
            .find_map(|feature| feature.strip_prefix("PacketSize="))
            .and_then(|size| usize::from_str_radix(size, 16).ok())
            .unwrap_or(400);
        let mut server = Self {
            connection: Mutex::new(connection),
            kind,
            description: TargetDescription::default(),
            features,
            // Two digits for each byte, and what is around an answer.
            piece: (size.clamp(64, 1 << 20) - 16) / 2,
        };
        if server.has("qXfer:features:read+") {
            server.description = server.read_description()?;
        }
        Ok(Arc::new(server))
    }

    /// What the server debugs.
    #[must_use]
    pub fn kind(&self) -> GdbServerKind {
        self.kind
    }

    /// The registers that the server tells of.
    #[must_use]
    pub fn description(&self) -> &TargetDescription {
        &self.description
    }

    fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|known| known == feature)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn read_description(&self) -> io::Result<TargetDescription> {
        let mut description = TargetDescription::default();
        let mut files = vec!["target.xml".to_owned()];
        let mut next = 0;
        while let Some(file) = files.get(next).filter(|_| next < MAX_DESCRIPTIONS) {
            let bytes = self.read_object("features", file)?;
            description.add(&String::from_utf8_lossy(&bytes));
            for included in std::mem::take(&mut description.includes) {
                if !files.contains(&included) {
                    files.push(included);
                }
            }
            next += 1;
        }
        Ok(description)
    }

    /// One of the server's special objects as a whole (`qXfer`): `auxv`, `exec-file`, `features`.
    ///
    /// # Errors
    ///
    /// The host's; if the server does not have it.
    pub fn read_object(&self, object: &str, annex: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut connection = self.lock();
        let deadline = Deadline::new();
        loop {
            deadline.check()?;
            let (offset, size) = (bytes.len(), self.piece);
            let request = format!("qXfer:{object}:read:{annex}:{offset:x},{size:x}");
            let answer = connection.request(request.as_bytes())?;
            let (more, data) = match answer.split_first() {
                Some((b'm', data)) if !data.is_empty() => (true, data),
                Some((b'l', data)) => (false, data),
                _ => return Err(refused(&format!("\"{object}\""), &answer)),
            };
            bytes.extend_from_slice(data);
            if !more {
                return Ok(bytes);
            }
            if bytes.len() > MAX_FILE {
                return Err(wrong("one of its objects has no end"));
            }
        }
    }

    /// A file of the machine that the server runs on (`vFile`).
    ///
    /// # Errors
    ///
    /// The host's; the server's, if it has no such file, or gives none.
    pub fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        let digits: String = path.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut connection = self.lock();
        let answer = connection.request(format!("vFile:open:{digits},0,0").as_bytes())?;
        let (number, _) = file_answer(&answer).ok_or_else(|| refused(path, &answer))?;
        let mut bytes = Vec::new();
        let deadline = Deadline::new();
        let result = loop {
            deadline.check()?;
            let (offset, size) = (bytes.len(), self.piece);
            let request = format!("vFile:pread:{number:x},{size:x},{offset:x}");
            let answer = connection.request(request.as_bytes())?;
            match file_answer(&answer) {
                Some((0, _)) => break Ok(bytes),
                Some((_, data)) if !data.is_empty() && bytes.len() < MAX_FILE => {
                    bytes.extend_from_slice(data);
                }
                _ => break Err(refused(path, &answer)),
            }
        };
        connection.request(format!("vFile:close:{number:x}").as_bytes())?;
        result
    }

    /// The memory of QEMU's guest; nothing if it does not tell.
    ///
    /// # Errors
    ///
    /// The host's.
    pub fn ram_ranges(&self) -> io::Result<Vec<RamRange>> {
        let text = self.lock().monitor("info mtree -f")?;
        Ok(parse_flat_view(&text.unwrap_or_default()))
    }

    /// A dump by QEMU (ELF) of next to no memory: what matters are the notes. QEMU's monitor writes it to a file, which
    /// is there if QEMU runs on this machine and may write it.
    ///
    /// # Errors
    ///
    /// The host's, if the file is not there.
    pub fn dump_state(&self, ranges: &[RamRange]) -> io::Result<Vec<u8>> {
        let folder = PrivateFolder::new()?;
        let path = folder.path().join("state");
        let (start, size) = smallest_dump(ranges);
        let command = format!("dump-guest-memory {} {start:#x} {size:#x}", path.display());
        self.lock().monitor(&command)?;
        std::fs::read(path)
    }

    /// All threads, or all CPUs.
    ///
    /// # Errors
    ///
    /// The host's; if the server has no list.
    pub fn threads(&self) -> io::Result<Vec<ThreadId>> {
        let mut threads = Vec::new();
        let mut connection = self.lock();
        let mut answer = connection.request(b"qfThreadInfo")?;
        let deadline = Deadline::new();
        loop {
            deadline.check()?;
            match answer.split_first() {
                Some((b'm', list)) if threads.len() < MAX_THREADS => {
                    let list = String::from_utf8_lossy(list);
                    threads.extend(list.split(',').map(|id| ThreadId(id.to_owned())));
                }
                Some((b'l', _)) => return Ok(threads),
                _ => return Err(refused("a list of threads", &answer)),
            }
            answer = connection.request(b"qsThreadInfo")?;
        }
    }

    /// What the server says of a thread, such as its name.
    ///
    /// # Errors
    ///
    /// The host's.
    pub fn thread_text(&self, thread: &ThreadId) -> io::Result<Option<Vec<u8>>> {
        let request = format!("qThreadExtraInfo,{}", thread.0);
        let answer = self.lock().request(request.as_bytes())?;
        Ok(parse_hex(&answer).filter(|text| !text.is_empty()))
    }

    /// The registers of a thread: what the answer to `g` is, in hexadecimal digits.
    ///
    /// # Errors
    ///
    /// The host's; if the server does not tell them.
    pub fn registers(&self, thread: &ThreadId) -> io::Result<Vec<u8>> {
        let mut connection = self.lock();
        let chosen = connection.request(format!("Hg{}", thread.0).as_bytes())?;
        if chosen != b"OK" {
            return Err(refused("the thread", &chosen));
        }
        let answer = connection.request(b"g")?;
        match answer.first() {
            // A register that begins with 0xEx would look like an error, but errors have three bytes.
            Some(b'E') if answer.len() == 3 => Err(refused("registers", &answer)),
            None => Err(refused("registers", &answer)),
            _ => Ok(answer),
        }
    }

    fn read_piece(&self, address: u64, buf: &mut [u8]) -> io::Result<usize> {
        let request = format!("m{address:x},{:x}", buf.len());
        let answer = self.lock().request(request.as_bytes())?;
        let bytes = match parse_hex(&answer) {
            Some(bytes) if bytes.len() <= buf.len() => bytes,
            _ => return Err(refused("memory", &answer)),
        };
        for (to, from) in buf.iter_mut().zip(&bytes) {
            *to = *from;
        }
        Ok(bytes.len())
    }
}

/// Offsets are addresses: physical ones of QEMU's guest, else virtual ones.
impl SegmentReader for GdbServer {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let mut done = 0usize;
        while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let size = rest.len().min(self.piece);
            let address = offset.wrapping_add(done as u64);
            let (piece, _) = rest.split_at_mut(size);
            // Fewer bytes than asked for come before memory that is not there.
            let kind = match self.read_piece(address, piece) {
                Ok(count) if count > 0 => {
                    done = done.saturating_add(count);
                    continue;
                }
                Ok(_) => FaultKind::NotReadable,
                Err(error) => match error.kind() {
                    io::ErrorKind::Other => FaultKind::NotReadable,
                    io::ErrorKind::TimedOut => FaultKind::Device(libc::ETIMEDOUT),
                    _ => FaultKind::Device(error.raw_os_error().unwrap_or(libc::ECONNRESET)),
                },
            };
            return Err(SegmentFault {
                offset: address,
                kind,
            });
        }
        Ok(())
    }
}

impl Drop for GdbServer {
    fn drop(&mut self) {
        // Whether it arrives or not, there is nothing left to do.
        let _ = self.lock().request(b"D");
    }
}

/// `F RESULT [, ERRNO] [; DATA]`: the result, if it is no failure, and the data.
fn file_answer(answer: &[u8]) -> Option<(u64, &[u8])> {
    let answer = answer.strip_prefix(b"F")?;
    let end = answer.iter().position(|byte| b",;".contains(byte));
    let (number, rest) = answer.split_at_checked(end.unwrap_or(answer.len()))?;
    let number = u64::from_str_radix(std::str::from_utf8(number).ok()?, 16).ok()?;
    Some((number, rest.strip_prefix(b";").unwrap_or_default()))
}

fn refused(what: &str, answer: &[u8]) -> io::Error {
    let answer = String::from_utf8_lossy(answer.get(..40).unwrap_or(answer)).into_owned();
    io::Error::other(match answer.is_empty() {
        true => format!("the server does not know how to give {what}"),
        false => format!("the server does not give {what} ({answer})"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_have_numbers() {
        let number = |text: &str| ThreadId(text.into()).number();
        assert_eq!(number("1a"), 26);
        assert_eq!(number("p2.ff"), 255);
        assert_eq!(number("-1"), -1);
        assert_eq!(number("fffffffe"), -2);
        assert_eq!(number("x"), 0);
    }

    #[test]
    fn answers_about_files_are_understood() {
        assert_eq!(file_answer(b"F5"), Some((5, &b""[..])));
        assert_eq!(file_answer(b"F3;a;b"), Some((3, &b"a;b"[..])));
        assert_eq!(file_answer(b"F-1,2"), None);
        assert_eq!(file_answer(b""), None);
    }
}
