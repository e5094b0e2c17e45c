//! The machine that a kernel runs on, or ran on.

mod custom;
mod dump;
#[cfg(target_os = "linux")]
mod gdb;
#[cfg(target_os = "linux")]
mod kcore;
#[cfg(target_os = "linux")]
mod qemu;

pub(crate) use custom::CustomMachine;
#[cfg(target_os = "linux")]
pub(crate) use gdb::{GdbMachine, parse_registers, platform_of, vmcoreinfo_of};
#[cfg(target_os = "linux")]
pub(crate) use kcore::KcoreMachine;
#[cfg(target_os = "linux")]
pub(crate) use qemu::QemuMachine;

use crate::Result;
use spelunk_base::arch::Arch;
use spelunk_base::{ByteOrder, Cancel, Progress};
use spelunk_image::{ReadCost, Vmcoreinfo, scan_for_vmcoreinfo};
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

    /// What it is in reads of its memory that takes time.
    fn read_cost(&self) -> ReadCost {
        ReadCost::PerRead
    }

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
            memory,
            &ranges,
            self.read_cost(),
            order,
            cancel,
            progress,
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
