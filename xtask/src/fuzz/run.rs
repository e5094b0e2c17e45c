//! One run of a target, for as much CPU time as it may take: on a busy machine, minutes on the clock say little.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command::{line, run_quietly};

/// How often it is looked at.
const INTERVAL: Duration = Duration::from_millis(500);
/// How often in a row until a target that was asked to end, and does not, is ended.
const PATIENCE: u32 = 120;
/// Of the times in `/proc/PID/stat`: `USER_HZ`, 100 on all architectures that there are lab guests of.
const TICKS_PER_SECOND: u64 = 100;

/// What is left of a run.
pub(super) struct Run {
    pub(super) status: ExitStatus,
    pub(super) cpu_time: Duration,
    /// What libFuzzer said.
    pub(super) text: String,
}

/// Runs `command`, a target, and asks it to end when it has taken `limit`.
pub(super) fn for_cpu_time(command: &mut Command, limit: Duration) -> Result<Run> {
    command.stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| line(command))?;
    let mut output = child.stderr.take().context("no pipe")?;
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.read_to_end(&mut bytes);
        read.map(|_| String::from_utf8_lossy(&bytes).into_owned())
    });
    let mut taken = Duration::ZERO;
    let mut asked = 0_u32;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        taken = cpu_time(&child).unwrap_or(taken);
        if taken >= limit {
            match asked {
                // libFuzzer ends gracefully, after telling what it did.
                0 => run_quietly(Command::new("kill").args(["-USR1", &child.id().to_string()]))?,
                PATIENCE => child.kill()?,
                _ => {}
            }
            asked = asked.saturating_add(1);
        }
        thread::sleep(INTERVAL);
    };
    let text = reader.join();
    let text = text.map_err(|_| anyhow::anyhow!("reading what a target says panicked"))??;
    Ok(Run {
        status,
        cpu_time: taken,
        text,
    })
}

fn cpu_time(child: &Child) -> Option<Duration> {
    parse_stat(&fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?)
}

/// User and system time: fields 14 and 15 of proc(5), 12 and 13 behind the name.
fn parse_stat(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11);
    let mut next = || times.next()?.parse::<u64>().ok();
    let ticks = next()?.checked_add(next()?)?;
    Some(Duration::from_millis(
        ticks.saturating_mul(1000 / TICKS_PER_SECOND),
    ))
}

#[cfg(test)]
mod tests {
    use super::{for_cpu_time, parse_stat};
    use std::process::Command;
    use std::time::Duration;

    #[test]
    fn cpu_time_stands_behind_a_name_that_may_hold_anything() {
        let stat = "7 (a) b) R 1 7 7 0 -1 4194304 160 0 0 0 250 50 0 0 39 19 1 0 1 2 3";
        assert_eq!(parse_stat(stat), Some(Duration::from_secs(3)));
        assert_eq!(parse_stat("7 (a) R 1"), None);
    }

    #[test]
    fn a_target_ends_when_it_has_had_its_time() {
        let busy = "trap 'echo asked >&2; exit' USR1; while :; do :; done";
        let mut command = Command::new("sh");
        let run = for_cpu_time(command.args(["-c", busy]), Duration::from_millis(50)).unwrap();
        assert!(run.status.success());
        assert_eq!(run.text, "asked\n");
        assert!(run.cpu_time >= Duration::from_millis(50));
    }
}
