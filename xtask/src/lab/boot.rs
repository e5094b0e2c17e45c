//! What a guest is booted from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::catalogue::{DumpSpec, Scenario};
use super::frames;
use super::initramfs::Initramfs;
use super::kernel::Kernel;
use super::kyber;
use crate::command::{run_quietly, tool};

/// What the guest loads, if this kernel has it as a module.
const MODULES: &[&str] = &[
    "crc32c_generic",
    "ext4",
    "virtio_pci",
    "virtio_blk",
    "virtio_net",
    "qemu_fw_cfg", // without it no VMCOREINFO note in QEMU's dumps
    "loop",
    "dm-mod",
    "null_blk nr_devices=1 gb=1 memory_backed=1",
    "brd",
    "btrfs",
    "xfs",
    "veth",
    "dummy",
    "overlay",
    "bfq",
    "kyber-iosched",
];
const CRASH_KERNEL_MEMORY: &str = "192M";

/// A guest that is to be booted.
#[derive(Clone, Copy)]
pub(super) struct Boot<'a> {
    pub(super) spec: &'a DumpSpec,
    pub(super) kernel: &'a Kernel,
    /// The folder of the Kyber module, if the guest has it.
    pub(super) module: Option<&'a Path>,
    /// `lab/guest` of the checkout.
    pub(super) guest_files: &'a Path,
    /// A folder for what it is booted from.
    pub(super) work: &'a Path,
}

impl Boot<'_> {
    /// Makes what every guest has: its file systems and its user program, which stays at `load`.
    /// `results` is on the disk for results at the start, which has so many MiB.
    pub(super) fn prepare(self, load: &Path, results: &Path, results_mib: u32) -> Result<()> {
        let machine = self.kernel.machine();
        let [compiler, options @ ..] = machine.compiler else {
            bail!("no compiler for {}", machine.name);
        };
        run_quietly(
            tool(compiler)
                .args(options)
                .args(["-static", "-O1", "-g", "-pthread", "-o"])
                .arg(load)
                .arg(self.guest_files.join("lab-load.c")),
        )?;
        self.initramfs(load)?.write(&self.work.join("initrd"))?;
        let ext4 = ["mkfs.ext4", "-q", "-F"];
        self.make_disk(
            "out",
            results_mib,
            &[&ext4[..], &["-d"]].concat(),
            Some(results),
        )?;
        self.make_disk("ext4", 128, &ext4, None)?;
        self.make_disk("btrfs", 512, &["mkfs.btrfs", "-q", "-f"], None)
    }

    fn initramfs(self, load: &Path) -> Result<Initramfs> {
        let mut initramfs = Initramfs::new(self.kernel, self.guest_files, "init.sh")?;
        initramfs.copy("bin/lab-load", load)?;
        if self.spec.scenario.has_crash_kernel() {
            initramfs.program("kexec")?;
        }
        // The trace events of the good scheduler have the same names as those of the bad one.
        let wanted: Vec<&str> = MODULES
            .iter()
            .copied()
            .filter(|name| self.module.is_none() || *name != "kyber-iosched")
            .collect();
        if self.spec.scenario == Scenario::Libraries {
            frames::add_programs(
                &mut initramfs,
                self.guest_files,
                load.with_file_name("libraries"),
            )?;
        }
        let own = self.module.map(kyber::loadable);
        initramfs.modules(self.kernel, &wanted, own.as_deref())?;
        Ok(initramfs)
    }

    /// Makes the file of a disk, with the files of a folder on it if `mkfs` is told of one.
    pub(super) fn make_disk(
        self,
        name: &str,
        mib: u32,
        mkfs: &[&str],
        folder: Option<&Path>,
    ) -> Result<()> {
        let image = self.disk(name);
        fs::File::create(&image)?.set_len(u64::from(mib) << 20)?;
        let [program, options @ ..] = mkfs else {
            bail!("no program to make a file system");
        };
        run_quietly(tool(program).args(options).args(folder).arg(image))
    }

    /// The file of a disk.
    pub(super) fn disk(self, name: &str) -> PathBuf {
        self.work.join(format!("{name}.img"))
    }

    pub(super) fn command_line(self) -> String {
        let Self { spec, kernel, .. } = self;
        let mut words = vec![
            kernel.machine().append.to_owned(),
            format!("lab.scenario={}", spec.scenario),
        ];
        if spec.scenario.has_crash_kernel() {
            words.push(format!("crashkernel={CRASH_KERNEL_MEMORY}"));
        }
        if spec.scenario.is_kyber() {
            // preempt=full lets the task move between the two lookups. With red zones an access out of the
            // bounds of a 128 byte object reads the same each time.
            words.push("preempt=full slub_debug=FZU,kmalloc-128 nmi_watchdog=0".to_owned());
        }
        words.push(spec.append.to_owned());
        words.join(" ").trim_end().to_owned()
    }

    /// Always software emulation: it runs everywhere, and on CPUs of our choice. `more` are files of
    /// the host that are disks of the guest, behind those that every guest has.
    pub(super) fn qemu(self, more: &[(&str, &Path)]) -> Command {
        let Self { spec, kernel, .. } = self;
        let machine = kernel.machine();
        let mut qemu = tool(machine.qemu);
        qemu.args(machine.qemu_options)
            .args(["-accel", "tcg", "-cpu", spec.cpu_model])
            .args(["-m", &spec.memory_mib.to_string()])
            .args(["-smp", &spec.cpus.to_string()])
            .args(["-no-reboot", "-display", "none", "-nodefaults"])
            .args(["-device", "vmcoreinfo"])
            .args(["-netdev", "user,id=n0,restrict=on"])
            .args(["-device", "virtio-net-pci,netdev=n0"])
            .arg("-kernel")
            .arg(kernel.image())
            .arg("-initrd")
            .arg(self.work.join("initrd"))
            .args(["-append", &self.command_line()]);
        for name in ["out", "ext4", "btrfs"] {
            let file = self.disk(name);
            let drive = format!(
                "file={},format=raw,if=none,id={name},cache=unsafe",
                file.display()
            );
            let mut device = format!("virtio-blk-pci,drive={name},serial={name}");
            if spec.scenario.is_kyber() && name == "btrfs" {
                // Fewer queues than CPUs: CPUs 0 and 1 share one, the others have one each.
                device.push_str(&format!(",num-queues={}", spec.cpus - 1));
            }
            qemu.args(["-drive", &drive, "-device", &device]);
        }
        for (name, file) in more {
            let drive = format!(
                "file={},format=raw,if=none,id={name},readonly=on",
                file.display()
            );
            let device = format!("virtio-blk-pci,drive={name},serial={name}");
            qemu.args(["-drive", &drive, "-device", &device]);
        }
        qemu
    }
}
