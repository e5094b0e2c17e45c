//! What a server of gdb's remote protocol says of a process.

use super::auxv::AuxVector;
use super::mapping::{Mapping, Mappings};
use super::source::Source;
use crate::machine::parse_registers;
use crate::os::HostFile;
use crate::{Error, Result, StackCopy};
use spelunk_base::Platform;
use spelunk_base::arch::Arch;
use spelunk_live::gdb::{GdbServer, ThreadId};
use spelunk_live::{MapEntry, parse_maps};
use spelunk_unwind::Registers;
use std::ffi::OsStr;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Arc;

/// A process that stands still under a server.
pub(super) struct RemoteProcess {
    pub(super) server: Arc<GdbServer>,
    pub(super) platform: Platform,
}

impl RemoteProcess {
    fn pid(&self) -> Option<u64> {
        // The main thread comes first.
        let threads = self.server.threads().ok()?;
        u64::try_from(threads.first()?.number()).ok()
    }

    /// What is mapped where; nothing if the server gives no files.
    fn maps(&self) -> Vec<MapEntry> {
        let text = self
            .pid()
            .and_then(|pid| self.server.read_file(&format!("/proc/{pid}/maps")).ok());
        parse_maps(&text.unwrap_or_default()).collect()
    }

    fn find_thread(&self, tid: u64) -> Result<Option<ThreadId>> {
        let threads = self.server.threads()?;
        let is_wanted = |thread: &ThreadId| u64::try_from(thread.number()) == Ok(tid);
        Ok(threads.into_iter().find(is_wanted))
    }
}

fn path(entry: &MapEntry) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(&entry.path))
}

impl Source for RemoteProcess {
    fn describe(&self) -> String {
        let executable = self.executable().unwrap_or_default();
        let pid = self.pid().map_or(String::new(), |pid| format!(" {pid}"));
        format!("process{pid} ({}) under a gdb server", executable.display())
    }

    fn is_live(&self) -> bool {
        true
    }

    fn is_local(&self) -> bool {
        false
    }

    fn mappings(&self) -> Result<Mappings> {
        let entries = self.maps();
        let of_files = entries.iter().filter(|entry| entry.inode != 0);
        let mapping = |entry: &MapEntry| Mapping {
            range: entry.range.clone(),
            offset: entry.offset,
            path: path(entry),
        };
        Ok(Mappings::new(of_files.map(mapping).collect()))
    }

    fn readable_ranges(&self) -> Option<Vec<Range<u64>>> {
        let entries = self.maps();
        let readable = entries.iter().filter(|entry| entry.is_readable);
        Some(readable.map(|entry| entry.range.clone()).collect())
    }

    fn auxiliary_vector(&self) -> Result<AuxVector> {
        let bytes = self.server.read_object("auxv", "")?;
        Ok(AuxVector::parse(&bytes, self.platform))
    }

    fn executable(&self) -> Option<PathBuf> {
        let path = self.server.read_object("exec-file", "").ok()?;
        Some(PathBuf::from(OsStr::from_bytes(&path)))
    }

    fn threads(&self) -> Result<Vec<u64>> {
        let threads = self.server.threads()?;
        let tids = threads
            .iter()
            .filter_map(|thread| u64::try_from(thread.number()).ok());
        Ok(tids.collect())
    }

    fn main_thread(&self) -> Option<u64> {
        self.pid()
    }

    fn crashed_thread(&self) -> Result<u64> {
        Err(Error::unsupported(
            "crashed thread is only defined for core dumps",
        ))
    }

    fn thread_name(&self, tid: u64) -> Result<Option<Vec<u8>>> {
        let file = self
            .pid()
            .and_then(|pid| {
                let path = format!("/proc/{pid}/task/{tid}/comm");
                self.server.read_file(&path).ok()
            })
            .map(|mut name| {
                name.truncate(name.strip_suffix(b"\n").unwrap_or(&name).len());
                name
            });
        if file.is_some() {
            return Ok(file);
        }
        match self.find_thread(tid)? {
            Some(thread) => Ok(self.server.thread_text(&thread)?),
            None => Ok(None),
        }
    }

    fn registers(&self, tid: u64, arch: &'static Arch) -> Result<(Registers, Option<StackCopy>)> {
        let thread = self
            .find_thread(tid)?
            .ok_or_else(|| Error::lookup(format!("thread with ID {tid} not found")))?;
        let registers = parse_registers(&self.server, &thread, arch, self.platform.byte_order)?;
        Ok((registers, None))
    }

    /// A file of the same path on this machine may be another one: the search compares build IDs.
    fn files_at(&self, address: Option<u64>) -> Vec<HostFile> {
        let Some(address) = address else {
            return Vec::new();
        };
        let entries = self.maps();
        let mut entries = entries.iter().filter(|entry| entry.inode != 0);
        let entry = entries.find(|entry| entry.range.contains(&address));
        let file = |entry: &MapEntry| HostFile {
            open: path(entry),
            shown: path(entry),
        };
        entry.map(file).into_iter().collect()
    }
}
