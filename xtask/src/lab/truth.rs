//! What a guest left on its results disk: the truth about itself, and the dumps a crash kernel saved.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{run_quietly, text, tool};

/// Copies `truth` and, where there are any, `dumps` from the image of an ext4 disk into a folder.
pub(super) fn extract(image: &Path, folder: &Path) -> Result<()> {
    // The guest crashed: the journal is to be replayed. Exit status 1 means "errors corrected".
    let status = tool("e2fsck").args(["-fy"]).arg(image).output()?.status;
    if !matches!(status.code(), Some(0 | 1)) {
        bail!("e2fsck {}: {status}", image.display());
    }
    for name in ["truth", "dumps"] {
        let request = format!("rdump /{name} \"{}\"", text(folder)?);
        run_quietly(tool("debugfs").args(["-R", &request]).arg(image))?;
    }
    let truth = folder.join("truth");
    let stat = fs::read(truth.join("task-stat")).context("the guest left no truth")?;
    fs::write(
        truth.join("tasks.tsv"),
        task_table(&String::from_utf8_lossy(&stat)),
    )?;
    Ok(())
}

/// One line per thread, from lines of `TGID` and the contents of `/proc/PID/task/TID/stat`
/// (`TID (COMM) STATE PPID ...`, where COMM may hold anything).
fn task_table(stat: &str) -> String {
    let mut table = "tgid\tpid\tppid\tstate\tcomm\n".to_owned();
    for line in stat.lines() {
        let Some((head, rest)) = line.split_once('(') else {
            continue;
        };
        let Some((comm, rest)) = rest.rsplit_once(')') else {
            continue;
        };
        let mut ids = head.split_whitespace();
        let mut rest = rest.split_whitespace();
        if let (Some(tgid), Some(pid), Some(state), Some(ppid)) =
            (ids.next(), ids.next(), rest.next(), rest.next())
        {
            table.push_str(&format!("{tgid}\t{pid}\t{ppid}\t{state}\t{comm}\n"));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses_and_spaces() {
        assert_eq!(
            task_table("612 613 (lab sleep (1)) S 1 613 0\nnonsense\n"),
            "tgid\tpid\tppid\tstate\tcomm\n612\t613\t1\tS\tlab sleep (1)\n"
        );
    }
}
