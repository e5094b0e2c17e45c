//! `cargo xtask ci`: the checks that run nothing.

use std::process::Command;

use anyhow::Result;

use crate::command::{run, tool};
use crate::place::Place;
use crate::tidy;

pub(crate) fn checks(place: &Place) -> Result<()> {
    run(cargo(place).args(["fmt", "--all", "--check"]))?;
    tidy::tidy(place)?;
    run(cargo(place)
        .args(["clippy", "--workspace", "--all-targets", "-q"])
        .args(["--", "-D", "warnings"]))?;
    run(cargo(place)
        .args(["doc", "--workspace", "--no-deps", "-q"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

/// cargo in the checkout.
pub(crate) fn cargo(place: &Place) -> Command {
    let mut cargo = tool("cargo");
    cargo
        .current_dir(&place.root)
        // The extension module takes Python's symbols from the interpreter that loads it; a machine
        // without libpython can build it.
        .env("PYO3_BUILD_EXTENSION_MODULE", "1");
    cargo
}
