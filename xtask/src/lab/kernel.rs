//! A kernel: its packages, unpacked into a folder.

use std::cmp::Ordering;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::apt::Apt;
use super::catalogue::KernelSpec;
use super::folder;
use super::machine::Machine;
use crate::command::{run_quietly, tool};

/// A tree of unpacked kernel packages.
pub(crate) struct Kernel {
    root: PathBuf,
    release: String,
    machine: &'static Machine,
}

impl Kernel {
    pub(super) fn open(root: PathBuf, spec: &KernelSpec) -> Result<Self> {
        let release = folder::info(&root)?
            .get("release")
            .and_then(Value::as_str)
            .context("info.json of a kernel has no release")?
            .to_owned();
        Ok(Self {
            root,
            release,
            machine: spec.machine,
        })
    }

    /// What it runs on.
    pub(super) fn machine(&self) -> &'static Machine {
        self.machine
    }

    /// A busybox that runs on it, where the host's does not.
    pub(super) fn busybox(&self) -> Option<PathBuf> {
        (!self.machine.is_host()).then(|| self.root.join("bin/busybox"))
    }

    /// As `uname -r` says it.
    pub(crate) fn release(&self) -> &str {
        &self.release
    }

    /// The bootable image.
    pub(super) fn image(&self) -> PathBuf {
        self.root
            .join("boot")
            .join(format!("vmlinuz-{}", self.release))
    }

    /// The modules as they are loaded.
    pub(super) fn modules(&self) -> PathBuf {
        self.root.join("lib/modules").join(&self.release)
    }

    /// The kernel's debug file.
    pub(crate) fn vmlinux(&self) -> PathBuf {
        self.debug_folder().join("vmlinux")
    }

    /// The folder of the debug files of the kernel and its modules.
    pub(crate) fn debug_folder(&self) -> PathBuf {
        let modules = self.root.join("usr/lib/debug/lib/modules");
        modules.join(&self.release)
    }

    /// What modules are built against: the headers of this flavour, and those all flavours share.
    pub(super) fn headers(&self) -> (PathBuf, PathBuf) {
        let sources = self.root.join("usr/src");
        let headers = sources.join(format!("linux-headers-{}", self.release));
        let version = self.release.trim_end_matches(self.machine.flavour);
        (
            headers,
            sources.join(format!("linux-headers-{version}common")),
        )
    }

    /// The archive of the source.
    pub(super) fn source(&self) -> PathBuf {
        let series: Vec<&str> = self.release.splitn(3, '.').take(2).collect();
        let name = format!("linux-source-{}.tar.xz", series.join("."));
        self.root.join("usr/src").join(name)
    }
}

/// Downloads the newest kernel of the series that has debug info, and unpacks it.
pub(super) fn fetch(spec: &KernelSpec, dir: &Path) -> Result<Value> {
    let downloads = dir.join("downloads");
    let apt = Apt::new(&downloads.join("apt"), spec.suite, spec.machine.name)?;
    let series = spec
        .series
        .map(|series| format!("{}\\.", series.replace('.', "\\.")))
        .unwrap_or_default();
    let flavour = spec.machine.flavour;
    let pattern = format!("^linux-image-{series}[0-9][^ -]*(-[0-9]+)?-{flavour}-dbg$");
    let release = apt
        .search(&pattern)?
        .iter()
        .filter_map(|name| name.strip_prefix("linux-image-")?.strip_suffix("-dbg"))
        .max_by(|a, b| compare_versions(a, b))
        .with_context(|| format!("{} has no package {pattern}", spec.suite))?
        .to_owned();
    let packages = packages(&apt, spec, &release)?;
    for package in apt.download(&downloads.join("packages"), &packages)? {
        run_quietly(tool("dpkg").arg("-x").arg(package).arg(dir))?;
    }
    fs::remove_dir_all(downloads)?;
    join_split_packages(dir, &release)?;
    let map = dir.join("boot").join(format!("System.map-{release}"));
    run_quietly(
        tool("depmod")
            .arg("-b")
            .arg(dir)
            .arg("-F")
            .arg(map)
            .arg(&release),
    )?;
    Ok(json!({ "release": release }))
}

fn packages(apt: &Apt, spec: &KernelSpec, release: &str) -> Result<Vec<String>> {
    // To a regular expression, a dot is also a dot; a plus is not a plus.
    let escaped = release.replace('+', "[+]");
    let mut packages = vec![format!("linux-image-{release}-dbg")];
    if !spec.machine.is_host() {
        packages.push("busybox-static".to_owned());
    }
    // The image may be offered signed and unsigned (the debug info fits both), and since 7.x the image,
    // the modules and the rest are packages of their own.
    let parts = apt.search(&format!(
        "^linux-(image|binary|modules|base)-{escaped}(-unsigned)?$"
    ))?;
    let signed = format!("linux-image-{release}");
    let unsigned = format!("{signed}-unsigned");
    let has_signed = parts.contains(&signed);
    packages.extend(
        parts
            .into_iter()
            .filter(|part| *part != unsigned || !has_signed),
    );
    if let (true, Some(series)) = (spec.source, spec.series) {
        let version = release.trim_end_matches(spec.machine.flavour);
        packages.extend([
            format!("linux-headers-{release}"),
            format!("linux-headers-{version}common"),
            format!("linux-kbuild-{series}"),
            format!("linux-source-{series}"),
            "linux-compiler-gcc-12-x86".to_owned(),
        ]);
    }
    Ok(packages)
}

/// Newer packages keep `/bin` and `/lib` in `/usr`, and the image and `System.map` beside the modules.
fn join_split_packages(dir: &Path, release: &str) -> Result<()> {
    for folder in ["bin", "lib"] {
        if !dir.join(folder).exists() {
            symlink(format!("usr/{folder}"), dir.join(folder))?;
        }
    }
    fs::create_dir_all(dir.join("boot"))?;
    for file in ["vmlinuz", "System.map"] {
        let name = dir.join("boot").join(format!("{file}-{release}"));
        if !name.exists() {
            symlink(format!("../lib/modules/{release}/{file}"), name)?;
        }
    }
    Ok(())
}

/// Compares version strings by their numbers, as `sort -V` does.
fn compare_versions(a: &str, b: &str) -> Ordering {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect()
    };
    numbers(a).cmp(&numbers(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(compare_versions("6.1.0-9-cloud", "6.1.0-56-cloud").is_lt());
        assert!(compare_versions("7.2.13+deb14", "7.10.1+deb14").is_lt());
    }
}
