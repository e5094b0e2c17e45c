//! Where files of a kernel and its modules may be: paths worth trying, the likeliest first.
//!
//! Layouts: Debian's `linux-image-*-dbg` (`/usr/lib/debug/boot/vmlinux-RELEASE`,
//! `/usr/lib/debug/lib/modules/RELEASE/kernel/**/NAME.ko`), Fedora's and SUSE's debuginfo packages
//! (`/usr/lib/debug/lib/modules/RELEASE/vmlinux`, `NAME.ko.debug`), a kernel built in place
//! (`/lib/modules/RELEASE/build/vmlinux`), and `.build-id/` of any of them.

use super::SearchOptions;
use super::module_tree::ModuleTree;
use spelunk_base::BuildId;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What stands in one program's places.
pub(crate) struct Places {
    release: Option<String>,
    debug_directories: Vec<PathBuf>,
    kernel_directories: Vec<PathBuf>,
    modules: OnceLock<ModuleTree>,
}

impl Places {
    /// The places of a kernel with this release.
    pub(crate) fn new(options: &SearchOptions, release: Option<&str>) -> Self {
        let mut kernel_directories = options.kernel_directories.clone();
        let roots = options
            .kernel_directories
            .iter()
            .flat_map(|path| roots_of(path));
        kernel_directories.extend(roots);
        if options.use_default_kernel_directories {
            kernel_directories.push("/".into());
        }
        Self {
            // A release names directories: one that climbs out of them is no release.
            release: release
                .filter(|release| !release.is_empty() && !release.contains(['/', '\0']))
                .filter(|release| !release.starts_with('.'))
                .map(str::to_owned),
            debug_directories: options.debug_directories.clone(),
            kernel_directories,
            modules: OnceLock::new(),
        }
    }

    /// Where the file with debugging information of the kernel itself may be.
    pub(crate) fn kernel(&self, build_id: Option<&BuildId>) -> Vec<PathBuf> {
        let mut paths = self.by_build_id(build_id);
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
        for debug in &self.debug_directories {
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

    /// Where files of the kernel module called `name` may be.
    pub(crate) fn module(&self, name: &str, build_id: Option<&BuildId>) -> Vec<PathBuf> {
        let mut paths = self.by_build_id(build_id);
        let tree = self
            .modules
            .get_or_init(|| ModuleTree::walk(&self.module_roots()));
        paths.extend(tree.find(name).iter().cloned());
        paths
    }

    fn by_build_id(&self, build_id: Option<&BuildId>) -> Vec<PathBuf> {
        let Some(id) = build_id.map(BuildId::to_string) else {
            return Vec::new();
        };
        let Some((first, rest)) = id.split_at_checked(2).filter(|(_, rest)| !rest.is_empty())
        else {
            return Vec::new();
        };
        let kernels = self.kernel_directories.iter();
        let below_kernels =
            kernels.flat_map(|root| [root.join("usr/lib/debug"), root.join("lib/debug")]);
        let debug = self.debug_directories.iter().cloned();
        debug
            .chain(below_kernels)
            .flat_map(|root| {
                let directory = root.join(".build-id").join(first);
                [
                    directory.join(format!("{rest}.debug")),
                    directory.join(rest),
                ]
            })
            .collect()
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
        for debug in &self.debug_directories {
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
