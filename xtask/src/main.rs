//! The project's own tasks: `cargo xtask` lists them.

mod bench;
mod checks;
mod command;
mod compare;
mod demo;
mod fuzz;
mod lab;
mod packages;
mod place;
mod test;
mod tidy;
mod venv;

use std::process::ExitCode;

use anyhow::{Result, bail};

use lab::LIVE_KERNEL;
use place::Place;

const USAGE: &str = "\
usage: cargo xtask TASK

  demo                 set up everything and find a real bug in a real dump
  test [--full]        set up everything and run every check; --full adds what takes long
  ci                   the checks that run nothing: format, lints, documentation, tidiness
  tidy                 crate edges, file lengths, paths, fuzz targets
  lab [NAME...]        make the lab's kernels and dumps (all of them, or the named ones)
  lab --list           say what the lab has and can make
  live [--kernel KERNEL] [SCRIPT]
                       a script (the test, if none is named) in a guest that can debug its own kernel
  remote GUEST [SCRIPT]
                       a script (the test, if none is named) beside a guest (amd64, arm64, i386) that it can debug
  compare [DUMP...]    the same scripts under drgn and Spelunk, answers compared
  compare --names N    N names of each kernel and its modules (0: all), looked up by both
  fuzz [--minutes N] [TARGET...]
                       fuzz each target (all of them, or the named ones) for a minute of CPU time, or for N
  bench [WORKLOAD...]  Spelunk and drgn side by side
  bench --index [FILE...]
                       the index of the lab's 6.1 kernel and of files by both
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run_task(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_task(arguments: &[&str]) -> Result<()> {
    let place = Place::find()?;
    match arguments {
        ["demo"] => demo::demo(&place),
        ["test"] => test::test(&place, false),
        ["test", "--full"] => test::test(&place, true),
        ["ci"] => checks::checks(&place),
        ["tidy"] => tidy::tidy(&place),
        ["lab", names @ ..] => lab::lab(&place, names),
        ["live", "--kernel", kernel, script @ ..] => test::live(&place, kernel, script),
        ["live", script @ ..] => test::live(&place, LIVE_KERNEL, script),
        ["remote", guest, script @ ..] => test::remote(&place, guest, script),
        ["compare", "--names", count] => compare::compare_names(&place, count.parse()?),
        ["compare", dumps @ ..] => compare::compare(&place, dumps),
        ["fuzz", arguments @ ..] => fuzz::fuzz(&place, arguments),
        ["bench", "--index", files @ ..] => bench::bench_index(&place, files),
        ["bench", workloads @ ..] => bench::bench(&place, workloads),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => bail!("which task?\n\n{USAGE}"),
    }
}
