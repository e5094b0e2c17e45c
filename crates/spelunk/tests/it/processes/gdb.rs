//! Stacks, as gdb sees them.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

/// The names of the functions on the stacks of all threads of a core, innermost first, by thread.
pub(super) fn stacks(program: &Path, core: &Path) -> HashMap<u64, Vec<String>> {
    let output = Command::new("gdb")
        .args(["-nx", "-batch", "-ex", "set debuginfod enabled off"])
        .args([
            "-ex",
            "set width 0",
            "-ex",
            "set print frame-arguments none",
        ])
        .args([
            "-ex",
            "set backtrace past-main on",
            "-ex",
            "thread apply all bt",
        ])
        .args([program, core])
        // Paths of libraries count from where the program ran.
        .current_dir(program.parent().unwrap())
        .env("LC_ALL", "C")
        .output()
        .expect("install gdb");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut stacks = HashMap::new();
    let mut current: Option<&mut Vec<String>> = None;
    for line in text.lines() {
        if line.starts_with("Thread ") {
            let tid = line.split("LWP ").nth(1);
            let tid = tid.and_then(|rest| rest.split(')').next()?.parse().ok());
            current = tid.map(|tid: u64| stacks.entry(tid).or_insert_with(Vec::new));
        } else if line.starts_with('#')
            && let Some(names) = &mut current
        {
            names.push(function(line).to_owned());
        }
    }
    stacks
}

/// `#1  0x00007f0 in raise (...) at raise.c:26`, `#0  main () at a.c:3`, `#4  <signal handler called>`
fn function(line: &str) -> &str {
    let rest = line
        .split_once(' ')
        .map_or("", |(_, rest)| rest.trim_start());
    let rest = match rest.strip_prefix("0x") {
        Some(place) => place.split_once(" in ").map_or("", |(_, rest)| rest),
        None => rest,
    };
    rest.split(" (").next().unwrap_or(rest)
}
