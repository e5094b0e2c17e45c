//! Where things are: the checkout and the cache.

use std::env;
use std::fs;
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context, Result};

/// The folders that the tasks work in.
pub(crate) struct Place {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// `$SPELUNK_CACHE`: kernels, dumps, the drgn that answers are compared with.
    pub(crate) cache: PathBuf,
}

impl Place {
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .context("CARGO_MANIFEST_DIR is not set: run this as `cargo xtask`")?;
        let root = Path::new(&manifest)
            .parent()
            .context("xtask is outside a workspace")?
            .to_path_buf();
        let cache = absolute(cache_folder()?)?;
        fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
        Ok(Self { root, cache })
    }
}

fn cache_folder() -> Result<PathBuf> {
    let var = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = var("SPELUNK_CACHE") {
        return Ok(folder.into());
    }
    if let Some(folder) = var("XDG_CACHE_HOME") {
        return Ok(Path::new(&folder).join("spelunk"));
    }
    let home = var("HOME").context("neither SPELUNK_CACHE nor HOME is set")?;
    Ok(Path::new(&home).join(".cache/spelunk"))
}
