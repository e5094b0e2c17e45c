//! The initial file system of a guest, in the cpio "newc" format
//! (Documentation/driver-api/early-userspace/buffer-format.rst).

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::kernel::Kernel;
use super::libraries::Libraries;
use crate::command::{find_program, text};

const DIRECTORY: u32 = 0o040_755;
const CHARACTER_DEVICE: u32 = 0o020_600;
const FILE: u32 = 0o100_755;

/// A file system that grows by what is put in.
pub(super) struct Initramfs {
    archive: Vec<u8>,
    names: HashSet<String>,
}

impl Initramfs {
    /// Busybox, a console, and `init` (of the folder `guest`) as process 1.
    pub(super) fn new(kernel: &Kernel, guest: &Path, init: &str) -> Result<Self> {
        let mut initramfs = Self {
            archive: Vec::new(),
            names: HashSet::new(),
        };
        for folder in ["bin", "dev", "lab"] {
            initramfs.folder(folder)?;
        }
        initramfs.entry("dev/console", CHARACTER_DEVICE, (5, 1), &[])?;
        let busybox = kernel
            .busybox()
            .map_or_else(|| find_program("busybox"), Ok)?;
        initramfs.copy("bin/busybox", &busybox)?;
        initramfs.copy("init", &guest.join(init))?;
        Ok(initramfs)
    }

    /// A file of the host under a name in the guest.
    pub(super) fn copy(&mut self, name: &str, path: &Path) -> Result<()> {
        let content = fs::read(path).with_context(|| path.display().to_string())?;
        self.file(name, &content)
    }

    /// A program of the host, with the shared libraries that it needs.
    pub(super) fn program(&mut self, name: &str) -> Result<()> {
        let path = find_program(name)?;
        self.copy(&format!("bin/{name}"), &path)?;
        let libraries = Libraries::of(&[path])?;
        if !libraries.missing.is_empty() {
            bail!("{name} lacks libraries: {}", libraries.missing.join(", "));
        }
        for library in libraries.found {
            self.copy(text(&library)?.trim_start_matches('/'), &library)?;
        }
        Ok(())
    }

    /// The named modules of a kernel (`NAME PARAMETER=VALUE...`) with those that they need, and modules
    /// of the host; `lab/modules.list` says in which order to load them.
    pub(super) fn modules(
        &mut self,
        kernel: &Kernel,
        wanted: &[&str],
        extra: Option<&Path>,
    ) -> Result<()> {
        let mut list = String::new();
        for (path, parameters) in load_order(&kernel.modules(), wanted)? {
            let name = format!("lib/modules/{path}");
            self.copy(&name, &kernel.modules().join(&path))?;
            list.push_str(&format!("/{name} {parameters}\n"));
        }
        if let Some(path) = extra {
            let file = path.file_name().context("a module without a name")?;
            let name = format!("lib/modules/extra/{}", text(Path::new(file))?);
            self.copy(&name, path)?;
            list.push_str(&format!("/{name}\n"));
        }
        self.file("lab/modules.list", list.as_bytes())
    }

    /// Writes it all to a file.
    pub(super) fn write(mut self, path: &Path) -> Result<()> {
        self.entry("TRAILER!!!", 0, (0, 0), &[])?;
        fs::write(path, self.archive).with_context(|| path.display().to_string())
    }

    fn file(&mut self, name: &str, content: &[u8]) -> Result<()> {
        if let Some((folder, _)) = name.rsplit_once('/') {
            self.folder(folder)?;
        }
        self.entry(name, FILE, (0, 0), content)
    }

    fn folder(&mut self, name: &str) -> Result<()> {
        if let Some((parent, _)) = name.rsplit_once('/') {
            self.folder(parent)?;
        }
        self.entry(name, DIRECTORY, (0, 0), &[])
    }

    fn entry(&mut self, name: &str, mode: u32, device: (u32, u32), content: &[u8]) -> Result<()> {
        if !self.names.insert(name.to_owned()) {
            return Ok(());
        }
        let inode = u32::try_from(self.names.len())?;
        let size = u32::try_from(content.len())?;
        let name_size = u32::try_from(name.len() + 1)?;
        let (links, checksum) = (1, 0);
        let header = [
            inode, mode, 0, 0, links, 0, size, 0, 0, device.0, device.1, name_size, checksum,
        ];
        self.archive.extend(b"070701");
        for field in header {
            self.archive.extend(format!("{field:08X}").bytes());
        }
        self.archive.extend(name.bytes());
        self.archive.push(0);
        self.align();
        self.archive.extend(content);
        self.align();
        Ok(())
    }

    fn align(&mut self) {
        self.archive
            .resize(self.archive.len().next_multiple_of(4), 0);
    }
}

/// The files of modules and of what they need, with parameters, in an order that loads.
fn load_order(modules: &Path, wanted: &[&str]) -> Result<Vec<(String, String)>> {
    let dep = fs::read_to_string(modules.join("modules.dep"))?;
    let needs: HashMap<&str, Vec<&str>> = dep
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(path, needs)| (path, needs.split_whitespace().collect()))
        .collect();
    let paths: HashMap<String, &str> = needs
        .keys()
        .map(|path| (module_name(path), *path))
        .collect();
    let mut order: Vec<(String, String)> = Vec::new();
    let mut add = |path: &str, parameters: &str| {
        if order.iter().all(|(known, _)| known != path) {
            order.push((path.to_owned(), parameters.to_owned()));
        }
    };
    for module in wanted {
        let (name, parameters) = module.split_once(' ').unwrap_or((*module, ""));
        // One that is not there is built in, or this kernel has none.
        let Some(path) = paths.get(&module_name(name)) else {
            continue;
        };
        // depmod lists all that a module needs, directly or not, the most basic ones last.
        for needed in needs.get(path).into_iter().flatten().rev() {
            add(needed, "");
        }
        add(path, parameters);
    }
    Ok(order)
}

/// `kernel/drivers/md/dm-mod.ko.xz` is the module `dm_mod`.
fn module_name(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split(".ko").next().unwrap_or(file).replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_names_have_no_dashes_and_no_suffixes() {
        assert_eq!(module_name("kernel/drivers/md/dm-mod.ko.xz"), "dm_mod");
        assert_eq!(module_name("dm-mod"), "dm_mod");
    }
}
