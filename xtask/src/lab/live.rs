//! A guest that debugs its own kernel through `/proc/kcore`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Lab;
use super::boot::Boot;
use super::catalogue::DumpSpec;
use super::guest::Guest;
use super::libraries::Libraries;
use crate::command::{capture, run_quietly, tool};
use crate::venv::Venv;

/// What the guest says when the script has ended, with its status.
const ENDED: &str = "LAB: live ended with ";
const TIMEOUT: Duration = Duration::from_secs(900);

/// Runs a script under Spelunk in a guest, whose `/dev/vde` is the debug file of its kernel. Fails if the
/// script does.
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
    let (results, root) = (folder.join("results"), folder.join("root"));
    fs::create_dir(&results)?;
    boot.prepare(&folder.join("lab-load"), &results, 64)?;
    make_root(spelunk, script, &root)?;
    boot.make_disk("root", 512, &["mkfs.ext4", "-q", "-F", "-d"], Some(&root))?;
    let console = folder.join("console.log");
    let disks = [("root", boot.disk("root")), ("vmlinux", kernel.vmlinux())];
    let disks = disks.each_ref().map(|(name, file)| (*name, file.as_path()));
    let mut guest = Guest::start(&mut boot.qemu(&disks), &console, &folder.join("qemu.log"))?;
    guest.wait_for(ENDED, TIMEOUT)?;
    let console = fs::read(&console)?;
    let console = String::from_utf8_lossy(&console);
    let status = console
        .split_once(ENDED)
        .map(|(_, rest)| rest.lines().next());
    if status != Some(Some("0")) {
        bail!("the script failed in the guest:\n{console}");
    }
    Ok(())
}

/// Where the interpreter is, its standard library and Spelunk's package.
const ASK: &str = "\
import os, spelunk, sys, sysconfig
print(os.path.realpath(sys.executable))
print(os.path.realpath(sysconfig.get_path('stdlib')))
print(os.path.dirname(spelunk.__file__))
";

/// Parts of the standard library that nothing here uses, and they are large.
const LEFT_OUT: &[&str] = &[
    "test",
    "site-packages",
    "dist-packages",
    "idlelib",
    "ensurepip",
    "__pycache__",
    "tkinter",
    "lib2to3",
];

/// Makes a file system with Python and Spelunk in it: all at the places that it has on the host, the
/// script and Spelunk's package at the root.
fn make_root(spelunk: &Venv, script: &Path, root: &Path) -> Result<()> {
    let said = capture(spelunk.command("python").args(["-c", ASK]))?;
    let paths: Vec<PathBuf> = said.lines().map(PathBuf::from).collect();
    let [executable, library, package] = paths.as_slice() else {
        bail!("python says {said:?}");
    };
    for folder in ["dev", "proc", "sys", "tmp"] {
        fs::create_dir_all(root.join(folder))?;
    }
    copy(executable, &in_root(root, executable)?)?;
    copy_folder(library, &in_root(root, library)?)?;
    copy_folder(package, &root.join("spelunk"))?;
    copy(script, &root.join("live.py"))?;
    fs::create_dir_all(root.join("bin"))?;
    std::os::unix::fs::symlink(executable, root.join("bin/python"))?;
    let mut programs = vec![executable.clone()];
    programs.extend(shared_objects(&library.join("lib-dynload"))?);
    programs.extend(shared_objects(package)?);
    // Modules of the standard library that lack theirs cannot be imported on the host either.
    for library in Libraries::of(&programs)?.found {
        copy(&library, &in_root(root, &library)?)?;
    }
    // Its own debugging information is not looked at.
    let native = shared_objects(&root.join("spelunk"))?;
    run_quietly(tool("strip").args(native))
}

/// The shared objects in a folder.
fn shared_objects(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "so") {
            found.push(path);
        }
    }
    Ok(found)
}

fn in_root(root: &Path, path: &Path) -> Result<PathBuf> {
    Ok(root.join(path.strip_prefix("/")?))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| from.display().to_string())?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let left_out = name.to_str().is_some_and(|name| LEFT_OUT.contains(&name));
        if path.is_file() {
            copy(&path, &to.join(name))?;
        } else if path.is_dir() && !left_out {
            copy_folder(&path, &to.join(name))?;
        }
    }
    Ok(())
}
