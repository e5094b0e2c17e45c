//! The QEMU Machine Protocol: one JSON object a line, here over QEMU's standard input and output.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// The control connection to a guest.
pub(super) struct Qmp {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Qmp {
    /// Takes QEMU's greeting and turns commands on.
    pub(super) fn new(input: ChildStdin, output: ChildStdout) -> Result<Self> {
        let mut qmp = Self {
            input,
            output: BufReader::new(output),
        };
        qmp.message().context("no greeting from QEMU")?;
        qmp.execute("qmp_capabilities", json!({}))?;
        Ok(qmp)
    }

    /// Runs a command to its end.
    pub(super) fn execute(&mut self, command: &str, arguments: Value) -> Result<Value> {
        let request = json!({ "execute": command, "arguments": arguments });
        writeln!(self.input, "{request}").with_context(|| command.to_owned())?;
        loop {
            let mut message = self.message().with_context(|| command.to_owned())?;
            if let Some(error) = message.get("error") {
                bail!("{command}: {error}");
            }
            if let Some(value) = message.get_mut("return") {
                return Ok(value.take());
            }
            // An event: nothing here waits for one.
        }
    }

    fn message(&mut self) -> Result<Value> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("QEMU went away");
        }
        Ok(serde_json::from_str(&line)?)
    }
}
