//! `cargo xtask test`: every check there is.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::checks::{cargo, checks};
use crate::command::run;
use crate::compare::{Depth, Peers};
use crate::lab::{DUMPS, LIVE_KERNEL, LIVE_KERNELS, Lab, REMOTE, Tests};
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
    let is_tested = |tests| match tests {
        Tests::All | Tests::Own => true,
        Tests::Full => full,
        Tests::None => false,
    };
    for spec in DUMPS.iter().filter(|spec| is_tested(spec.tests)) {
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
    step("pytest", &|| pytest(place, &spelunk, &drgn, full));
    step("mypy", &|| mypy(place, &spelunk));
    step("running kernels", &|| {
        running_kernels(place, &spelunk, full)
    });
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

fn pytest(place: &Place, spelunk: &Venv, drgn: &Venv, full: bool) -> Result<()> {
    let mut pytest = spelunk.command("python");
    pytest
        .args(["-m", "pytest"])
        .env("SPELUNK_CACHE", &place.cache)
        .env("SPELUNK_TEST_DRGN", drgn.program("drgn"))
        .current_dir(&place.root);
    if full {
        pytest.env("SPELUNK_TEST_FULL", "1");
    }
    run(&mut pytest)
}

/// `cargo xtask live`: a script, or the test, in a guest that can debug its own kernel.
pub(crate) fn live(place: &Place, kernel: &str, script: &[&str]) -> Result<()> {
    packages::ensure()?;
    let spelunk = venv::with_spelunk(place, Profile::Dev)?;
    let script = named_or(script, live_test(place))?;
    Lab::new(place).run_live(&spelunk, kernel, &script)
}

/// `cargo xtask remote`: a script, or the test, beside a guest that it can debug from outside.
pub(crate) fn remote(place: &Place, guest: &str, script: &[&str]) -> Result<()> {
    packages::ensure()?;
    let spelunk = venv::with_spelunk(place, Profile::Dev)?;
    let script = named_or(script, remote_test(place))?;
    Lab::new(place).run_remote(&spelunk, guest, &script)
}

fn named_or(script: &[&str], test: PathBuf) -> Result<PathBuf> {
    match script {
        [] => Ok(test),
        [script] => Ok(script.into()),
        _ => bail!("one script at a time"),
    }
}

fn live_test(place: &Place) -> PathBuf {
    place.root.join("python/tests/live.py")
}

fn remote_test(place: &Place) -> PathBuf {
    place.root.join("python/tests/remote.py")
}

/// Kernels that run: one that debugs itself; with `full`, all that can, and guests that are debugged from outside.
fn running_kernels(place: &Place, spelunk: &Venv, full: bool) -> Result<()> {
    let lab = Lab::new(place);
    let kernels: &[&str] = if full { LIVE_KERNELS } else { &[LIVE_KERNEL] };
    for kernel in kernels {
        lab.run_live(spelunk, kernel, &live_test(place))?;
    }
    for guest in REMOTE.iter().filter(|_| full) {
        lab.run_remote(spelunk, guest.name, &remote_test(place))?;
    }
    Ok(())
}

fn mypy(place: &Place, spelunk: &Venv) -> Result<()> {
    run(spelunk
        .command("python")
        .args(["-m", "mypy"])
        .current_dir(&place.root))
}
