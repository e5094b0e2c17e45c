//! Dumps.

use super::Machine;
use crate::{Error, Result};
use spelunk_base::arch::Arch;
use spelunk_base::{ByteOrder, Cancel, Progress};
use spelunk_image::{Image, Vmcoreinfo};
use spelunk_memory::Memory;
use spelunk_unwind::Registers;

impl Machine for Image {
    fn describe(&self) -> String {
        self.format().to_string()
    }

    fn vmcoreinfo(&self) -> Option<Vmcoreinfo> {
        self.vmcoreinfo().cloned()
    }

    fn scan_for_vmcoreinfo(
        &self,
        _: &Memory,
        _: ByteOrder,
        cancel: &Cancel,
        progress: &dyn Progress,
    ) -> Result<Option<Vmcoreinfo>> {
        self.scan_for_vmcoreinfo(cancel, progress)
            .map_err(Error::from)
    }

    fn phys_base(&self) -> Option<u64> {
        self.phys_base()
    }

    fn control_registers(&self) -> Vec<[u64; 5]> {
        self.qemu_cpus().map(|cpu| cpu.control).collect()
    }

    /// QEMU writes notes for all CPUs, in the order of their numbers, which it counts from 1 in place of the thread's
    /// ID. Notes of its own it adds on x86 only.
    fn cpu_registers(&self, cpu: u32, arch: &'static Arch) -> Result<Option<Registers>> {
        let is_number = |(status, number): (&[u8], u64)| {
            arch.find_prstatus_pid(status, self.byte_order()) == Some(number)
        };
        let is_by_qemu =
            self.qemu_cpus().next().is_some() || self.prstatus().zip(1..).all(is_number);
        let status = usize::try_from(cpu)
            .ok()
            .and_then(|cpu| self.prstatus().nth(cpu));
        Ok(status
            .filter(|_| is_by_qemu)
            .map(|status| Registers::parse(arch, &arch.prstatus, self.byte_order(), status)))
    }

    fn statuses(&self) -> Vec<&[u8]> {
        self.prstatus().collect()
    }
}
