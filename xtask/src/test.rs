//! `cargo xtask test`: every check there is.

use std::path::Path;

use anyhow::{Result, bail};

use crate::checks::{cargo, checks};
use crate::command::run;
use crate::compare::compare;
use crate::lab::{DUMPS, Lab};
use crate::packages;
use crate::place::Place;
use crate::venv::{self, Venv};

/// Sets up everything and runs every check; one that fails does not hide the next. `full` adds what
/// takes long.
pub(crate) fn test(place: &Place, full: bool) -> Result<()> {
    packages::ensure()?;
    let lab = Lab::new(place);
    for spec in DUMPS {
        lab.dump(spec.name)?;
    }
    let spelunk = venv::with_spelunk(place)?;
    let drgn = venv::with_drgn(&place.cache)?;

    let mut failures = Vec::new();
    let mut step = |name: &'static str, result: Result<()>| {
        if let Err(error) = result {
            eprintln!("xtask: {name} failed: {error:#}");
            failures.push(name);
        }
    };
    step("static checks", checks(place));
    step("cargo test", cargo_test(place, full));
    step("pytest", pytest(place, &spelunk, &drgn, full));
    step("stubtest", stubtest(place, &spelunk));
    step("comparison with drgn", compare(place, &[]));
    if !failures.is_empty() {
        bail!("failed: {}", failures.join(", "));
    }
    eprintln!("xtask: all passed");
    Ok(())
}

fn cargo_test(place: &Place, full: bool) -> Result<()> {
    let mut cargo = cargo(place);
    cargo.args(["test", "--workspace", "--no-fail-fast", "-q"]);
    run(with_environment(&mut cargo, &place.cache, full))
}

fn pytest(place: &Place, spelunk: &Venv, drgn: &Venv, full: bool) -> Result<()> {
    let mut pytest = spelunk.command("python");
    pytest
        .args(["-m", "pytest"])
        .env("SPELUNK_TEST_DRGN", drgn.program("drgn"))
        .current_dir(&place.root);
    run(with_environment(&mut pytest, &place.cache, full))
}

fn stubtest(place: &Place, spelunk: &Venv) -> Result<()> {
    run(spelunk
        .command("python")
        .args(["-m", "mypy.stubtest", "spelunk"])
        .current_dir(&place.root))
}

/// Tests find the lab's dumps in the cache; `SPELUNK_TEST_FULL` asks for the long form of a test.
fn with_environment<'a>(
    command: &'a mut std::process::Command,
    cache: &Path,
    full: bool,
) -> &'a mut std::process::Command {
    command.env("SPELUNK_CACHE", cache);
    if full {
        command.env("SPELUNK_TEST_FULL", "1");
    }
    command
}
