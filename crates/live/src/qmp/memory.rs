//! Ways to a guest's physical memory. Offsets are physical addresses, but of a process's memory, where they are the
//! process's.

use super::connection::{Connection, wrong};
use crate::qemu_monitor::parse_words;
use serde_json::{Value, json};
use spelunk_memory::{FaultKind, SegmentFault, SegmentReader};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

/// What is asked for at once.
const PIECE: usize = 1 << 20;

/// Memory that QEMU writes into a file of ours: `pmemsave`, where QEMU's own memory may not be read.
pub(super) struct SavedMemory {
    connection: Arc<Connection>,
    /// Lives in memory, and is QEMU's descriptor with the path below.
    file: Mutex<File>,
    path: String,
}

impl SavedMemory {
    /// Gives QEMU the file, if the connection can carry it.
    pub(super) fn new(connection: &Arc<Connection>) -> io::Result<Self> {
        let flags = rustix::fs::MemfdFlags::CLOEXEC;
        let file = rustix::fs::memfd_create("guest memory", flags)?;
        let answer = connection.execute_with("add-fd", &json!({}), file.as_fd())?;
        let number = answer.get("fd").and_then(Value::as_u64);
        let number = number.ok_or_else(|| wrong("add-fd gives no descriptor"))?;
        Ok(Self {
            connection: Arc::clone(connection),
            file: Mutex::new(File::from(file)),
            path: format!("/proc/self/fd/{number}"),
        })
    }

    fn read_piece(&self, address: u64, buf: &mut [u8]) -> io::Result<()> {
        // Nobody else may have it written between the two steps.
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let arguments = json!({ "val": address, "size": buf.len(), "filename": self.path });
        self.connection.execute("pmemsave", &arguments)?;
        file.read_exact_at(buf, 0)
    }
}

impl SegmentReader for SavedMemory {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let mut offset = offset;
        for piece in buf.chunks_mut(PIECE) {
            self.read_piece(offset, piece)
                .map_err(|error| fault(offset, &error))?;
            offset = offset.wrapping_add(piece.len() as u64);
        }
        Ok(())
    }
}

/// Memory as text, as the monitor prints it: over any connection, and slow.
pub(super) struct MonitorMemory(pub(super) Arc<Connection>);

/// Words that the monitor is asked to print at once: about 90 KB of text.
const WORDS: usize = 4096;

impl MonitorMemory {
    /// The words from `address` on.
    pub(super) fn words(&self, address: u64, count: usize) -> io::Result<Vec<u8>> {
        let text = self.0.monitor(&format!("xp /{count}gx {address:#x}"))?;
        let words = parse_words(&text);
        if words.len() != count {
            return Err(io::Error::from_raw_os_error(libc::EIO));
        }
        // QEMU prints what stands in memory as the guest's numbers.
        Ok(words.iter().flat_map(|word| word.to_le_bytes()).collect())
    }
}

impl SegmentReader for MonitorMemory {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let mut offset = offset;
        for piece in buf.chunks_mut(WORDS * 8) {
            let words = self
                .words(offset, piece.len().div_ceil(8))
                .map_err(|error| fault(offset, &error))?;
            for (to, from) in piece.iter_mut().zip(words) {
                *to = from;
            }
            offset = offset.wrapping_add(piece.len() as u64);
        }
        Ok(())
    }
}

fn fault(offset: u64, error: &io::Error) -> SegmentFault {
    SegmentFault {
        offset,
        kind: FaultKind::Device(match (error.raw_os_error(), error.kind()) {
            (Some(errno), _) => errno,
            (None, io::ErrorKind::TimedOut) => libc::ETIMEDOUT,
            (None, io::ErrorKind::UnexpectedEof) => libc::ECONNRESET,
            (None, _) => libc::EIO,
        }),
    }
}
