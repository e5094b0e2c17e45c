//! The dumps that `cargo xtask lab` makes.

use spelunk::{DebugInfoOptions, LoadRequest, Program};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A dump, and what the guest said of itself just before.
pub(crate) struct Dump(PathBuf);

impl Dump {
    /// The dump called `name`; fails with the remedy if it is not there.
    pub(crate) fn find(name: &str) -> Self {
        let folder = cache().join("dumps").join(name);
        assert!(
            folder.join("truth").is_dir(),
            "no dump '{name}': make it with `cargo xtask lab {name}`"
        );
        Self(folder)
    }

    /// What the guest said in the file of this name.
    pub(crate) fn truth(&self, name: &str) -> String {
        let bytes = std::fs::read(self.0.join("truth").join(name)).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The dump's file of this name, relative to its folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The kernel's release.
    pub(crate) fn release(&self) -> String {
        let uname = self.truth("uname");
        uname.split_whitespace().nth(2).unwrap().to_owned()
    }

    /// The dump, open, with all debugging information that the lab has.
    pub(crate) fn open(&self) -> Arc<Program> {
        let program = spelunk::open(&[self.file("vmcore.elf")], None).unwrap();
        let release = program.os().unwrap().release().unwrap().to_owned();
        program.debug_info_options().set(search_options(&release));
        let request = LoadRequest {
            paths: vec![cache().join("kyber/kyber_buggy.ko.debug")],
            ..LoadRequest::everything()
        };
        let report = program.load_debug_info(&request).unwrap();
        assert!(report.missing.is_empty(), "{report}");
        program
    }
}

/// Where the lab keeps the debug files of the kernel with this release.
pub(crate) fn search_options(release: &str) -> DebugInfoOptions {
    let folders = std::fs::read_dir(cache()).unwrap();
    DebugInfoOptions {
        directories: Vec::new(),
        kernel_directories: folders
            .map(|folder| folder.unwrap().path())
            .filter(|folder| folder.join("lib/modules").join(release).is_dir())
            .collect(),
        ..DebugInfoOptions::default()
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
