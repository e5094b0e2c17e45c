//! What the notes of a core dump say.

use super::auxv::AuxVector;
use super::fill::Files;
use super::mapping::{Mapping, Mappings};
use super::signal;
use super::source::Source;
use super::thread_local;
use crate::os::HostFile;
use crate::{Error, Module, Result, StackCopy};
use spelunk_base::Platform;
use spelunk_base::arch::Arch;
use spelunk_image::{FileMapping, Image};
use spelunk_unwind::Registers;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Arc;

/// The core dump of a process.
pub(super) struct CoreDump {
    pub(super) image: Arc<Image>,
    pub(super) platform: Platform,
    pub(super) mappings: Mappings,
    pub(super) files: Files,
}

/// The mappings that the dump tells of.
pub(super) fn mappings(image: &Image) -> Mappings {
    let mapping = |mapping: FileMapping| Mapping {
        range: mapping.start..mapping.end,
        offset: mapping.offset,
        path: PathBuf::from(OsStr::from_bytes(&mapping.path)),
    };
    Mappings::new(image.file_mappings().into_iter().map(mapping).collect())
}

impl Source for CoreDump {
    fn describe(&self) -> String {
        let mut text = String::from("process");
        if let Some(info) = self.image.process_info() {
            let name = String::from_utf8_lossy(&info.name).into_owned();
            text += &format!(" {} ({name})", info.pid);
        }
        if let Some(reason) = self.crash_reason() {
            text += &format!(", ended by {reason}");
        }
        text
    }

    fn crash_reason(&self) -> Option<String> {
        let signal = self.image.signal().filter(|signal| signal.number > 0)?;
        let name = signal::name(signal.number);
        let name = name.map_or_else(|| format!("signal {}", signal.number), str::to_owned);
        Some(match signal.address {
            Some(address) => format!("{name} at {address:#x}"),
            None => name,
        })
    }

    fn is_live(&self) -> bool {
        false
    }

    fn mappings(&self) -> Result<Mappings> {
        Ok(self.mappings.clone())
    }

    fn auxiliary_vector(&self) -> Result<AuxVector> {
        let bytes = self.image.auxiliary_vector();
        let vector = bytes.map(|bytes| AuxVector::parse(bytes, self.platform));
        Ok(vector.unwrap_or_default())
    }

    fn executable(&self) -> Option<PathBuf> {
        None
    }

    fn threads(&self) -> Result<Vec<u64>> {
        let mut tids: Vec<u64> = Vec::new();
        for status in self.image.thread_statuses() {
            tids.push(status.tid.into());
        }
        Ok(tids)
    }

    fn main_thread(&self) -> Option<u64> {
        let pid = u64::from(self.image.process_info()?.pid);
        let mut statuses = self.image.thread_statuses();
        statuses
            .any(|status| u64::from(status.tid) == pid)
            .then_some(pid)
    }

    fn crashed_thread(&self) -> Result<u64> {
        // Whoever dumps core writes its own note first.
        let status = self.image.thread_statuses().next();
        let status = status.ok_or_else(|| Error::lookup("crashed thread not found"))?;
        Ok(status.tid.into())
    }

    fn thread_name(&self, tid: u64) -> Result<Option<Vec<u8>>> {
        // The dump has one name only: that of the thread whose ID is the process's.
        let info = self.image.process_info();
        let info = info.filter(|info| u64::from(info.pid) == tid);
        Ok(info.map(|info| info.name.into()))
    }

    fn registers(&self, tid: u64, arch: &'static Arch) -> Result<(Registers, Option<StackCopy>)> {
        let mut statuses = self.image.thread_statuses();
        let status = statuses
            .find(|status| u64::from(status.tid) == tid)
            .ok_or_else(|| {
                Error::lookup(format!("the dump has no registers of the thread {tid}"))
            })?;
        let order = self.platform.byte_order;
        let mut registers = Registers::parse(arch, &arch.prstatus, order, status.desc);
        let areas = status.thread_areas().unwrap_or_default();
        thread_local::set_thread_area(&mut registers, order, areas);
        Ok((registers, None))
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
