//! The machine that a kernel runs on, or ran on.

use crate::{Error, Result};
use spelunk_base::arch::Arch;
use spelunk_base::{ByteOrder, Cancel, Progress};
use spelunk_image::{Image, Vmcoreinfo, scan_for_vmcoreinfo};
use spelunk_memory::{AddressSpace, Memory};
use spelunk_unwind::Registers;

/// What there is to know of a machine beside its memory: what a dump, a hypervisor or the kernel itself tells.
///
/// Called from many threads, never with a lock held. All that is not known is left out.
pub trait Machine: Send + Sync {
    /// What it is, in a line.
    fn describe(&self) -> String;

    /// Whether it runs.
    fn is_live(&self) -> bool {
        false
    }

    /// Whether it is the machine that this program runs on.
    fn is_local(&self) -> bool {
        false
    }

    /// Whether its memory, as it is given, answers for all of the kernel's virtual addresses, so that no page table is
    /// needed for them.
    fn has_virtual_memory(&self) -> bool {
        false
    }

    /// Whether more memory may be added later, so that what cannot be read yet is no reason for doubt.
    fn is_memory_given_later(&self) -> bool {
        false
    }

    /// What the kernel tells of itself, where that is known without a search.
    fn vmcoreinfo(&self) -> Option<Vmcoreinfo>;

    /// Searches physical memory for what the kernel tells of itself.
    ///
    /// # Errors
    ///
    /// If the search was asked to stop.
    fn scan_for_vmcoreinfo(
        &self,
        memory: &Memory,
        order: ByteOrder,
        cancel: &Cancel,
        progress: &dyn Progress,
    ) -> Result<Option<Vmcoreinfo>> {
        let segments = memory.segments(AddressSpace::Physical).segments();
        let ranges = segments.iter().map(|segment| (segment.start, segment.last));
        let ranges: Vec<(u64, u64)> = ranges.collect();
        Ok(scan_for_vmcoreinfo(
            memory, &ranges, order, cancel, progress,
        )?)
    }

    /// The physical address that the kernel's image was moved by, where it is told beside VMCOREINFO.
    fn phys_base(&self) -> Option<u64> {
        None
    }

    /// The control registers 0 to 4 of x86's CPUs, in the order of their numbers.
    fn control_registers(&self) -> Vec<[u64; 5]> {
        Vec::new()
    }

    /// The registers of the CPU with this number, where CPUs are known by their numbers.
    ///
    /// # Errors
    ///
    /// If they should be known, but the machine does not tell them.
    fn cpu_registers(&self, cpu: u32, arch: &'static Arch) -> Result<Option<Registers>> {
        let _ = (cpu, arch);
        Ok(None)
    }

    /// The descriptors of `NT_PRSTATUS` notes, in order: of the CPUs that wrote one.
    fn statuses(&self) -> Vec<&[u8]> {
        Vec::new()
    }

    /// Makes it stand still until the result is dropped, if it runs and can be stopped.
    ///
    /// # Errors
    ///
    /// If it does not answer.
    fn pause(&self) -> Result<Option<Box<dyn Paused + '_>>> {
        Ok(None)
    }
}

/// A machine that stands still until this is dropped.
pub trait Paused {}

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

    /// QEMU writes notes for all CPUs, in the order of their numbers.
    fn cpu_registers(&self, cpu: u32, arch: &'static Arch) -> Result<Option<Registers>> {
        let is_by_qemu = self.qemu_cpus().next().is_some();
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

/// A machine of which a user gives the memory.
pub(crate) struct CustomMachine {
    pub(crate) info: Vmcoreinfo,
    pub(crate) is_live: bool,
}

impl Machine for CustomMachine {
    fn describe(&self) -> String {
        "custom memory".to_owned()
    }

    fn is_live(&self) -> bool {
        self.is_live
    }

    fn is_memory_given_later(&self) -> bool {
        true
    }

    fn vmcoreinfo(&self) -> Option<Vmcoreinfo> {
        Some(self.info.clone())
    }
}
