//! `cargo xtask demo`: the model case, from nothing to the bug.

use anyhow::Result;

use crate::command::run;
use crate::lab::Lab;
use crate::place::Place;
use crate::{packages, venv};

pub(crate) fn demo(place: &Place) -> Result<()> {
    packages::ensure()?;
    let venv = venv::with_spelunk(place, venv::Profile::Release)?;
    let dump = Lab::new(place).dump("kyber-kdump")?;
    run(venv
        .command("spelunk")
        .arg("-q")
        .args(dump.arguments(&[dump.core()]))
        .arg("examples/kyber.py")
        .current_dir(&place.root))
}
