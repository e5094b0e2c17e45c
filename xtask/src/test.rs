//! `cargo xtask test`: every check there is.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::checks::{cargo, checks};
use crate::command::run;
use crate::compare::{Depth, Peers};
use crate::lab::{DUMPS, Lab, Tests};
use crate::packages;
use crate::place::Place;
use crate::venv::{self, Profile, Venv};

/// How many cases a property is tried on where much time is allowed; proptest's own number is 256.
const MANY_CASES: &str = "8192";

/// Sets up everything and runs every check; one that fails does not hide the next. `full` adds what
/// takes long: many more cases of each property, many more damaged files, and all comparisons on all
/// forms of a dump.
pub(crate) fn test(place: &Place, full: bool) -> Result<()> {
    packages::ensure()?;
    let lab = Lab::new(place);
    for spec in DUMPS.iter().filter(|spec| spec.tests != Tests::None) {
        lab.dump(spec.name)?;
    }
    // Tests in Rust, too, ask this drgn.
    let drgn = venv::with_drgn(&place.cache)?;

    let mut failures = Vec::new();
    let mut step = |name: &'static str, check: &dyn Fn() -> Result<()>| {
        let start = Instant::now();
        let result = check();
        let seconds = start.elapsed().as_secs();
        match result {
            Ok(()) => eprintln!("xtask: {name} passed in {seconds} s"),
            Err(error) => {
                eprintln!("xtask: {name} failed after {seconds} s: {error:#}");
                failures.push(name);
            }
        }
    };
    step("static checks", &|| checks(place));
    step("cargo test", &|| cargo_test(place, full));
    // Of the same profile as the tests, so that little is compiled twice.
    let spelunk = venv::with_spelunk(place, Profile::Dev)?;
    step("pytest", &|| pytest(place, &spelunk, &drgn));
    step("mypy", &|| mypy(place, &spelunk));
    step("live kernel", &|| live_test(place, &spelunk));
    let depth = if full { Depth::Full } else { Depth::Usual };
    let peers = Peers {
        spelunk: &spelunk,
        drgn: &drgn,
    };
    step("comparison with drgn", &|| peers.compare(place, &[], depth));
    if !failures.is_empty() {
        bail!("failed: {}", failures.join(", "));
    }
    eprintln!("xtask: all passed");
    Ok(())
}

fn cargo_test(place: &Place, full: bool) -> Result<()> {
    let mut cargo = cargo(place);
    cargo
        .args(["test", "--workspace", "--no-fail-fast", "-q"])
        .env("SPELUNK_CACHE", &place.cache);
    if full {
        cargo
            .env("PROPTEST_CASES", MANY_CASES)
            .env("SPELUNK_TEST_FULL", "1");
    }
    run(&mut cargo)
}

fn pytest(place: &Place, spelunk: &Venv, drgn: &Venv) -> Result<()> {
    run(spelunk
        .command("python")
        .args(["-m", "pytest"])
        .env("SPELUNK_CACHE", &place.cache)
        .env("SPELUNK_TEST_DRGN", drgn.program("drgn"))
        .current_dir(&place.root))
}

/// `cargo xtask live`: a script, or the test, in a guest that can debug its own kernel.
pub(crate) fn live(place: &Place, script: Option<&str>) -> Result<()> {
    packages::ensure()?;
    let spelunk = venv::with_spelunk(place, Profile::Dev)?;
    match script {
        Some(script) => Lab::new(place).run_live(&spelunk, Path::new(script)),
        None => live_test(place, &spelunk),
    }
}

fn live_test(place: &Place, spelunk: &Venv) -> Result<()> {
    Lab::new(place).run_live(spelunk, &place.root.join("python/tests/live.py"))
}

fn mypy(place: &Place, spelunk: &Venv) -> Result<()> {
    run(spelunk
        .command("python")
        .args(["-m", "mypy"])
        .current_dir(&place.root))
}
