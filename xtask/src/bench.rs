//! `cargo xtask bench`: the same scripts under Spelunk and under drgn, timed in one run.

use anyhow::Result;

use crate::command::run;
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
