//! `cargo xtask bench`: the same scripts under Spelunk and under drgn, timed in one run.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{run, tool};
use crate::lab::Lab;
use crate::place::Place;
use crate::{packages, venv};

/// On the dump that a crash kernel saved; `workloads` are all of `bench/workloads.py` if none is named.
pub(crate) fn bench(place: &Place, workloads: &[&str]) -> Result<()> {
    packages::ensure()?;
    let spelunk = venv::with_spelunk(place, venv::Profile::Release)?;
    let drgn = venv::with_drgn(&place.cache)?;
    let dump = Lab::new(place).dump("kyber-kdump")?;
    run(spelunk
        .command("python")
        .arg("bench/compare.py")
        .args([spelunk.program("spelunk"), drgn.program("drgn")])
        .args(workloads.iter().flat_map(|name| ["--only", *name]))
        .arg("--")
        .args(dump.arguments(&[dump.core()]))
        .current_dir(&place.root))
}

/// The index of the lab's 6.1 kernel, and of other files (such as Debian's `ceph-osd-dbg`), made by both;
/// then how fast it is beside a loop that only reads.
pub(crate) fn bench_index(place: &Place, files: &[&str]) -> Result<()> {
    packages::ensure()?;
    let spelunk = venv::with_spelunk(place, venv::Profile::Release)?;
    let drgn = venv::with_drgn(&place.cache)?;
    let mut all = vec![Lab::new(place).kernel("root")?.vmlinux()];
    all.extend(files.iter().map(PathBuf::from));
    run(spelunk
        .command("python")
        .arg("bench/index.py")
        .args([spelunk.program("python"), drgn.program("python")])
        .args(&all)
        .current_dir(&place.root))?;
    run(tool("cargo")
        .args(["run", "-q", "--release", "-p", "spelunk-debuginfo"])
        .args(["--example", "index_time", "--"])
        .args(&all)
        .current_dir(&place.root))
}
