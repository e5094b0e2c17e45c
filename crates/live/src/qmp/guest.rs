use super::connection::Connection;
use super::memory::{MonitorMemory, SavedMemory};
use super::peer;
use crate::memory::ProcessMemory;
use crate::private_folder::PrivateFolder;
use crate::qemu_monitor::{RamRange, parse_flat_view, parse_host_address, smallest_dump};
use crate::socket::{SocketAddress, Stream};
use serde_json::{Value, json};
use spelunk_memory::{Segment, SegmentReader};
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::sync::Arc;

/// A way to the memory of a guest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemoryWay {
    /// Where QEMU has it in its own memory, which takes the right to trace QEMU.
    Process,
    /// QEMU writes it to a file that it was given, which takes a Unix socket.
    File,
    /// QEMU prints it.
    Monitor,
}

impl MemoryWay {
    /// All ways, the fastest first.
    pub const ALL: &'static [Self] = &[Self::Process, Self::File, Self::Monitor];
}

/// A running guest of QEMU.
pub struct QemuGuest {
    connection: Arc<Connection>,
    ranges: Vec<RamRange>,
    segments: Vec<Segment>,
    way: MemoryWay,
}

impl QemuGuest {
    /// The guest of the QEMU that listens at `address`; its memory is read by the first of `ways` that works.
    ///
    /// # Errors
    ///
    /// The host's; if who answers is no QEMU; if none of the ways works.
    pub fn connect(address: &SocketAddress, ways: &[MemoryWay]) -> io::Result<Self> {
        let connection = Arc::new(Connection::new(address.connect()?)?);
        let ranges = parse_flat_view(&connection.monitor("info mtree -f")?);
        if ranges.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "QEMU tells of no memory in its answer to \"info mtree -f\"",
            ));
        }
        let mut failure = io::Error::other("no way to the guest's memory was asked for");
        for way in ways {
            match segments(&connection, &ranges, *way) {
                Ok(segments) => {
                    return Ok(Self {
                        connection,
                        ranges,
                        segments,
                        way: *way,
                    });
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// The physical memory.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// How the memory is read.
    #[must_use]
    pub fn memory_way(&self) -> MemoryWay {
        self.way
    }

    /// The name that QEMU was given for the guest, if it was.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let answer = self.connection.execute("query-name", &json!({})).ok()?;
        Some(answer.get("name")?.as_str()?.to_owned())
    }

    /// A dump by QEMU (ELF) of next to no memory: what matters are the notes, which have the registers of all CPUs and,
    /// if QEMU was told where it is, VMCOREINFO. The guest stands still for some milliseconds.
    ///
    /// # Errors
    ///
    /// The host's; QEMU's, if it cannot dump this kind of guest.
    pub fn dump_state(&self) -> io::Result<Vec<u8>> {
        let (start, size) = smallest_dump(&self.ranges);
        let is_unix = self
            .connection
            .with_stream(|stream| matches!(stream, Stream::Unix(_)));
        let dump = |protocol: &str| {
            let arguments = json!({
                "paging": false, "protocol": protocol, "format": "elf", "begin": start, "length": size,
            });
            self.connection.execute("dump-guest-memory", &arguments)
        };
        let mut bytes = Vec::new();
        if is_unix {
            let flags = rustix::fs::MemfdFlags::CLOEXEC;
            let file = rustix::fs::memfd_create("guest state", flags)?;
            let name = json!({ "fdname": "spelunk" });
            self.connection.execute_with("getfd", &name, file.as_fd())?;
            dump("fd:spelunk")?;
            let mut file = File::from(file);
            file.rewind()?;
            file.read_to_end(&mut bytes)?;
        } else {
            let folder = PrivateFolder::new()?;
            let path = folder.path().join("state");
            dump(&format!("file:{}", path.display()))?;
            bytes = fs::read(&path)?;
        }
        Ok(bytes)
    }

    /// Stops the guest until the result is dropped, unless it stands still anyway.
    ///
    /// # Errors
    ///
    /// If QEMU does not answer.
    pub fn stop(&self) -> io::Result<Stopped<'_>> {
        let status = self.connection.execute("query-status", &json!({}))?;
        let runs = status.get("running").and_then(Value::as_bool) == Some(true);
        if runs {
            self.connection.execute("stop", &json!({}))?;
        }
        Ok(Stopped(runs.then_some(self)))
    }
}

