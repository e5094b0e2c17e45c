//! The sockets of a guest.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process;

use anyhow::{Context, Result};

use super::folder;

const PREFIX: &str = "spelunk-lab.";

/// A folder for sockets, which goes with this value. Their paths have to be short (108 bytes in `struct sockaddr_un`),
/// which paths in the cache need not be.
pub(super) struct Sockets(PathBuf);

impl Sockets {
    pub(super) fn new() -> Result<Self> {
        let temporary = env::temp_dir();
        folder::remove_abandoned(&temporary, PREFIX)?;
        let folder = temporary.join(format!("{PREFIX}{}", process::id()));
        fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self(folder))
    }

    /// The guest's serial line.
    pub(super) fn console(&self) -> PathBuf {
        self.0.join("console")
    }

    /// QEMU's monitor, for others than the lab.
    pub(super) fn qmp(&self) -> PathBuf {
        self.0.join("qmp")
    }

    /// QEMU's server of gdb's protocol.
    pub(super) fn gdb(&self) -> PathBuf {
        self.0.join("gdb")
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        // Nothing depends on it.
        let _ = fs::remove_dir_all(&self.0);
    }
}
