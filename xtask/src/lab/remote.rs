//! A guest that is debugged from outside, over QMP and gdb's protocol.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::Lab;
use super::boot::Boot;
use super::catalogue::DumpSpec;
use super::guest::Guest;
use super::truth;
use crate::command::run;
use crate::venv::Venv;

const TIMEOUT: Duration = Duration::from_secs(900);

/// Runs a script under Spelunk, with what it needs as arguments: the sockets for QMP and for gdb's protocol, the
/// folder of the debug files, and a folder with `truth` and `lab-load`. The guest runs meanwhile.
pub(super) fn run_script(
    lab: &Lab,
    spec: &DumpSpec,
    spelunk: &Venv,
    script: &Path,
    folder: &Path,
) -> Result<()> {
    let kernel = lab.kernel(spec.kernel)?;
    let boot = Boot {
        spec,
        kernel: &kernel,
        module: None,
        guest_files: &lab.guest,
        work: folder,
    };
    let results = folder.join("results");
    fs::create_dir(&results)?;
    boot.prepare(&folder.join("lab-load"), &results, 64)?;
    let (console, log) = (folder.join("console.log"), folder.join("qemu.log"));
    let mut guest = Guest::start(&mut boot.qemu(&[]), &console, &log)?;
    guest.wait_for("LAB: ready", TIMEOUT)?;
    // The guest has let go of the disk.
    truth::extract(&boot.disk("out"), folder)?;
    run(spelunk
        .command("python")
        .arg(script)
        .arg(guest.sockets().qmp())
        .arg(guest.sockets().gdb())
        .arg(kernel.debug_folder())
        .arg(folder))
}
