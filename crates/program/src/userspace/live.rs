//! What `/proc` says of a running process.

use super::auxv::AuxVector;
use super::mapping::{Mapping, Mappings};
use super::source::Source;
use super::thread_local;
use crate::os::HostFile;
use crate::{Error, Result, StackCopy};
use spelunk_base::arch::{Arch, RegisterLayout};
use spelunk_live::{MapEntry, Process, RegisterSets};
use spelunk_unwind::Registers;
use std::ffi::OsStr;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What is copied of a stack at most, from its top on: far more than most have, and still a small part of
/// a millisecond.
const MAX_STACK_COPY: u64 = 1 << 20;
/// What functions may use beyond the top of the stack (psABI for x86-64, "The Stack Frame").
const RED_ZONE: u64 = 128;

/// A running process.
pub(super) struct LiveProcess(pub(super) Process);

impl LiveProcess {
    fn find_entry(&self, address: u64) -> Option<MapEntry> {
        let mut entries = self.0.maps().ok()?.into_iter();
        entries.find(|entry| entry.range.contains(&address))
    }

    /// Copies the stack on whose top `registers` are, if one of `entries` is that.
    fn copy_stack(&self, entries: &[MapEntry], registers: &Registers) -> Option<StackCopy> {
        let top = registers.sp()?;
        let mut entries = entries.iter();
        let range = &entries.find(|entry| entry.range.contains(&top))?.range;
        let start = top.saturating_sub(RED_ZONE).max(range.start);
        let size = range.end.saturating_sub(start).min(MAX_STACK_COPY);
        let mut bytes = vec![0; usize::try_from(size).ok()?];
        self.0.memory().read(start, &mut bytes).ok()?;
        Some(StackCopy::new(start, bytes))
    }
}

fn path(entry: &MapEntry) -> &Path {
    Path::new(OsStr::from_bytes(&entry.path))
}

impl Source for LiveProcess {
    fn describe(&self) -> String {
        let executable = self.executable().unwrap_or_default();
        format!("process {} ({})", self.0.pid(), executable.display())
    }

    fn is_live(&self) -> bool {
        true
    }

    fn mappings(&self) -> Result<Mappings> {
        let entries = self.0.maps()?;
        let of_files = entries.iter().filter(|entry| entry.inode != 0);
        let mapping = |entry: &MapEntry| Mapping {
            range: entry.range.clone(),
            offset: entry.offset,
            path: path(entry).to_owned(),
        };
        Ok(Mappings::new(of_files.map(mapping).collect()))
    }

    fn readable_ranges(&self) -> Option<Vec<Range<u64>>> {
        let entries = self.0.maps().ok()?;
        let readable = entries.iter().filter(|entry| entry.is_readable);
        Some(readable.map(|entry| entry.range.clone()).collect())
    }

    fn auxiliary_vector(&self) -> Result<AuxVector> {
        let bytes = self.0.auxiliary_vector()?;
        Ok(AuxVector::parse(&bytes, self.0.platform()))
    }

    fn executable(&self) -> Option<PathBuf> {
        self.0.executable().ok()
    }

    fn threads(&self) -> Result<Vec<u64>> {
        Ok(self.0.threads()?)
    }

    fn main_thread(&self) -> Option<u64> {
        Some(self.0.pid().into())
    }

    fn crashed_thread(&self) -> Result<u64> {
        Err(Error::unsupported(
            "crashed thread is only defined for core dumps",
        ))
    }

    fn thread_name(&self, tid: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.0.thread_name(tid)?)
    }

    fn registers(&self, tid: u64, arch: &'static Arch) -> Result<(Registers, Option<StackCopy>)> {
        let layout = RegisterLayout {
            offset: 0,
            ..arch.prstatus
        };
        let order = self.0.platform().byte_order;
        // Told before the thread stands still, which it shall not do for long.
        let entries = self.0.maps()?;
        let look = |sets: &RegisterSets| {
            let mut registers = Registers::parse(arch, &layout, order, &sets.general);
            thread_local::set_thread_area(&mut registers, order, &sets.thread_areas);
            let stack = self.copy_stack(&entries, &registers);
            (registers, stack)
        };
        self.0.with_registers(tid, look).map_err(|error| {
            Error::from(error).context(format!(
                "reading the registers of thread {tid}, which needs the right to trace it and no \
                 other debugger that does"
            ))
        })
    }

    fn files_at(&self, address: Option<u64>) -> Vec<HostFile> {
        let Some(address) = address else {
            return Vec::new();
        };
        let Some(entry) = self.find_entry(address).filter(|entry| entry.inode != 0) else {
            return Vec::new();
        };
        let mut paths = self.0.paths_of(&entry);
        if self.executable().is_some_and(|own| own == path(&entry)) {
            // For this one, nobody needs privileges.
            paths.push(self.0.executable_file());
        }
        let shown = path(&entry);
        let file = |open| HostFile {
            open,
            shown: shown.to_owned(),
        };
        paths.into_iter().map(file).collect()
    }
}