/// A guest that stands still until this is dropped.
pub struct Stopped<'a>(Option<&'a QemuGuest>);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        if let Some(guest) = self.0 {
            // If QEMU is gone, so is the guest.
            let _ = guest.connection.execute("cont", &json!({}));
        }
    }
}

/// The memory in `ranges`, read in this way.
fn segments(
    connection: &Arc<Connection>,
    ranges: &[RamRange],
    way: MemoryWay,
) -> io::Result<Vec<Segment>> {
    let monitor = Arc::new(MonitorMemory(Arc::clone(connection)));
    let physical = |reader: Arc<dyn SegmentReader>| {
        let segment = |range: &RamRange| {
            Segment::new(range.start, range.size(), range.start, Arc::clone(&reader))
        };
        Ok(ranges.iter().filter_map(segment).collect())
    };
    match way {
        MemoryWay::Monitor => physical(monitor),
        MemoryWay::File => {
            let saved = SavedMemory::new(connection)?;
            // Fails where QEMU may not open the file again.
            let mut byte = [0];
            let start = ranges.first().map_or(0, |range| range.start);
            saved
                .read(start, &mut byte)
                .map_err(|_| io::Error::other("QEMU cannot write to a file that it was given"))?;
            physical(Arc::new(saved))
        }
        MemoryWay::Process => of_process(connection, ranges, &monitor),
    }
}

fn of_process(
    connection: &Arc<Connection>,
    ranges: &[RamRange],
    monitor: &MonitorMemory,
) -> io::Result<Vec<Segment>> {
    let pid = connection.with_stream(peer::find_process);
    let pid = pid.ok_or_else(|| io::Error::other("QEMU is no process of this machine"))?;
    let memory = Arc::new(ProcessMemory(File::open(format!("/proc/{pid}/mem"))?));
    let mut segments = Vec::new();
    for range in ranges {
        let said = connection.monitor(&format!("gpa2hva {:#x}", range.start))?;
        let Some(host) = parse_host_address(&said) else {
            continue;
        };
        let reader = Arc::clone(&memory) as Arc<dyn SegmentReader>;
        segments.extend(Segment::new(range.start, range.size(), host, reader));
    }
    if segments.is_empty() || !is_same(&segments, monitor) {
        return Err(io::Error::other(
            "the process that opened the socket has not the guest's memory",
        ));
    }
    Ok(segments)
}

/// Whether both ways lead to the same bytes. Who opened a socket need not be who answers: libvirt opens them for QEMU.
fn is_same(segments: &[Segment], monitor: &MonitorMemory) -> bool {
    /// Places to look at: the guest runs on, and may change some of them meanwhile.
    const PLACES: u64 = 8;
    const WORDS: usize = 64;
    let same = segments.iter().flat_map(|segment| {
        let step = (segment.last.wrapping_sub(segment.start) / PLACES) & !0xfff;
        (0..PLACES).map(move |place| (segment, place.wrapping_mul(step)))
    });
    let equal = same.filter(|(segment, offset)| {
        let mut bytes = [0; WORDS * 8];
        let read = segment
            .reader
            .read(segment.offset.wrapping_add(*offset), &mut bytes);
        let said = monitor.words(segment.start.wrapping_add(*offset), WORDS);
        read.is_ok() && said.is_ok_and(|said| said == bytes)
    });
    // Most places, if not all; of another process's memory next to none.
    equal.count() as u64 > PLACES / 2
}
