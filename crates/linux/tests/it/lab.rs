//! The dumps that `cargo xtask lab` makes.

use std::path::{Path, PathBuf};

/// A dump and what the guest said of itself just before.
pub struct Dump {
    folder: PathBuf,
}

impl Dump {
    /// The dump called `name`; fails with the remedy if it is not there.
    pub fn find(name: &str) -> Self {
        let folder = cache().join("dumps").join(name);
        assert!(
            folder.join("truth").is_dir(),
            "no dump '{name}': make it with `cargo xtask lab {name}`"
        );
        Self { folder }
    }

    /// The dump's file of this name, relative to its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What the guest said in the file of this name.
    pub fn truth(&self, name: &str) -> String {
        let path = self.folder.join("truth").join(name);
        let bytes =
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The kernel's release.
    pub fn release(&self) -> String {
        self.truth("uname")
            .split_whitespace()
            .nth(2)
            .unwrap()
            .to_owned()
    }
}

fn cache() -> PathBuf {
    if let Some(cache) = std::env::var_os("SPELUNK_CACHE") {
        return cache.into();
    }
    if let Some(cache) = std::env::var_os("XDG_CACHE_HOME") {
        return Path::new(&cache).join("spelunk");
    }
    Path::new(&std::env::var_os("HOME").unwrap()).join(".cache/spelunk")
}
