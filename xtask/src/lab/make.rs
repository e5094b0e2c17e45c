//! Making a dump: a kernel is booted, put to work, crashed and saved.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::boot::Boot;
use super::catalogue::{DumpSpec, Scenario};
use super::convert::convert;
use super::guest::Guest;
use super::initramfs::Initramfs;
use super::kernel::Kernel;
use super::truth;

const CRASH_KERNEL_MODULES: &[&str] = &["virtio_pci", "virtio_blk"];
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
    let results = results_tree(spec, kernel, guest_files, &work)?;
    // The raw copy of memory and up to five dumps of it; a sparse file.
    let results_mib = 512
        + if spec.scenario.has_crash_kernel() {
            spec.memory_mib * 6
        } else {
            0
        };
    let boot = Boot {
        spec,
        kernel,
        module,
        guest_files,
        work: &work,
    };
    boot.prepare(&folder.join("lab-load"), &results, results_mib)?;
    let console = folder.join("console.log");
    let mut qemu = boot.qemu(&[]);
    let seconds = drive(spec, &mut qemu, folder, &console)?;
    truth::extract(&boot.disk("out"), folder)?;
    let append = boot.command_line();
    fs::remove_dir_all(&work)?;
    if spec.convert {
        convert(&folder.join("vmcore.elf"), &folder.join("conv"))?;
    }
    Ok(json!({
        "arch": kernel.machine().name,
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
        Scenario::Stop | Scenario::Libraries | Scenario::Crowd | Scenario::Live => {
            sleep(Duration::from_secs(1))
        }
        Scenario::Panic | Scenario::Kyber | Scenario::Interrupt => {
            if spec.scenario == Scenario::Interrupt {
                sleep(Duration::from_secs(1));
                guest.send_sysrq('c')?;
            }
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
