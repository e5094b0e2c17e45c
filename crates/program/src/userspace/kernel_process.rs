//! What the structures of a kernel say of a process that it runs.

use super::auxv::AuxVector;
use super::fill::Files;
use super::mapping::{Mapping, Mappings};
use super::source::Source;
use crate::os::HostFile;
use crate::{Error, Module, Result, StackCopy, UserProcess, UserThread};
use spelunk_base::arch::Arch;
use spelunk_unwind::Registers;
use std::ops::Range;
use std::path::PathBuf;

/// A process of a kernel that is looked at.
pub(super) struct KernelProcess {
    pub(super) process: UserProcess,
    pub(super) mappings: Mappings,
    pub(super) files: Files,
}

/// The files that are mapped.
pub(super) fn mappings(process: &UserProcess) -> Mappings {
    let mapped = process.areas.iter().filter_map(|area| {
        let (path, offset) = area.file.clone()?;
        Some(Mapping {
            range: area.range.clone(),
            offset,
            path,
        })
    });
    Mappings::new(mapped.collect())
}

impl KernelProcess {
    fn find(&self, tid: u64) -> Option<&UserThread> {
        let mut threads = self.process.threads.iter();
        threads.find(|thread| thread.tid == tid)
    }
}

impl Source for KernelProcess {
    fn describe(&self) -> String {
        let pid = self.process.pid;
        let name = self
            .find(pid)
            .map(|main| String::from_utf8_lossy(&main.name));
        format!("process {pid} ({}) of a kernel", name.unwrap_or_default())
    }

    fn is_live(&self) -> bool {
        self.process.is_live
    }

    fn is_local(&self) -> bool {
        false
    }

    fn trusts_paths(&self) -> bool {
        false
    }

    fn mappings(&self) -> Result<Mappings> {
        Ok(self.mappings.clone())
    }

    fn auxiliary_vector(&self) -> Result<AuxVector> {
        let UserProcess {
            auxiliary_vector,
            platform,
            ..
        } = &self.process;
        Ok(AuxVector::parse(auxiliary_vector, *platform))
    }

    fn executable(&self) -> Option<PathBuf> {
        None
    }

    fn threads(&self) -> Result<Vec<u64>> {
        let threads = self.process.threads.iter();
        Ok(threads.map(|thread| thread.tid).collect())
    }

    fn main_thread(&self) -> Option<u64> {
        Some(self.find(self.process.pid)?.tid)
    }

    fn crashed_thread(&self) -> Result<u64> {
        let crashed = self.process.crashed;
        crashed.ok_or_else(|| Error::lookup("the kernel did not crash in a thread of this process"))
    }

    fn thread_name(&self, tid: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.find(tid).map(|thread| thread.name.clone()))
    }

    fn registers(&self, tid: u64, _: &'static Arch) -> Result<(Registers, Option<StackCopy>)> {
        let thread = self.find(tid);
        let thread =
            thread.ok_or_else(|| Error::lookup(format!("thread with ID {tid} not found")))?;
        match &thread.registers {
            Ok(registers) => Ok((registers.clone(), None)),
            Err(reason) => Err(Error::lookup(reason.clone())),
        }
    }

    fn readable_ranges(&self) -> Option<Vec<Range<u64>>> {
        let areas = self.process.areas.iter();
        let readable = areas.filter(|area| area.is_readable);
        Some(readable.map(|area| area.range.clone()).collect())
    }

    fn files_at(&self, address: Option<u64>) -> Vec<HostFile> {
        self.mappings.host_files(address)
    }

    fn has_loaded_file(&self, module: &Module) {
        if let Some(file) = module.loaded_file() {
            self.files.offer(file.debug().elf());
        }
    }
}
