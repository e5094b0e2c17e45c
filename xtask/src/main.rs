//! The project's own tasks: `cargo xtask` lists them.

mod command;
mod lab;
mod packages;
mod place;

use std::process::ExitCode;

use anyhow::{Result, bail};

use place::Place;

const USAGE: &str = "\
usage: cargo xtask TASK

  lab [NAME...]   make the lab's kernels and dumps (all, or the named ones)
  lab --list      say what the lab has and can make
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match task(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn task(arguments: &[String]) -> Result<()> {
    let Some((task, options)) = arguments.split_first() else {
        bail!("which task?\n\n{USAGE}");
    };
    match (task.as_str(), options) {
        ("lab", names) => lab::lab(&Place::find()?, names),
        _ => bail!("no task `{}`\n\n{USAGE}", arguments.join(" ")),
    }
}
