//! A dump that is there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::catalogue::DumpSpec;
use super::kernel::Kernel;
use super::kyber;

/// A dump of the lab, with what belongs to it.
pub(crate) struct Dump {
    pub(super) spec: &'static DumpSpec,
    pub(super) folder: PathBuf,
    pub(super) kernel: Kernel,
    /// The folder of the Kyber module, where the guest has it.
    pub(super) module: Option<PathBuf>,
}

/// One form of a dump, as two debuggers can open it.
pub(crate) struct CoreFile {
    /// What Spelunk opens: the parts of a split dump together.
    pub(crate) ours: Vec<PathBuf>,
    /// What drgn opens: where it cannot open that, another form with the same pages.
    pub(crate) theirs: PathBuf,
    /// What drgn has to be told besides.
    pub(crate) their_options: Vec<&'static str>,
}

impl Dump {
    /// The file that stands for the dump where one is enough.
    pub(crate) fn core(&self) -> PathBuf {
        self.folder.join(self.spec.core)
    }

    /// All forms of the dump, that of `core` first.
    pub(crate) fn files(&self) -> Result<Vec<CoreFile>> {
        let mut paths = vec![self.core()];
        for folder in ["", "conv", "dumps"] {
            let mut found = core_files(&self.folder.join(folder))?;
            found.retain(|path| *path != self.core());
            found.sort();
            paths.extend(found);
        }
        let architecture = self.kernel.machine().architecture;
        let file = |path| CoreFile::new(path, architecture);
        Ok(paths.into_iter().map(file).collect())
    }

    /// The kernel that the guest ran.
    pub(crate) fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// The debug files that are found for the dump: of the kernel, its modules, and the guest's own.
    pub(crate) fn debug_files(&self) -> Vec<PathBuf> {
        let own = self.module.as_deref().map(kyber::debug_file);
        [self.kernel.debug_folder()]
            .into_iter()
            .chain(own)
            .collect()
    }

    /// What a debugger is told to open these files: drgn and Spelunk alike.
    pub(crate) fn arguments(&self, core: &[PathBuf]) -> Vec<PathBuf> {
        let mut arguments = Vec::new();
        for file in core {
            arguments.extend(["-c".into(), file.clone()]);
        }
        arguments.extend(["--kernel-directory".into(), self.kernel.debug_folder()]);
        if let Some(module) = &self.module {
            arguments.extend(["-s".into(), kyber::debug_file(module)]);
        }
        arguments
    }
}

impl CoreFile {
    fn new(path: PathBuf, architecture: &'static str) -> Self {
        if path.ends_with("split.1") {
            return Self {
                ours: vec![path.clone(), path.with_file_name("split.2")],
                theirs: path.with_file_name("kdump.zlib.d31"),
                their_options: Vec::new(),
            };
        }
        // QEMU's kdump files do not say what they are dumps of.
        let unnamed = path.ends_with("vmcore.zlib");
        Self {
            ours: vec![path.clone()],
            theirs: path,
            their_options: if unnamed {
                vec!["--architecture", architecture]
            } else {
                Vec::new()
            },
        }
    }
}

/// The dumps in a folder, if there is such a folder; of a split one the first part.
fn core_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_core = ["vmcore.", "kdump.", "elf.", "flat."]
            .iter()
            .any(|start| name.starts_with(start));
        if name == "split.1" || is_core && !name.ends_with(".log") && !name.ends_with(".ls") {
            files.push(entry.path());
        }
    }
    Ok(files)
}
