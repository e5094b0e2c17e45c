//! Making a dump: a kernel is booted, put to work, crashed and saved.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::catalogue::{DumpSpec, Scenario};
use super::convert::convert;
use super::guest::Guest;
use super::initramfs::Initramfs;
use super::kernel::Kernel;
use super::machine::Machine;
use super::{kyber, truth};
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
const CRASH_KERNEL_MODULES: &[&str] = &["virtio_pci", "virtio_blk"];
const CRASH_KERNEL_MEMORY: &str = "192M";
const TIMEOUT: Duration = Duration::from_secs(900);

/// Makes a dump in a folder: the dumps themselves (`vmcore.*`, `conv`, or `dumps` of a crash kernel),
/// `truth`, `console.log`, `qemu-state.txt`, and `lab-load`, the guest's user program.
pub(super) fn make(
    spec: &DumpSpec,
    kernel: &Kernel,
    module: Option<&Path>,
    guest_files: &Path,
    folder: &Path,
) -> Result<Value> {
    let work = folder.join("work");
    fs::create_dir(&work)?;
    let load = folder.join("lab-load");
    let machine = kernel.machine();
    let [compiler, options @ ..] = machine.compiler else {
        bail!("no compiler for {}", machine.name);
    };
    run_quietly(
        tool(compiler)
            .args(options)
            .args(["-static", "-O1", "-g", "-pthread", "-o"])
            .arg(&load)
            .arg(guest_files.join("lab-load.c")),
    )?;
    let results = results_tree(spec, kernel, guest_files, &work)?;
    let initrd = work.join("initrd");
    initramfs(spec, kernel, module, guest_files, &load)?.write(&initrd)?;
    // The raw copy of memory and up to five dumps of it; a sparse file.
    let results_mib = 512
        + if spec.scenario.has_crash_kernel() {
            spec.memory_mib * 6
        } else {
            0
        };
    make_disk(
        &work,
        "out",
        results_mib,
        &["mkfs.ext4", "-q", "-F", "-d"],
        Some(&results),
    )?;
    make_disk(&work, "ext4", 128, &["mkfs.ext4", "-q", "-F"], None)?;
    make_disk(&work, "btrfs", 512, &["mkfs.btrfs", "-q", "-f"], None)?;

    let append = command_line(spec, machine);
    let console = folder.join("console.log");
    let mut qemu = qemu(spec, kernel, &work, &console, &append);
    let seconds = drive(spec, &mut qemu, folder, &console)?;
    truth::extract(&work.join("out.img"), folder)?;
    fs::remove_dir_all(work)?;
    if spec.convert {
        convert(&folder.join("vmcore.elf"), &folder.join("conv"))?;
    }
    Ok(json!({
        "arch": machine.name,
        "release": kernel.release(),
        "scenario": spec.scenario.to_string(),
        "memory_mib": spec.memory_mib,
        "cpus": spec.cpus,
        "accel": "tcg",
        "append": append,
        "formats": spec.formats,
        "seconds": seconds,
    }))
}

/// What is on the results disk at the start: the crash kernel, where there is one.
fn results_tree(
    spec: &DumpSpec,
    kernel: &Kernel,
    guest_files: &Path,
    work: &Path,
) -> Result<PathBuf> {
    let tree = work.join("tree");
    fs::create_dir(&tree)?;
    if spec.scenario.has_crash_kernel() {
        let folder = tree.join("kdump");
        fs::create_dir(&folder)?;
        let mut initramfs = Initramfs::new(kernel, guest_files, "kdump-init.sh")?;
        initramfs.program("makedumpfile")?;
        initramfs.modules(kernel, CRASH_KERNEL_MODULES, None)?;
        initramfs.write(&folder.join("initrd"))?;
        fs::copy(kernel.image(), folder.join("vmlinuz"))?;
    }
    Ok(tree)
}

