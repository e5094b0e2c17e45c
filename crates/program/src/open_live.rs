//! Opening what runs.

use crate::machine::{GdbMachine, KcoreMachine, QemuMachine, platform_of, vmcoreinfo_of};
use crate::open::already;
use crate::userspace::UserProgram;
use crate::{Error, Program, Result, System};
use spelunk_base::Platform;
use spelunk_elf::FileData;
use spelunk_image::Image;
use spelunk_live::gdb::{GdbServer, GdbServerKind};
use spelunk_live::qmp::{MemoryWay, QemuGuest};
use spelunk_live::{Process, RamRange, SocketAddress};
use spelunk_memory::{AddressSpace, Segment, SegmentReader, SnapshotReader};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The memory of the running kernel, as a core dump: proc_kcore(5).
const KCORE: &str = "/proc/kcore";

impl Program {
    /// Makes the program a running process of this machine. No debugging information is loaded.
    ///
    /// # Errors
    ///
    /// If the program is something already; the host's, if there is no such process or it may not be
    /// debugged.
    pub fn open_process(&self, pid: u32) -> Result<()> {
        if self.is_open() {
            return Err(already());
        }
        let process = Process::open(pid)?;
        let platform = self.platform().unwrap_or(process.platform());
        let os = UserProgram::live(process, platform, &self.memory);
        self.publish(None, Arc::new(os))?;
        self.platform.get_or_init(|| platform);
        Ok(())
    }

    /// Makes the program the kernel that runs this machine. `kcore` is `/proc/kcore`, if it is open already: whoever
    /// opens it needs `CAP_SYS_RAWIO`.
    ///
    /// # Errors
    ///
    /// The host's, if the file cannot be opened; if the program is something already, or no system knows the kernel.
    pub fn open_kernel(&self, kcore: Option<File>, systems: &[&dyn System]) -> Result<()> {
        if self.is_open() {
            return Err(already());
        }
        let file = match kcore {
            Some(file) => FileData::of_file(KCORE, file)?,
            None => FileData::open(Path::new(KCORE))?,
        };
        let mut image = Image::from_files(vec![file])?;
        if let Some(info) = self.vmcoreinfo.get() {
            image.set_vmcoreinfo(info.clone());
        }
        let machine = KcoreMachine::find(&image).ok_or_else(|| {
            Error::value(format!(
                "{KCORE} has no VMCOREINFO, as kernels before 4.19: give it to the program"
            ))
        })?;
        let platform = self.platform().or(image.platform());
        // Both spaces stand in the one file.
        let virtual_ = image.segments(AddressSpace::Virtual);
        let physical = image.segments(AddressSpace::Physical);
        let mut segments = SnapshotReader::wrap(&[virtual_, physical].concat());
        let physical = segments.split_off(virtual_.len());
        self.memory
            .segments(AddressSpace::Virtual)
            .add_all(segments);
        self.memory
            .segments(AddressSpace::Physical)
            .add_all(physical);
        self.open_machine(
            Arc::new(machine),
            platform.unwrap_or(Platform::host()),
            systems,
        )
    }

    /// Makes the program the kernel of the running guest of QEMU whose monitor (QMP) is at `address`.
    ///
    /// # Errors
    ///
    /// The host's, if there is no answer; QEMU's; if the program is something already, or no system knows the kernel.
    pub fn open_qemu(&self, address: &SocketAddress, systems: &[&dyn System]) -> Result<()> {
        self.open_qemu_by(address, MemoryWay::ALL, systems)
    }

    /// The same, reading memory by the first of `ways` that works.
    ///
    /// # Errors
    ///
    /// As [`open_qemu`](Self::open_qemu).
    pub fn open_qemu_by(
        &self,
        address: &SocketAddress,
        ways: &[MemoryWay],
        systems: &[&dyn System],
    ) -> Result<()> {
        if self.is_open() {
            return Err(already());
        }
        let guest = QemuGuest::connect(address, ways).map_err(of_argument)?;
        let segments = SnapshotReader::wrap(guest.segments());
        let machine = QemuMachine::new(guest, self.vmcoreinfo.get().cloned());
        let told = machine.state().and_then(Image::platform);
        let platform = self.platform().or(told).ok_or_else(|| {
            Error::value("QEMU does not tell the guest's machine; give the program a platform")
        })?;
        self.memory
            .segments(AddressSpace::Physical)
            .add_all(segments);
        self.open_machine(Arc::new(machine), platform, systems)
    }

    /// Makes the program what a server of gdb's remote protocol has: a guest's kernel, a process, or a kernel without
    /// one below it (KGDB; of that VMCOREINFO must be [given](Self::set_vmcoreinfo)).
    ///
    /// # Errors
    ///
    /// The host's, if there is no answer; the server's; if the program is something already, or no system knows the
    /// kernel.
    pub fn open_gdb(&self, address: &SocketAddress, systems: &[&dyn System]) -> Result<()> {
        if self.is_open() {
            return Err(already());
        }
        let server = GdbServer::connect(address).map_err(of_argument)?;
        let told = platform_of(&server);
        let platform = self.platform().or(told).ok_or_else(|| {
            Error::value(
                "the server does not tell its target's machine; give the program a platform",
            )
        })?;
        let memory = &self.memory;
        match server.kind() {
            GdbServerKind::Process => {
                let os = UserProgram::remote(server, platform, memory);
                self.publish(None, Arc::new(os))?;
                self.platform.get_or_init(|| platform);
                return Ok(());
            }
            GdbServerKind::Qemu => {
                let reader = Arc::clone(&server) as Arc<dyn SegmentReader>;
                let ranges = server.ram_ranges()?;
                let segment = |range: &RamRange| {
                    Segment::new(range.start, range.size(), range.start, Arc::clone(&reader))
                };
                let segments: Vec<Segment> = ranges.iter().filter_map(segment).collect();
                let segments = SnapshotReader::wrap(&segments);
                memory.segments(AddressSpace::Physical).add_all(segments);
            }
            GdbServerKind::Bare => {
                let reader = Arc::clone(&server) as Arc<dyn SegmentReader>;
                let reader = Arc::new(SnapshotReader::new(reader));
                let all = Segment::new(0, platform.address_mask(), 0, reader);
                memory.segments(AddressSpace::Virtual).add_all(all);
            }
        }
        let given = self.vmcoreinfo.get().cloned();
        let info = given.or_else(|| vmcoreinfo_of(&server));
        if server.kind() == GdbServerKind::Bare && info.is_none() {
            return Err(Error::value(
                "the server tells of no process and no physical memory, so that its kernel cannot be found: \
                 give the program the kernel's VMCOREINFO",
            ));
        }
        let machine = GdbMachine {
            server,
            info,
            platform,
        };
        self.open_machine(Arc::new(machine), platform, systems)
    }
}

/// An address that cannot be one is the caller's mistake, and not the host's.
fn of_argument(error: io::Error) -> Error {
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::InvalidInput, None) => Error::value(error.to_string()),
        _ => error.into(),
    }
}
