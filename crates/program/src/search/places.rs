//! Where files of a kernel and its modules may be: paths worth trying, the likeliest first.
//!
//! Layouts: Debian's `linux-image-*-dbg` (`/usr/lib/debug/boot/vmlinux-RELEASE`,
//! `/usr/lib/debug/lib/modules/RELEASE/kernel/**/NAME.ko`), Fedora's and SUSE's debuginfo packages
//! (`/usr/lib/debug/lib/modules/RELEASE/vmlinux`, `NAME.ko.debug`), a kernel built in place
//! (`/lib/modules/RELEASE/build/vmlinux`), and `.build-id/` of any of them.

use super::DebugInfoOptions;
use super::kernel_modules::KernelModules;
use std::path::{Path, PathBuf};

/// What stands in one program's places.
pub(crate) struct Places {
    pub(super) options: DebugInfoOptions,
    /// Whether the program is a kernel.
    pub(super) is_kernel: bool,
    release: Option<String>,
    /// The directories that the user named, and the roots that they are in.
    kernel_directories: Vec<PathBuf>,
    /// Whether the standard places for kernels count.
    is_standard: bool,
    build_id_directories: Vec<PathBuf>,
    modules: Option<KernelModules>,
}

impl Places {
    /// The places of a program, which may be a kernel with this release.
    pub(crate) fn new(options: &DebugInfoOptions, release: Option<&str>, is_kernel: bool) -> Self {
        let named = |directory: &&PathBuf| !directory.as_os_str().is_empty();
        let mut kernel_directories: Vec<PathBuf> = options
            .kernel_directories
            .iter()
            .filter(named)
            .cloned()
            .collect();
        let is_standard = kernel_directories.len() < options.kernel_directories.len();
        let roots: Vec<_> = kernel_directories
            .iter()
            .flat_map(|path| roots_of(path))
            .collect();
        kernel_directories.extend(roots);
        if is_standard {
            kernel_directories.push("/".into());
        }
        let mut build_id_directories = options.directories.clone();
        if is_kernel {
            let below = kernel_directories.iter();
            build_id_directories.extend(
                below.flat_map(|root| [root.join("usr/lib/debug"), root.join("lib/debug")]),
            );
        }
        let mut places = Self {
            options: options.clone(),
            is_kernel,
            // A release names directories: one that climbs out of them is no release.
            release: release
                .filter(|release| !release.is_empty() && !release.contains(['/', '\0']))
                .filter(|release| !release.starts_with('.'))
                .map(str::to_owned),
            kernel_directories,
            is_standard,
            build_id_directories,
            modules: None,
        };
        places.modules =
            is_kernel.then(|| KernelModules::new(options.try_kmod, places.module_roots()));
        places
    }

    /// Directories with `.build-id/` below them.
    pub(super) fn build_id_directories(&self) -> &[PathBuf] {
        &self.build_id_directories
    }

    /// The files of the kernel's modules, if the program is a kernel.
    pub(super) fn kernel_modules(&self) -> Option<&KernelModules> {
        self.modules.as_ref()
    }

    /// Where the file with debugging information of the kernel itself may be, beside by build ID.
    pub(super) fn kernel(&self) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        let Some(release) = &self.release else {
            return paths;
        };
        let versioned = format!("vmlinux-{release}");
        for directory in &self.kernel_directories {
            for debug in ["usr/lib/debug", ""] {
                let root = directory.join(debug);
                paths.push(root.join("boot").join(&versioned));
                for modules in module_directories(&root, release) {
                    paths.push(modules.join("vmlinux"));
                    paths.push(modules.join("build/vmlinux"));
                }
            }
            // The directory is that of a kernel itself, or one where it was built.
            paths.push(directory.join("vmlinux"));
            paths.push(directory.join("build/vmlinux"));
            paths.push(directory.join("vmlinux.debug"));
            paths.push(directory.join(&versioned));
            paths.push(directory.join(format!("{versioned}.debug")));
        }
        for debug in self.options.directories.iter().filter(|_| self.is_standard) {
            paths.push(debug.join("boot").join(&versioned));
            paths.push(debug.join("boot").join(format!("{versioned}.debug")));
            paths.push(debug.join(&versioned));
            for modules in module_directories(debug, release) {
                paths.push(modules.join("vmlinux"));
                paths.push(modules.join("vmlinux.debug"));
            }
        }
        paths.dedup();
        paths
    }

    /// Directories below which modules' files are, those with debugging information first.
    fn module_roots(&self) -> Vec<PathBuf> {
        let mut roots = Vec::new();
        let Some(release) = &self.release else {
            return roots;
        };
        for directory in &self.kernel_directories {
            roots.extend(module_directories(
                &directory.join("usr/lib/debug"),
                release,
            ));
            // A directory of debugging information, or that of one kernel itself.
            roots.extend(module_directories(directory, release));
            if is_modules_of(directory, release) {
                roots.push(directory.clone());
            }
        }
        for debug in self.options.directories.iter().filter(|_| self.is_standard) {
            roots.extend(module_directories(debug, release));
        }
        roots
    }
}

/// The roots in which a directory of modules stands: of `/x/usr/lib/debug/lib/modules/RELEASE` these
/// are `/x/usr/lib/debug` and `/x`.
fn roots_of(directory: &Path) -> Vec<PathBuf> {
    let absolute = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    let mut roots = Vec::new();
    if let Some(modules) = absolute
        .parent()
        .filter(|path| path.ends_with("lib/modules"))
        && let Some(root) = modules.ancestors().nth(2)
    {
        roots.push(root.to_owned());
        if root.ends_with("usr/lib/debug")
            && let Some(root) = root.ancestors().nth(3)
        {
            roots.push(root.to_owned());
        }
    }
    roots
}

/// `lib/modules/RELEASE` below `root`, also where `/lib` is in `/usr`.
fn module_directories(root: &Path, release: &str) -> [PathBuf; 2] {
    ["lib/modules", "usr/lib/modules"].map(|modules| root.join(modules).join(release))
}

/// Whether `directory` is one like `lib/modules/RELEASE`: so called, or with modules in it.
fn is_modules_of(directory: &Path, release: &str) -> bool {
    directory.file_name().is_some_and(|name| name == release)
        || directory.join("kernel").is_dir()
        || directory.join("modules.dep").is_file()
}