fn initramfs(
    spec: &DumpSpec,
    kernel: &Kernel,
    module: Option<&Path>,
    guest_files: &Path,
    load: &Path,
) -> Result<Initramfs> {
    let mut initramfs = Initramfs::new(kernel, guest_files, "init.sh")?;
    initramfs.copy("bin/lab-load", load)?;
    if spec.scenario.has_crash_kernel() {
        initramfs.program("kexec")?;
    }
    // The trace events of the good scheduler have the same names as those of the bad one.
    let wanted: Vec<&str> = MODULES
        .iter()
        .copied()
        .filter(|name| module.is_none() || *name != "kyber-iosched")
        .collect();
    initramfs.modules(kernel, &wanted, module.map(kyber::loadable).as_deref())?;
    Ok(initramfs)
}

fn make_disk(work: &Path, name: &str, mib: u32, mkfs: &[&str], tree: Option<&Path>) -> Result<()> {
    let image = work.join(format!("{name}.img"));
    fs::File::create(&image)?.set_len(u64::from(mib) << 20)?;
    let [program, options @ ..] = mkfs else {
        bail!("no program to make a file system");
    };
    run_quietly(tool(program).args(options).args(tree).arg(image))
}

fn command_line(spec: &DumpSpec, machine: &Machine) -> String {
    let mut words = vec![
        machine.append.to_owned(),
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

/// Always software emulation: it runs everywhere, and on CPUs of our choice.
fn qemu(spec: &DumpSpec, kernel: &Kernel, work: &Path, console: &Path, append: &str) -> Command {
    let machine = kernel.machine();
    let mut qemu = tool(machine.qemu);
    qemu.args(machine.qemu_options)
        .args(["-accel", "tcg", "-cpu", spec.cpu_model])
        .args(["-m", &spec.memory_mib.to_string()])
        .args(["-smp", &spec.cpus.to_string()])
        .args(["-no-reboot", "-display", "none", "-nodefaults"])
        .args(["-serial", &format!("file:{}", console.display())])
        .args(["-device", "vmcoreinfo"])
        .args(["-netdev", "user,id=n0,restrict=on"])
        .args(["-device", "virtio-net-pci,netdev=n0"])
        .arg("-kernel")
        .arg(kernel.image())
        .arg("-initrd")
        .arg(work.join("initrd"))
        .args(["-append", append]);
    for name in ["out", "ext4", "btrfs"] {
        let file = work.join(format!("{name}.img"));
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
    qemu
}

/// Runs the guest to its end. Returns how long each part took.
fn drive(
    spec: &DumpSpec,
    qemu: &mut Command,
    folder: &Path,
    console: &Path,
) -> Result<Map<String, Value>> {
    let mut seconds = Map::new();
    let mut note = |what: &str, took: f64| {
        seconds.insert(what.to_owned(), json!((took * 10.0).round() / 10.0));
    };
    let mut guest = Guest::start(qemu, console, &folder.join("qemu.log"))?;
    note("ready", guest.wait_for("LAB: ready", TIMEOUT)?);
    match spec.scenario {
        // A little later it sleeps.
        Scenario::Stop | Scenario::Crowd => sleep(Duration::from_secs(1)),
        Scenario::Panic | Scenario::Kyber => {
            note("crashed", guest.wait_for("end Kernel panic", TIMEOUT)?);
            // The other CPU may still be writing to the console.
            sleep(Duration::from_millis(500));
        }
        Scenario::Kdump | Scenario::KyberKdump => {
            note(
                "crashed",
                guest.wait_for("LAB: crash kernel is up", TIMEOUT)?,
            );
            note("saved", guest.wait_for("LAB: kdump finished", TIMEOUT)?);
        }
    }
    if !spec.formats.is_empty() {
        fs::write(folder.join("qemu-state.txt"), guest.stop()?)?;
        for format in spec.formats {
            note(&format!("dump {format}"), guest.dump(folder, format)?);
        }
    }
    Ok(seconds)
}
