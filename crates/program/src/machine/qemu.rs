use super::{Machine, Paused};
use crate::{Error, Result};
use spelunk_base::arch::Arch;
use spelunk_elf::FileData;
use spelunk_image::{Image, Vmcoreinfo};
use spelunk_live::qmp::{MemoryWay, QemuGuest, Stopped};
use spelunk_unwind::Registers;

/// A running guest of QEMU.
pub(crate) struct QemuMachine {
    guest: QemuGuest,
    /// What a user says that the kernel tells of itself.
    info: Option<Vmcoreinfo>,
    /// What QEMU's notes said when this was opened, if QEMU can write them.
    state: Option<Image>,
}

impl QemuMachine {
    pub(crate) fn new(guest: QemuGuest, info: Option<Vmcoreinfo>) -> Self {
        let state = state(&guest).ok();
        Self { guest, info, state }
    }

    /// The notes, as they were when this was opened.
    pub(crate) fn state(&self) -> Option<&Image> {
        self.state.as_ref()
    }
}

fn state(guest: &QemuGuest) -> Result<Image> {
    let bytes = guest.dump_state()?;
    Ok(Image::from_files(vec![FileData::from_bytes(
        "QEMU's notes",
        bytes,
    )])?)
}

impl Machine for QemuMachine {
    fn describe(&self) -> String {
        let way = match self.guest.memory_way() {
            MemoryWay::Process => "QEMU's own memory",
            MemoryWay::File => "files that QEMU writes",
            MemoryWay::Monitor => "QEMU's monitor, which is slow",
        };
        let name = self.guest.name().filter(|name| !name.is_empty());
        let name = name.map_or(String::new(), |name| format!(" {name}"));
        format!("a running guest of QEMU{name} (memory through {way})")
    }

    fn is_live(&self) -> bool {
        true
    }

    fn vmcoreinfo(&self) -> Option<Vmcoreinfo> {
        let told = || self.state()?.vmcoreinfo().cloned();
        self.info.clone().or_else(told)
    }

    fn control_registers(&self) -> Vec<[u64; 5]> {
        self.state()
            .map_or_else(Vec::new, Machine::control_registers)
    }

    fn cpu_registers(&self, cpu: u32, arch: &'static Arch) -> Result<Option<Registers>> {
        let state = state(&self.guest)
            .map_err(|error| error.context("asking QEMU for the registers of the CPUs"))?;
        // QEMU has a note of its own for each CPU of an x86 machine, and none for others; but their order is told.
        let status = usize::try_from(cpu)
            .ok()
            .and_then(|cpu| state.prstatus().nth(cpu));
        let order = state.byte_order();
        Ok(status.map(|status| Registers::parse(arch, &arch.prstatus, order, status)))
    }

    fn pause(&self) -> Result<Option<Box<dyn Paused + '_>>> {
        let stopped = self.guest.stop().map_err(Error::from)?;
        Ok(Some(Box::new(stopped)))
    }
}

impl Paused for Stopped<'_> {}
