//! The Kyber I/O scheduler with the bug that commit efed9a3337e3 ("kyber: fix out of bounds access when
//! preempted") fixed put back in, built from the kernel's own source package.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::kernel::Kernel;
use crate::command::{run_quietly, tool};

/// The module as it is loaded: stripped, as a distribution's modules are.
pub(super) fn loadable(folder: &Path) -> PathBuf {
    folder.join("load/kyber_buggy.ko")
}

/// The module's debug file.
pub(super) fn debug_file(folder: &Path) -> PathBuf {
    folder.join("kyber_buggy.ko.debug")
}

/// Builds the module into a folder.
pub(super) fn build(kernel: &Kernel, guest: &Path, folder: &Path) -> Result<Value> {
    let source = kernel.source();
    run_quietly(
        tool("tar")
            .args(["--strip-components=1", "--wildcards", "-xJf"])
            .arg(&source)
            .arg("-C")
            .arg(folder)
            .args(["*/block/*.h", "*/block/kyber-iosched.c"]),
    )?;
    fs::rename(
        folder.join("block/kyber-iosched.c"),
        folder.join("kyber_buggy.c"),
    )?;
    run_quietly(
        tool("patch")
            .args(["--batch", "--no-backup-if-mismatch", "-i"])
            .arg(guest.join("kyber-buggy.patch"))
            .arg(folder.join("kyber_buggy.c")),
    )
    .with_context(|| source.display().to_string())?;
    let (headers, common) = kernel.headers();
    // The debug info shall not depend on where the cache is.
    let makefile = format!(
        "obj-m := kyber_buggy.o\n\
         ccflags-y := -I$(src)/block -ffile-prefix-map=$(src)=kyber \
         -ffile-prefix-map={}=linux\n",
        common.display()
    );
    fs::write(folder.join("Makefile"), makefile)?;
    let mut modules = std::ffi::OsString::from("M=");
    modules.push(folder);
    // The headers' own Makefile names the shared one by the path where it would be installed.
    run_quietly(
        tool("make")
            .arg("-C")
            .arg(headers)
            .arg("-f")
            .arg(common.join("Makefile"))
            .arg(modules)
            .args(["CC=gcc-12", "modules"]),
    )?;
    fs::rename(folder.join("kyber_buggy.ko"), debug_file(folder))?;
    let loadable = loadable(folder);
    fs::create_dir(folder.join("load"))?;
    run_quietly(
        tool("strip")
            .args(["--strip-debug", "-o"])
            .arg(loadable)
            .arg(debug_file(folder)),
    )?;
    Ok(json!({ "release": kernel.release() }))
}
