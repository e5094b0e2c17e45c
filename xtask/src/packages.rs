//! The system packages that building, testing and the lab need.

use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{capture, run_quietly};

/// Named as Debian names them.
const PACKAGES: &[&str] = &[
    // building, and the C fixtures of the tests
    "gcc",
    "g++",
    "clang",
    // the wide matrix, and `_BitInt`
    "clang-19",
    "lld-19",
    // the other standard library of C++
    "libc++-19-dev",
    "libc6-dev",
    // programs of 32 bits
    "libc6-dev-i386",
    "lib32gcc-12-dev",
    "lib32stdc++-12-dev",
    "binutils",
    "llvm",
    "dwz",
    "lld",
    "gdb",
    "gdbserver",
    // a server and a client of debuginfod, and certificates, which downloads are tried with
    "debuginfod",
    "openssl",
    "python3",
    "python3-venv",
    // the lab's guests
    "qemu-system-x86",
    "qemu-system-arm",
    "gcc-aarch64-linux-gnu",
    "libc6-dev-arm64-cross",
    "busybox-static",
    "kmod",
    "e2fsprogs",
    "btrfs-progs",
    "kexec-tools",
    "makedumpfile",
    // the lab's Kyber module
    "gcc-12",
    "make",
    "patch",
    "xz-utils",
    // cores as systemd compresses them
    "zstd",
    "lz4",
    "libelf1",
];

/// Sees to it that all packages are there: root installs what is missing, others are told how.
pub(crate) fn ensure() -> Result<()> {
    let missing = missing()?;
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!(
        "apt-get install -y --no-install-recommends {}",
        missing.join(" ")
    );
    if capture(Command::new("id").arg("-u"))?.trim() != "0" {
        bail!("system packages are missing: sudo {install}");
    }
    eprintln!("+ {install}");
    // Without the lists of a fresh machine nothing can be installed.
    run_quietly(Command::new("apt-get").args(["-qq", "update"]))?;
    run_quietly(
        Command::new("sh")
            .args(["-c", &install])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn missing() -> Result<Vec<&'static str>> {
    // dpkg-query fails where a package is unknown, and still says what it knows.
    let known = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(PACKAGES)
        .output();
    let Ok(known) = known else {
        bail!(
            "this system has no dpkg: install what Debian calls {}",
            PACKAGES.join(" ")
        );
    };
    let known = String::from_utf8_lossy(&known.stdout);
    Ok(PACKAGES
        .iter()
        .copied()
        .filter(|package| !known.lines().any(|l| l == format!("{package} installed")))
        .collect())
}
